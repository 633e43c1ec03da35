"""What those who read the ledger asked of it: verifications, and searches that they keep."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Verification(models.Model):
    """The whole ledger checked, because somebody asked; one at a time. What it came to stays."""

    class State(models.TextChoices):
        OPEN = "open", _("Being verified")
        DONE = "done", _("Verified")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Could not be finished")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    entries = models.BigIntegerField(default=0)
    checkpoints = models.BigIntegerField(default=0)
    broken = models.BigIntegerField(default=0)
    first_bad = models.BigIntegerField(null=True)
    milliseconds = models.BigIntegerField(default=0)
    # The verifier's own sentences: [seq, what is wrong], and what it could and could not show.
    findings = models.JSONField(default=list)
    said = models.JSONField(default=list)

    class Meta:
        db_table = "oversight_verification"
        constraints = [
            models.UniqueConstraint(fields=["state"], name="oversight_verification_one", condition=Q(state="open")),
        ]

    @property
    def ref(self) -> str:
        return f"verification:{self.pk}"

    @property
    def at_work(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def holds(self) -> bool:
        return self.state == self.State.DONE and not self.broken

    @property
    def seconds(self) -> float:
        return self.milliseconds / 1000


class Progress(models.Model):
    """How far a verification is: for whoever watches, and worth nothing afterwards."""

    verification = models.OneToOneField(
        Verification, on_delete=models.CASCADE, primary_key=True, related_name="progress"
    )
    what = models.CharField(max_length=20, default="")
    done = models.BigIntegerField(default=0)
    whole = models.BigIntegerField(default=0)

    class Meta:
        db_table = "oversight_progress"


class SavedSearch(models.Model):
    """A search in the ledger that a person keeps for themselves; `query` as in an address, customers by their id."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    query = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "oversight_search"
        indexes = [models.Index(fields=["person", "id"], name="oversight_search_of")]

    @property
    def ref(self) -> str:
        return f"search:{self.pk}"
