"""The same POST sent twice acts once: answers are kept under the caller's `Idempotency-Key`."""

from __future__ import annotations

from django.db import models


class Answer(models.Model):
    """What was answered to one key of one caller; `status` 0 while the first request is still running."""

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.SmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "desk_answer"
        app_label = "desk"
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="desk_answer_once")]
        indexes = [models.Index(fields=["created_at"], name="desk_answer_created")]
