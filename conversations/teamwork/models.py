"""What people are writing, who has a ticket at the moment, who follows it, and what they were told of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Unsent(models.Model):
    """What a person has written on a ticket and not sent: theirs alone, and never an entry.

    `what` is the field: reply, note, hand_over, or edit:<draft>. Each window of theirs writes on a row of its own;
    `revision` tells whether another one has been there. `aside` was left over when another text was sent.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey("conversations.Ticket", on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=32)
    text = models.TextField()
    revision = models.PositiveIntegerField(default=1)
    aside = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "teamwork_unsent"
        indexes = [
            models.Index(fields=["person", "ticket", "what"], name="teamwork_unsent_of"),
            models.Index(fields=["saved_at"], name="teamwork_unsent_old"),
        ]


class Claim(models.Model):
    """Who is at work on a ticket: a lease that ends by itself. It warns others and bars nobody."""

    ticket = models.OneToOneField("conversations.Ticket", on_delete=models.CASCADE, primary_key=True, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "teamwork_claim"
        indexes = [models.Index(fields=["until"], name="teamwork_claim_until")]


class Follower(models.Model):
    """Somebody who wants to know what happens to a ticket."""

    ticket = models.ForeignKey("conversations.Ticket", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        db_table = "teamwork_follower"
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="teamwork_follower_once")]


class Notice(models.Model):
    """Something that a person is told of a ticket. It holds no text: what there is to read stands in the ticket."""

    class Kind(models.TextChoices):
        MENTIONED = "mentioned"
        TEAM_MENTIONED = "team_mentioned"
        NOTED = "noted"
        ASSIGNED = "assigned"
        HANDED_OVER = "handed_over"
        TAKEN_OVER = "taken_over"
        CUSTOMER_WROTE = "customer_wrote"
        REPLIED = "replied"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey("conversations.Ticket", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    # Who did it; nobody of the staff when the customer wrote.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    message = models.ForeignKey("conversations.Message", on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "teamwork_notice"
        indexes = [
            models.Index(fields=["person", "-id"], name="teamwork_notice_of"),
            models.Index(fields=["person", "ticket"], name="teamwork_notice_unseen", condition=Q(seen_at__isnull=True)),
            models.Index(
                fields=["created_at"],
                name="teamwork_notice_unmailed",
                condition=Q(seen_at__isnull=True, mailed_at__isnull=True),
            ),
            models.Index(fields=["created_at"], name="teamwork_notice_old"),
        ]
