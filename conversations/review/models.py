"""Decisions of people, and what customers say is wrong."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversations.drafting.models import Draft
from conversations.tickets.models import Message, Ticket


class Reason(models.TextChoices):
    """Why a draft was rejected, in the order of the number keys."""

    INCORRECT = "incorrect", _("Incorrect")
    INCOMPLETE = "incomplete", _("Incomplete")
    OUTDATED = "outdated", _("Outdated")
    UNSUPPORTED = "unsupported", _("Not supported by a source")
    TONE = "tone", _("Wrong tone")
    PRIVACY = "privacy", _("Privacy")
    BIAS = "bias", _("Unfair or biased")
    INAPPROPRIATE = "inappropriate", _("Inappropriate")
    OTHER = "other", _("Other")


class Decision(models.Model):
    """What one person decided about one reply. Its text is what is sent, to the letter."""

    class Kind(models.TextChoices):
        APPROVED = "approved", _("Approved")
        EDITED = "edited", _("Changed and approved")
        REJECTED = "rejected", _("Rejected")
        SET_ASIDE = "set_aside", _("Set aside to write")
        WRITTEN = "written", _("Written by a person")

    class Next(models.TextChoices):
        NONE = "", ""
        REDRAFT = "redraft", _("Ask for another draft")
        WRITE = "write", _("Write it myself")
        ESCALATE = "escalate", _("Escalate to the team's lead")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="decisions")
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, null=True, related_name="decisions")
    draft_version = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=8, default="page")
    text = models.TextField(default="", blank=True)
    text_hash = models.CharField(max_length=64)
    # Over the files that were decided to go with the text; the message has to have the same.
    files_digest = models.CharField(max_length=64, default="", db_default="", blank=True)
    reason = models.CharField(max_length=16, choices=Reason.choices, default="", blank=True)
    note = models.TextField(default="", blank=True)
    next = models.CharField(max_length=10, choices=Next.choices, default="", blank=True)
    instruction = models.TextField(default="", blank=True)
    standing = models.BooleanField(default=True)
    ended_because = models.CharField(max_length=20, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "review_decision"
        constraints = [
            models.UniqueConstraint(fields=["draft"], name="review_decision_one_standing", condition=Q(standing=True)),
            models.CheckConstraint(
                name="review_decision_draft",
                condition=Q(kind="written", draft__isnull=True) | (~Q(kind="written") & Q(draft__isnull=False)),
            ),
        ]

    @property
    def ref(self) -> str:
        return f"decision:{self.pk}"


class Concern(models.Model):
    """A customer says that a reply is wrong: an item with an owner until somebody has settled it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="concerns")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(default="", blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_concern"
        indexes = [models.Index(fields=["ticket"], name="review_concern_open", condition=Q(settled_at__isnull=True))]

    @property
    def ref(self) -> str:
        return f"concern:{self.pk}"
