"""What is known of each model at each address: what form of answer it can be asked for, and whether it answers at all.

Machine knowledge, shared by all processes, and worth nothing to anybody later: written outside of actions.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Endpoint(models.Model):
    """One model at one address."""

    address = models.CharField(max_length=300)
    model = models.CharField(max_length=120)
    # schema, object or text; "" while nobody knows.
    form = models.CharField(max_length=8, default="", blank=True)
    # Parameters that it refuses.
    without = ArrayField(models.CharField(max_length=20), default=list)
    learned_at = models.DateTimeField(null=True)
    # The breaker: failures in a row, until when nobody asks, and until when one trial is on its way.
    failures = models.PositiveIntegerField(default=0)
    opened_until = models.DateTimeField(null=True)
    trial_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=40, default="", blank=True)
    failed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "drafting_endpoint"
        constraints: ClassVar = [models.UniqueConstraint(fields=["address", "model"], name="drafting_endpoint_once")]


class Slot(models.Model):
    """One call on its way to an address, at the longest until then."""

    address = models.CharField(max_length=300)
    until = models.DateTimeField()

    class Meta:
        db_table = "drafting_slot"
        indexes: ClassVar = [models.Index(fields=["address"], name="drafting_slot_at")]
