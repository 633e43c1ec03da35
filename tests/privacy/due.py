"""Erasures that are due at once, carried out as the worker does it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conversations.models import Customer, Erasure
from conversations.privacy.actions import erasure, request_erasure
from conversations.privacy.models import ERASE
from conversations.privacy.tasks import erase_when_due
from desk.actions import SYSTEM
from desk.jobs import Claim, Job


def ask(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> Erasure:
    """The customer asked two weeks ago."""
    monkeypatch.setattr(erasure, "WAIT", timedelta(seconds=-1))
    return request_erasure(customer, source="customer", by=SYSTEM)


def carry_out(asked: Erasure) -> Erasure:
    """What the worker does with the job. Raises TryLater where it would come back later."""
    job = Job.objects.get(key=f"{ERASE}:{asked.pk}")
    erase_when_due(Claim(job, job.fence))
    return Erasure.objects.get(pk=asked.pk)
