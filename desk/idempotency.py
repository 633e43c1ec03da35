"""The same POST sent twice acts once: answers are kept under the caller's `Idempotency-Key`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone

from desk.clock import every

ANSWERS_KEPT = timedelta(hours=24)


class Answer(models.Model):
    """What was answered to one key of one caller, written in the transaction of what the request did."""

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.SmallIntegerField(default=0)
    body = models.JSONField(null=True)
    # What the request did something with, so that the answer can go when that is erased.
    about = ArrayField(
        models.CharField(max_length=80), default=list, db_default=Value([], ArrayField(models.CharField()))
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "desk_answer"
        app_label = "desk"
        constraints: ClassVar = [models.UniqueConstraint(fields=["caller", "key"], name="desk_answer_once")]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="desk_answer_created")]

    def __str__(self) -> str:
        return f"{self.key} of {self.caller}"


@every(600)
def forget_answers() -> int:
    """Delete answers that are over a day old. Returns how many."""
    return Answer.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT).delete()[0]


def forget_about(refs: Collection[str]) -> int:
    """Delete answers about these; also every stored refusal, which may repeat what was sent. Returns how many.

    A retry of a refused request is then judged anew, which can be no harm: nothing was done.
    """
    return Answer.objects.filter(Q(about__overlap=list(refs)) | Q(status__gte=400)).delete()[0]
