"""Drafts, what was flagged in them, the calls that made them, and the switches that stop them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.languages import name_of_language
from conversations.drafting.states import LIVE, DraftState
from conversations.tickets.models import Customer, Message, Ticket


class SettingsVersion(models.Model):
    """What a draft was made with: the model settings (or the environment), prompt, redactor, schema. A new combination is a
    new version.
    """

    fingerprint = models.CharField(max_length=64, unique=True)
    model = models.CharField(max_length=120)
    provider = models.CharField(max_length=200)
    prompt_version = models.CharField(max_length=20)
    redactor_version = models.CharField(max_length=20)
    # The version that people made and activated; null while the environment is what holds.
    made_from = models.ForeignKey("conversations.ModelSettings", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "drafting_settings"

    @property
    def ref(self) -> str:
        return f"settings:{self.pk}"

    @property
    def name(self) -> str:
        """As people know it: the name of the version that was activated, or that it comes from the environment."""
        return self.made_from.name if self.made_from else gettext("From the environment")


class Stop(models.Model):
    """Drafting is stopped: all of it, or for a team, a topic (tag), a language or a settings version."""

    class Scope(models.TextChoices):
        ALL = "all", _("Everywhere")
        TEAM = "team", _("One team")
        TOPIC = "topic", _("One topic (tag)")
        LANGUAGE = "language", _("One language")
        SETTINGS_VERSION = "settings_version", _("One version of the model settings")

    scope = models.CharField(max_length=20, choices=Scope.choices)
    value = models.CharField(max_length=60, default="", blank=True)
    reason = models.TextField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "drafting_stop"
        constraints = [
            models.CheckConstraint(
                name="drafting_stop_value", condition=Q(scope="all", value="") | (~Q(scope="all") & ~Q(value=""))
            )
        ]

    @property
    def ref(self) -> str:
        return f"stop:{self.pk}"


class Draft(models.Model):
    """A reply that a model proposes. `version` is new whenever what a decision rests on is new."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="drafts")
    last_message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    settings = models.ForeignKey(SettingsVersion, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=16, choices=DraftState.choices, default=DraftState.QUEUED)
    version = models.PositiveIntegerField(default=1)
    text = models.TextField(default="", blank=True)
    # [{"text", "kind", "sources": [{"passage", "quote"}]}]; together the sentences cover the text.
    sentences = models.JSONField(default=list)
    unanswered = models.JSONField(default=list)
    # What the model says that people should look at.
    risks = models.JSONField(default=list)
    passages = models.JSONField(default=list)
    language = models.CharField(max_length=8, default="")
    risk = models.CharField(max_length=8, default="low")
    failure = models.CharField(max_length=20, default="", blank=True)
    # Why it no longer fits, of a stale one: customer_wrote, settings_changed, ...
    stale_because = models.CharField(max_length=24, default="", db_default="", blank=True)
    instruction = models.TextField(default="", blank=True)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    # Why a decision on it was taken back: undone, customer_wrote; empty otherwise.
    returned_because = models.CharField(max_length=20, default="", blank=True)
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)

    # Of a draft that lock_draft has read: the receipt of its last call, whether anything in it is flagged, and why no
    # model may draft for its ticket now ("" when one may).
    last_call_id: int | None
    flagged: bool
    barred: str
    # Of the same: whether other model settings have become active for its ticket since.
    overtaken: bool

    class Meta:
        db_table = "drafting_draft"
        indexes = [
            models.Index(fields=["ticket", "-id"], name="drafting_draft_ticket"),
            models.Index(fields=["state", "-id"], name="drafting_draft_state"),
            # Which drafts a passage was in.
            GinIndex(fields=["passages"], name="drafting_draft_passages", opclasses=["jsonb_path_ops"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "last_message", "settings"],
                name="drafting_draft_one_live",
                condition=Q(state__in=LIVE),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk} {self.state}"

    @property
    def ref(self) -> str:
        return f"draft:{self.pk}"


class Flag(models.Model):
    """Something in a draft that a person should look at; a blocker must be answered before the draft may go."""

    class Kind(models.TextChoices):
        AMOUNT = "amount"
        DATE = "date"
        LINK = "link"
        CONTACT = "contact"
        IDENTIFIER = "identifier"
        OTHER_CUSTOMER = "other_customer"
        PROMISE = "promise"
        INJECTION = "injection"
        UNSUPPORTED = "unsupported"
        PLACEHOLDER = "placeholder"
        LANGUAGE = "language"
        TONE = "tone"
        LENGTH = "length"

    class Severity(models.TextChoices):
        HINT = "hint"
        BLOCKER = "blocker"

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    words = models.TextField()
    answer = models.CharField(max_length=12, default="", blank=True)
    seen_in = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        db_table = "drafting_flag"
        constraints = [
            # Another customer's data must go: nobody makes light of it, and no answer lets it through.
            models.CheckConstraint(
                name="drafting_flag_other_customer",
                condition=~Q(kind="other_customer") | Q(severity="blocker", answer=""),
            ),
        ]

    @property
    def ref(self) -> str:
        return f"flag:{self.pk}"

    @property
    def language_name(self) -> str:
        """For a flag of the language, whose words are its code."""
        return name_of_language(self.words)

    @property
    def acknowledged(self) -> bool:
        return bool(self.answer)


class FlagRule(models.Model):
    """From then on flags of this kind are of this severity. The latest row of a kind holds; the others are its history."""

    kind = models.CharField(max_length=16, choices=Flag.Kind.choices)
    severity = models.CharField(max_length=8, choices=Flag.Severity.choices)
    reason = models.TextField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "drafting_flag_rule"
        indexes = [models.Index(fields=["kind", "-id"], name="drafting_flag_rule_of")]
        constraints = [
            models.CheckConstraint(
                name="drafting_flag_rule_other_customer", condition=~Q(kind="other_customer", severity="hint")
            ),
        ]

    @property
    def ref(self) -> str:
        return f"flag_rule:{self.pk}"


class NumberPattern(models.Model):
    """How the organisation's own numbers look, which a model is not to see; in force until it is ended. See `own_numbers.py`."""

    class Kind(models.TextChoices):
        ORDER = "order", _("Order number")
        ACCOUNT = "account", _("Account or customer number")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    pattern = models.CharField(max_length=120)
    example = models.CharField(max_length=80)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "drafting_number_pattern"
        constraints = [
            models.UniqueConstraint(
                fields=["pattern"], name="drafting_number_pattern_once", condition=Q(ended_at__isnull=True)
            )
        ]

    @property
    def ref(self) -> str:
        return f"number_pattern:{self.pk}"


class ReceiptRule(models.Model):
    """From then on receipts are emptied after so many days. The latest row holds; the others are its history."""

    DEFAULT_DAYS, LEAST, MOST = 90, 7, 3650

    days = models.PositiveIntegerField()
    reason = models.TextField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "drafting_receipt_rule"
        constraints = [
            models.CheckConstraint(name="drafting_receipt_rule_days", condition=Q(days__gte=7, days__lte=3650))
        ]

    @property
    def ref(self) -> str:
        return f"receipt_rule:{self.pk}"


class ModelCall(models.Model):
    """The receipt of one request to a provider: committed before a byte leaves, with exactly the bytes that leave.

    What left, what came back and what the placeholders stand for are kept encrypted with the customer's own key, and open
    in their own place alone: see `conversations.drafting.receipts`.
    """

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="calls")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    # Whose key it is kept with.
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    settings = models.ForeignKey(SettingsVersion, on_delete=models.PROTECT, related_name="+")
    request_sealed = models.BinaryField()
    request_bytes = models.PositiveIntegerField()
    # What the redactor replaced, by kind, and its version. Without redaction there is no call.
    redaction = models.JSONField()
    placeholders_sealed = models.BinaryField(default=bytes)
    state = models.CharField(max_length=10, default="sent")
    response_sealed = models.BinaryField(default=bytes)
    error = models.CharField(max_length=40, default="", blank=True)
    model = models.CharField(max_length=120, default="", blank=True)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    # In the currency of the provider; null while no price is known.
    cost = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    seconds = models.FloatField(default=0)
    # What the budget holds for it until it is settled; null afterwards, and where nothing was reserved.
    reserved_tokens = models.PositiveIntegerField(null=True)
    reserved_money = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    reserved_team = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    # When its words went because it was kept long enough; null while they are there, or went with their customer.
    emptied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "drafting_model_call"

    @property
    def ref(self) -> str:
        return f"call:{self.pk}"

    @property
    def erased(self) -> bool:
        return not self.request_sealed
