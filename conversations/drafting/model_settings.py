"""Model settings as versions that people make, and which of them is active for whom."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings as environment
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ModelSettings(models.Model):
    """One version, made by a person: a draft of it can be changed, a finished one never again.

    What a reply was drafted with is a `SettingsVersion`: one of these, or the environment, with what the program adds.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Being written")
        FINISHED = "finished", _("Finished")
        DISCARDED = "discarded", _("Discarded")

    class Tone(models.TextChoices):
        FRIENDLY = "friendly", _("Friendly and personal")
        NEUTRAL = "neutral", _("Neutral and brief")
        FORMAL = "formal", _("Formal")

    class Address(models.TextChoices):
        FORMAL = "formal", _("Formal (Sie, usted, vous)")
        INFORMAL = "informal", _("Informal (du, tú, tu)")

    name = models.CharField(max_length=80)
    reason = models.TextField()
    made_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    # Of the server; "" for the one that the environment names.
    address = models.CharField(max_length=300, default="", blank=True)
    model = models.CharField(max_length=120)
    fallback = models.CharField(max_length=120, default="", blank=True)
    # The organisation's own words in the template.
    guidance = models.TextField(default="", blank=True)
    tone = models.CharField(max_length=12, choices=Tone.choices, default=Tone.FRIENDLY)
    form_of_address = models.CharField(max_length=12, choices=Address.choices, default=Address.FORMAL)
    # In hundredths; null leaves it to the model.
    temperature = models.PositiveSmallIntegerField(null=True, default=20)
    most_passages = models.PositiveSmallIntegerField(default=5)
    # Percent of a draft's statements that need a source for it to be put before people.
    least_sourced = models.PositiveSmallIntegerField(default=0)
    # Codes of languages that are drafted in; none means all. Tags of tickets that are left to people.
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    left_out = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(environment.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "drafting_model_settings"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="drafting_model_settings_bounds",
                condition=Q(most_passages__range=(1, 12), least_sourced__range=(0, 100))
                & (Q(temperature=None) | Q(temperature__lte=200)),
            ),
            models.CheckConstraint(
                name="drafting_model_settings_finished",
                condition=Q(state="finished", finished_at__isnull=False) | ~Q(state="finished"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.name}"

    @property
    def ref(self) -> str:
        return f"model_settings:{self.pk}"


SHAPING = (
    "address",
    "model",
    "fallback",
    "guidance",
    "tone",
    "form_of_address",
    "temperature",
    "most_passages",
    "least_sourced",
    "languages",
    "left_out",
)
"""What of a version shapes drafts, in the order in which pages show it."""


class Activation(models.Model):
    """A version is to be active, for a team or for everybody, and then is. Where none is, the environment holds.

    The database holds that there is one active for a team and one for everybody, and that no version is made active by the
    person who made it or asked for it, unless they were the only administrator.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for a second person")
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")
        DECLINED = "declined", _("Declined")

    settings = models.ForeignKey(ModelSettings, on_delete=models.PROTECT, related_name="activations")
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.TextField(default="", blank=True)
    asked_by = models.ForeignKey(environment.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(environment.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # There was no other administrator when it was decided.
    alone = models.BooleanField(default=False)
    # What held for the same team (or everybody) until it began: there a roll-back leads. Null is what holds without any.
    before = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    rolled_back = models.BooleanField(default=False)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "drafting_activation"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team"],
                name="drafting_activation_one_active",
                condition=Q(state="active"),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["team"], name="drafting_activation_one_asked", condition=Q(state="asked"), nulls_distinct=False
            ),
            models.CheckConstraint(
                name="drafting_activation_second_person",
                condition=Q(decided_by=None)
                | Q(state="declined")
                | Q(alone=True)
                | Q(rolled_back=True)
                | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="drafting_activation_began",
                condition=Q(state="active", began_at__isnull=False, decided_by__isnull=False)
                | Q(state="ended", began_at__isnull=False, ended_at__isnull=False)
                | Q(state__in=["asked", "declined"], began_at=None),
            ),
        ]

    @property
    def ref(self) -> str:
        return f"activation:{self.pk}"
