"""What was merged: one row for each time, with what it takes to undo it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from conversations.tickets.models import Message, Ticket
from conversations.tickets.states import Status


class Merge(models.Model):
    """One ticket was merged into another, until that was undone. `Ticket.merged_into` says the same of now, in short.

    Nothing is moved: messages stay in the ticket that they were written in, and the other ticket shows them (threads.py).
    """

    source = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # Somebody said that two customers are one person. Their texts are still kept from each other and from models.
    other_customer = models.BooleanField(default=False)
    source_status = models.CharField(max_length=8, choices=Status.choices)
    source_waited = models.BooleanField()
    source_snoozed_until = models.DateTimeField(null=True)
    target_status = models.CharField(max_length=8, choices=Status.choices)
    target_last_inbound = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    # The source was kept for people and the target was not: it is now, and only because of this.
    kept_target = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tickets_merge"
        indexes: ClassVar = [
            models.Index(fields=["target"], name="tickets_merge_target", condition=Q(undone_at__isnull=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source"], name="tickets_merge_one_standing", condition=Q(undone_at__isnull=True)
            ),
        ]

    @property
    def ref(self) -> str:
        return f"merge:{self.pk}"
