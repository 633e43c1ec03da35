"""One change to every ticket of a list, as a job that can be watched, stopped and taken back."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.tickets.models import Ticket


class Bulk(models.Model):
    """What somebody wanted done to every ticket of a list, and how far it is."""

    class State(models.TextChoices):
        RUNNING = "running", _("At work")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        UNDOING = "undoing", _("Taking it back")
        UNDONE = "undone", _("Taken back")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The list, as an address says it: the way back to it.
    view = models.CharField(max_length=40)
    query = models.CharField(max_length=1000, default="", blank=True)
    field = models.CharField(max_length=20)
    value = models.CharField(max_length=1000, default="", blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField()
    # The last entry before it began: what is later than this in a ticket may be its doing.
    after = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tickets_bulk"
        indexes: ClassVar = [models.Index(fields=["person", "-id"], name="tickets_bulk_of")]

    @property
    def ref(self) -> str:
        return f"bulk:{self.pk}"

    @property
    def at_work(self) -> bool:
        return self.state in {self.State.RUNNING, self.State.UNDOING}


class BulkTicket(models.Model):
    """One ticket of it. `why` is the code of the problem that it was skipped for, or stayed for when it was taken back."""

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        ALREADY = "already"
        SKIPPED = "skipped"
        UNDONE = "undone"
        KEPT = "kept"

    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="tickets")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    why = models.CharField(max_length=40, default="", blank=True)
    before = models.CharField(max_length=1000, default="", blank=True)
    # What it was changed to; of tags those that came.
    became = models.CharField(max_length=1000, default="", blank=True)

    class Meta:
        db_table = "tickets_bulk_ticket"
        indexes: ClassVar = [models.Index(fields=["bulk", "outcome", "ticket"], name="tickets_bulk_ticket_next")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["bulk", "ticket"], name="tickets_bulk_ticket_once")]
