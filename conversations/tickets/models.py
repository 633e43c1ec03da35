"""Customers, tickets, messages and their sending."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.tickets.states import Lane, Priority, SendingState, Status, Why
from desk.actions import Actor

if TYPE_CHECKING:
    from conversations.review.models import Decision


def secret_link() -> str:
    """256 random bits for a link, URL-safe."""
    return secrets.token_urlsafe(32)


def reply_token() -> str:
    """Goes into a mail address, which some servers fold to lower case: 130 bits in base 32."""
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(26))


def text_hash(text: str) -> str:
    """SHA-256 of a text as UTF-8, in hexadecimal; the database's triggers compute the same."""
    return hashlib.sha256(text.encode()).hexdigest()


class Policy(models.Model):
    """One row: what holds for customers who were never asked whether a model may draft."""

    class AiConsent(models.TextChoices):
        NOTICE = "notice", _("A model may draft; the customer is told at first contact")
        CONSENT = "consent", _("No model until the customer agrees")

    id = models.SmallIntegerField(primary_key=True, default=1)
    ai_consent = models.CharField(max_length=8, choices=AiConsent.choices, default=AiConsent.NOTICE)

    class Meta:
        db_table = "tickets_policy"
        constraints = [models.CheckConstraint(name="tickets_policy_single", condition=Q(id=1))]


class Customer(models.Model):
    """Somebody who writes in. The ledger knows them by their random id alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, default="", blank=True)
    phone = models.CharField(max_length=40, default="", blank=True)
    language = models.CharField(max_length=8, default="", blank=True)
    ai_consent = models.BooleanField(null=True)
    ai_consent_source = models.CharField(max_length=20, default="")
    ai_consent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    # They want to be erased: until it is done (or taken back) nothing is done with what is kept of them (GDPR article 18).
    restricted_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tickets_customer"
        constraints = [models.UniqueConstraint(Lower("email"), name="tickets_customer_email")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def ref(self) -> str:
        return f"customer:{self.pk}"

    @property
    def display_name(self) -> str:
        if self.erased_at:
            return gettext("erased customer")
        return self.name or self.email.partition("@")[0]

    @property
    def initials(self) -> str:
        words = self.display_name.split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else "?"

    def actor(self, **more: str) -> Actor:
        return Actor("customer", str(self.pk), **more)  # type: ignore[arg-type]


WAITS = ~Q(lane="") & Q(snoozed_until__isnull=True, restricted=False)
NARROWED_TO = ("lane", "team", "assignee", "priority", "language", "channel")


class Ticket(models.Model):
    """One matter of one customer. `number` is its name for people and programs."""

    number = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tickets")
    subject = models.CharField(max_length=300)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.NEW)
    priority = models.CharField(max_length=8, choices=Priority.choices, default=Priority.NORMAL)
    channel = models.CharField(max_length=8, choices=[("api", "API"), ("form", "Form"), ("mail", "Mail")])
    language = models.CharField(max_length=8, default="en")
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, related_name="+")
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # Kept for people: "" no, otherwise one of Why (people_only, asked_for_person).
    kept_for_people = models.CharField(max_length=20, default="", blank=True)
    # The last thing the customer wrote; drafts and decisions are about exactly this.
    last_inbound = models.ForeignKey("Message", on_delete=models.PROTECT, null=True, related_name="+")
    # Since when the customer has been waiting for a person, and until when one should have answered; null: not waiting.
    waiting_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    lane = models.CharField(max_length=10, choices=Lane.choices, default=Lane.NONE, blank=True)
    lane_why = models.CharField(max_length=20, choices=Why.choices, default=Why.NONE, blank=True)
    snoozed_until = models.DateTimeField(null=True)
    # Not empty: it is marked as spam, and this is the status that it would have otherwise.
    before_spam = models.CharField(max_length=8, choices=Status.choices, default="", db_default="", blank=True)
    # It is closed, and goes on there. Its messages stay its own: see tickets/threads.py.
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    # It was opened from this message of another ticket, which stays there and is read here, too.
    split_from = models.ForeignKey("Message", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    # How many things the customer says are wrong here and nobody has settled; the review room counts them.
    open_concerns = models.PositiveSmallIntegerField(default=0)
    # Its customer is restricted: kept here too, so that no list has to ask.
    restricted = models.BooleanField(default=False, db_default=False)
    # When it was first said that the due time is near; cleared when the customer has an answer.
    breaching_at = models.DateTimeField(null=True)
    link_token = models.CharField(max_length=64, unique=True, default=secret_link)
    reply_token = models.CharField(max_length=32, unique=True, default=reply_token)

    merged_into_id: int | None
    split_from_id: int | None

    class Meta:
        db_table = "tickets_ticket"
        indexes = [
            models.Index(fields=["due_at", "number"], name="tickets_todo", condition=~Q(lane="")),
            models.Index(fields=["status", "-updated_at", "-number"], name="tickets_status"),
            models.Index(
                fields=["assignee", "-updated_at"], name="tickets_assignee", condition=Q(assignee__isnull=False)
            ),
            models.Index(fields=["-updated_at", "-number"], name="tickets_updated"),
            models.Index(fields=["snoozed_until"], name="tickets_snoozed", condition=Q(snoozed_until__isnull=False)),
            GinIndex(fields=["tags"], name="tickets_tags"),
            # What waits, by each order and by lane. What lists are narrowed to stands behind: a ticket that is not in the list
            # is passed over in the index, which is small, and never fetched; and counts are read from the index alone.
            models.Index(fields=["due_at", "number", *NARROWED_TO], name="tickets_waits_due", condition=WAITS),
            models.Index(
                fields=["-updated_at", "-number", *NARROWED_TO], name="tickets_waits_updated", condition=WAITS
            ),
            models.Index(fields=["lane", "due_at", "number", "team"], name="tickets_waits_lane", condition=WAITS),
            models.Index(
                fields=["due_at", "number", "team"],
                name="tickets_breaching_due",
                condition=WAITS & Q(breaching_at__isnull=False),
            ),
            models.Index(
                fields=["assignee", "-updated_at", "-number", "team"],
                name="tickets_mine_newest",
                condition=Q(assignee__isnull=False, restricted=False) & ~Q(status__in=["solved", "closed"]),
            ),
            models.Index(
                fields=["-updated_at", "-number", "team"],
                name="tickets_snoozed_updated",
                condition=Q(snoozed_until__isnull=False, restricted=False),
            ),
            models.Index(
                fields=["-updated_at", "-number", "team"],
                name="tickets_pending_updated",
                condition=Q(status="pending", restricted=False),
            ),
            # For searches with `is:`: few of all tickets, walked newest first while each is asked for its words.
            models.Index(
                fields=["-created_at", "-number", "status", "team", "assignee"],
                name="tickets_unsolved_opened",
                condition=Q(restricted=False) & ~Q(status__in=["solved", "closed"]),
            ),
            models.Index(
                fields=["-created_at", "-number", "lane", "team", "assignee"],
                name="tickets_waits_opened",
                condition=WAITS,
            ),
            models.Index(fields=["merged_into"], name="tickets_merged_into", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["split_from"], name="tickets_split_from", condition=Q(split_from__isnull=False)),
            models.Index(fields=["customer", "-number"], name="tickets_of_customer"),
        ]
        constraints = [
            models.CheckConstraint(name="tickets_waits_has_due", condition=Q(lane="") | Q(due_at__isnull=False)),
            models.CheckConstraint(
                name="tickets_merged_is_closed",
                condition=Q(merged_into__isnull=True) | Q(status="closed", lane="", snoozed_until__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    @property
    def ref(self) -> str:
        return f"ticket:{self.number}"

    @property
    def is_spam(self) -> bool:
        return self.before_spam != ""

    @property
    def is_merged(self) -> bool:
        return self.merged_into_id is not None


class Words(models.Model):
    """What a ticket is found by: the words of its subject (weight A), its customer (B) and its messages (D).

    Triggers keep it beside what it is made of, in the same transaction, so that what is erased there is gone here. Each
    word is there as it was written, and as the ticket's language stems it.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="words")
    opened_at = models.DateTimeField()
    words = SearchVectorField()
    # Characters of messages in it; what goes beyond 50,000 is left out, as a row of words has room for 1 MB.
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "tickets_words"
        indexes = [
            models.Index(fields=["-opened_at", "-ticket"], name="tickets_words_newest"),
            # What waits to be sorted in is read by every search: little of it.
            GinIndex(fields=["words"], name="tickets_words_words", gin_pending_list_limit=512),
        ]


class Message(models.Model):
    """What was written in a ticket. Its text never changes once it is here."""

    class Direction(models.TextChoices):
        IN = "in", _("From the customer")
        OUT = "out", _("To the customer")
        NOTE = "note", _("Internal note")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    service = models.UUIDField(null=True)
    # The notice that a person wrote once, sent by itself (such as "acknowledgement"); empty for all else.
    notice = models.CharField(max_length=20, default="", blank=True)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    # Over the files that came with it or go with it, see attachments/manifest.py; empty without files.
    files_digest = models.CharField(max_length=64, default="", db_default="", blank=True)
    decision = models.OneToOneField(
        "conversations.Decision", on_delete=models.PROTECT, null=True, related_name="message"
    )
    draft = models.ForeignKey("conversations.Draft", on_delete=models.PROTECT, null=True, related_name="+")
    disclosure_kind = models.CharField(max_length=16, default="", blank=True)
    disclosure_text = models.TextField(default="", blank=True)
    mail_id = models.CharField(max_length=250, default="", blank=True)
    in_reply_to = models.CharField(max_length=250, default="", blank=True)
    created_at = models.DateTimeField()

    decision_id: int | None
    # Of a message that `Thread.messages_with_split` gave: whether it became a ticket of its own.
    split_off: bool
    if TYPE_CHECKING:
        decision: models.OneToOneField[Decision | None, Decision | None]  # type: ignore[no-redef]

    class Meta:
        db_table = "tickets_message"
        indexes = [
            models.Index(fields=["ticket", "id"], name="tickets_message_thread"),
            models.Index(fields=["mail_id"], name="tickets_message_mail", condition=~Q(mail_id="")),
        ]
        constraints = [
            # What reaches a customer was decided by a person, or is a notice that a person wrote once.
            models.CheckConstraint(
                name="tickets_message_out_decided",
                condition=~Q(direction="out")
                | Q(decision__isnull=False, notice="")
                | (~Q(notice="") & Q(draft__isnull=True)),
            ),
            models.CheckConstraint(
                name="tickets_message_draft_decided", condition=Q(draft__isnull=True) | Q(decision__isnull=False)
            ),
            models.CheckConstraint(
                name="tickets_message_decided_is_out", condition=Q(decision__isnull=True) | Q(direction="out")
            ),
            models.CheckConstraint(
                name="tickets_message_out_disclosed",
                condition=Q(decision__isnull=True) | ~Q(disclosure_kind=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} message {self.pk}"

    @property
    def ref(self) -> str:
        return f"message:{self.pk}"


class Sending(models.Model):
    """The one way out of one message. `unknown` is a state of its own, shown to a person and never repeated by itself."""

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="sending")
    decision = models.OneToOneField(
        "conversations.Decision", on_delete=models.PROTECT, null=True, related_name="sending"
    )
    state = models.CharField(max_length=10, choices=SendingState.choices, default=SendingState.QUEUED)
    release_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=64, default="", blank=True)
    withdrawn_because = models.CharField(max_length=20, default="", blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "tickets_sending"
        indexes = [
            models.Index(fields=["state"], name="tickets_sending_open", condition=~Q(state__in=["sent", "withdrawn"])),
        ]

    @property
    def ref(self) -> str:
        return f"sending:{self.pk}"


class SavedView(models.Model):
    """A view of one's own making: a built-in one, narrowed and sorted. For its maker alone, for a team, or for everyone."""

    name = models.CharField(max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, related_name="+")
    everyone = models.BooleanField(default=False)
    view = models.CharField(max_length=20)
    # As in an address: names of filters, `q` and `sort`.
    parameters = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "tickets_saved_view"
        constraints = [
            models.CheckConstraint(name="tickets_saved_view_for", condition=Q(team__isnull=True) | Q(everyone=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"view:{self.pk}"

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return f"saved-{self.pk}"

    @property
    def audience(self) -> str:
        """Who has it: `private`, `everyone` or a reference to a team."""
        return "everyone" if self.everyone else f"team:{self.team_id}" if self.team_id else "private"
