"""How a version of the model settings does on questions that are kept for it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings as environment
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversations.drafting.model_settings import ModelSettings


class Case(models.Model):
    """A question that every version is tried with, and the articles that answer it. Words are kept encrypted."""

    subject_sealed = models.BinaryField()
    question_sealed = models.BinaryField()
    language = models.CharField(max_length=8)
    # Slugs of articles; one of them has to be quoted.
    expects = ArrayField(models.CharField(max_length=120), default=list)
    from_demo = models.CharField(max_length=40, default="", blank=True)
    kept_by = models.ForeignKey(environment.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    kept_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "drafting_case"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["from_demo"], name="drafting_case_of_demo", condition=~Q(from_demo="")),
        ]

    @property
    def ref(self) -> str:
        return f"case:{self.pk}"


class Evaluation(models.Model):
    """A finished version beside the one that runs, on all cases. One at a time."""

    class State(models.TextChoices):
        OPEN = "open", _("Being evaluated")
        DONE = "done", _("Evaluated")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Could not be finished")

    settings = models.ForeignKey(ModelSettings, on_delete=models.PROTECT, related_name="evaluations")
    # What ran then; null is the environment's.
    against = models.ForeignKey(ModelSettings, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(environment.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    cases = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "drafting_evaluation"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["state"], name="drafting_evaluation_one", condition=Q(state="open")),
        ]

    @property
    def ref(self) -> str:
        return f"evaluation:{self.pk}"

    @property
    def at_work(self) -> bool:
        return self.state == self.State.OPEN


class Outcome(models.Model):
    """What one of the two versions made of one case, with the receipt of the call: kept before it left, like any other's."""

    class Side(models.TextChoices):
        NEW = "new", _("New version")
        RUNNING = "running", _("Running version")

    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="outcomes")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=Side.choices)
    request_sealed = models.BinaryField(default=bytes)
    text_sealed = models.BinaryField(default=bytes)
    # Why there is no draft; "" when there is one.
    error = models.CharField(max_length=40, default="", blank=True)
    accepted = models.BooleanField(default=False)
    blockers = models.PositiveSmallIntegerField(default=0)
    flagged = ArrayField(models.CharField(max_length=16), default=list)
    claims = models.PositiveSmallIntegerField(default=0)
    sourced = models.PositiveSmallIntegerField(default=0)
    found_source = models.BooleanField(default=False)
    replaced = models.PositiveSmallIntegerField(default=0)
    leaked = models.PositiveSmallIntegerField(default=0)
    words = models.PositiveIntegerField(default=0)
    tokens = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    seconds = models.FloatField(default=0)

    class Meta:
        db_table = "drafting_outcome"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evaluation", "case", "side"], name="drafting_outcome_once"),
        ]
