"""What customers ask of their data, and what holds its erasure up."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from conversations.tickets.models import Customer, Ticket

ERASE = "customer.erase"
WAIT = timedelta(days=14)
"""Long enough to notice a request that somebody else made, short of the month that GDPR article 12(3) gives."""


class Erasure(models.Model):
    """Somebody wants a customer's data gone (GDPR article 17). Restricted at once, erased when it is due."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits until it is due")
        CANCELLED = "cancelled", _("Taken back")
        DONE = "done", _("Erased")

    class Source(models.TextChoices):
        CUSTOMER = "customer", _("The customer, on their own page")
        MAIL = "mail", _("The customer, by mail")
        STAFF = "staff", _("The customer, through a member of the staff")
        API = "api", _("A program of the organisation")

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="erasures")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    source = models.CharField(max_length=10, choices=Source.choices)
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # How far it is: of the customer's tickets, these are erased.
    tickets_erased = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "privacy_erasure"
        constraints = [
            models.UniqueConstraint(fields=["customer"], name="privacy_erasure_one_open", condition=Q(state="open")),
        ]
        indexes = [models.Index(fields=["due_at"], name="privacy_erasure_due", condition=Q(state="open"))]

    @property
    def ref(self) -> str:
        return f"erasure:{self.pk}"


class HoldQuerySet(models.QuerySet["Hold"]):
    def in_force(self) -> HoldQuerySet:
        """Approved by a second person, not ended, not over: these hold an erasure up."""
        return self.filter(approved_at__isnull=False, ended_at__isnull=True, expires_at__gt=Now())

    def unfinished(self) -> HoldQuerySet:
        """Those, and what waits for a second person."""
        return self.filter(ended_at__isnull=True, expires_at__gt=Now())


class Hold(models.Model):
    """Why a ticket has to be kept although its customer wants it erased, until when, and who agreed (GDPR article 17(3))."""

    class Ground(models.TextChoices):
        LEGAL_CLAIM = "legal_claim", _("A legal claim: made, defended or prepared")
        LEGAL_DUTY = "legal_duty", _("A law demands that it is kept")
        AUTHORITY = "authority", _("An authority has asked for it")
        SAFETY = "safety", _("The safety of people")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="holds")
    ground = models.CharField(max_length=16, choices=Ground.choices)
    note = models.TextField(default="", blank=True)
    expires_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        db_table = "privacy_hold"
        constraints = [
            models.CheckConstraint(
                name="privacy_hold_second_person",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("placed_by"))),
            ),
        ]
        indexes = [models.Index(fields=["ticket"], name="privacy_hold_open", condition=Q(ended_at__isnull=True))]

    @property
    def ref(self) -> str:
        return f"hold:{self.pk}"
