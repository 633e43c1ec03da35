"""How much may be spent on drafts in a day, and how much is: reserved before a call, settled after it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Limit(models.Model):
    """From then on this much a day, for a team or (no team) for all together. The latest row of each holds."""

    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, related_name="+")
    # Null: no limit of this kind.
    tokens = models.PositiveBigIntegerField(null=True)
    money = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        db_table = "drafting_limit"
        indexes: ClassVar = [models.Index(fields=["team", "-id"], name="drafting_limit_of")]

    @property
    def ref(self) -> str:
        return f"limit:{self.pk}"


class Spent(models.Model):
    """What a day's calls of a team (no team: of all) have used, with what is reserved for those on their way."""

    day = models.DateField()
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, related_name="+")
    tokens = models.BigIntegerField(default=0)
    money = models.DecimalField(max_digits=16, decimal_places=6, default=0)

    class Meta:
        db_table = "drafting_spent"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "team"], name="drafting_spent_of", nulls_distinct=False),
            models.CheckConstraint(name="drafting_spent_positive", condition=Q(tokens__gte=0, money__gte=0)),
        ]
