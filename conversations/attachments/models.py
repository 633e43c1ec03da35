"""Files of messages, files that wait to be sent, their content, and previews of our own making."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Content(models.Model):
    """The bytes of one file. They are in the database, so that they are there exactly when the message is, are in every
    backup, and are gone with one DELETE. The same file twice is kept twice: what is erased of one customer stays the other's.
    """

    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "attachments_content"


class Attachment(models.Model):
    """A file that came with a message or goes with it, as it was when the message was written. It never changes.

    `missing` says why there is no content: it was refused when it came by mail, or erased since.
    """

    class Missing(models.TextChoices):
        NO = "", ""
        TOO_LARGE = "too_large", _("not kept: larger than 10 MB")
        TOO_MUCH = "too_much", _("not kept: more than 25 MB or 20 files in one message")
        REFUSED = "refused", _("not kept: programs are not taken in")
        EMPTY = "empty", _("not kept: it was empty")
        ERASED = "erased", _("erased")

    message = models.ForeignKey("conversations.Message", on_delete=models.PROTECT, related_name="attachments")
    position = models.PositiveSmallIntegerField()
    content = models.OneToOneField(Content, on_delete=models.PROTECT, null=True, related_name="attachment")
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    missing = models.CharField(max_length=10, choices=Missing.choices, default="", blank=True)

    class Meta:
        db_table = "attachments_attachment"
        ordering = ["message", "position"]
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="attachments_one_place"),
            models.CheckConstraint(
                name="attachments_content_or_why",
                condition=Q(content__isnull=False, missing="") | (Q(content__isnull=True) & ~Q(missing="")),
            ),
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    @property
    def ref(self) -> str:
        return f"attachment:{self.pk}"


class Preview(models.Model):
    """A small picture of an image, drawn anew by us (WebP): nothing of the file itself is in it but what it shows."""

    # Who deletes content deletes its preview first: content that nobody sent has none, and is deleted outside of actions.
    content = models.OneToOneField(Content, on_delete=models.DO_NOTHING, primary_key=True, related_name="preview")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "attachments_preview"


class Upload(models.Model):
    """A file that somebody has put beside what they have not sent yet: theirs alone, no act, and no entry.

    `owner` is an actor's name (`person:…`, `service:…`), or `portal` for a customer, who has its random id alone; `what` is
    the unsent text that it belongs to (reply, note). It goes by itself when nobody sends it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(max_length=80)
    ticket = models.ForeignKey("conversations.Ticket", on_delete=models.CASCADE, null=True, related_name="+")
    what = models.CharField(max_length=16, default="", blank=True)
    content = models.OneToOneField(Content, on_delete=models.PROTECT, related_name="upload")
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "attachments_upload"
        indexes = [
            models.Index(fields=["owner", "ticket", "what"], name="attachments_upload_of"),
            models.Index(fields=["created_at"], name="attachments_upload_old"),
        ]
