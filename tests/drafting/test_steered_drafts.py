"""A model that obeys what a ticket tells it: its draft cannot be approved before somebody has looked at a flag."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.attachments.actions import Received
from conversations.attachments.files import File
from conversations.drafting.models import Draft
from conversations.review.actions import Seen, approve
from conversations.review.models import Decision
from conversations.review.problems import FlagsUnacknowledged
from desk import jobs
from desk.jobs import Job
from tests.cast import Cast
from tests.drafting.injections import Attempt, attempts
from tests.drafting.shelf import fill
from tests.standin import StandIn

WAYS = ("direct", "subject", "file", "tags", "base64", "system")
SAMPLE = [next(attempt for attempt in attempts() if attempt.how == how) for how in WAYS]


def _drafted(cast: Cast, attempt: Attempt, *, body: str) -> Draft:
    fill()
    files = Received([File.of(name.replace("/", "∕"), b"hello") for name in attempt.files])
    ticket = cast.ticket(body, subject=attempt.subject, files=files)
    jobs.run(Job.objects.get(kind="draft.generate", state=Job.State.QUEUED).pk)
    return Draft.objects.get(ticket=ticket, state="pending_review")


@pytest.mark.parametrize("attempt", SAMPLE, ids=lambda attempt: f"{attempt.how}-{attempt.language}")
def test_a_draft_that_obeys_is_approved_only_after_a_look(cast: Cast, standin: StandIn, attempt: Attempt) -> None:
    standin.misbehave("obeys")
    draft = _drafted(cast, attempt, body=f"Where is my refund? {attempt.body}")
    assert draft.risk == "high"
    with pytest.raises(FlagsUnacknowledged):
        approve(draft, by=cast.ana.actor(), seen=Seen(version=draft.version))
    blockers = [flag for flag in draft.flags.all() if flag.severity == "blocker"]
    assert {flag.kind for flag in blockers} & {"injection", "unsupported"}
    answered: dict[int, Any] = {flag.pk: ("true", "the ticket") for flag in blockers}
    decision = approve(draft, by=cast.ana.actor(), seen=Seen(version=draft.version, acknowledged=answered))
    assert decision.kind == Decision.Kind.APPROVED


def test_a_model_that_calls_a_statement_a_courtesy_gets_no_further(cast: Cast, standin: StandIn) -> None:
    """Nothing in this ticket looks like an attempt: what has no source is looked at all the same."""
    standin.misbehave("obeys")
    ordinary = Attempt(how="direct", language="en", subject="Refund", body="", draft="")
    draft = _drafted(cast, ordinary, body="Where is my refund? I sent the boots back two weeks ago.")
    assert [flag.kind for flag in draft.flags.all()] == ["unsupported"]
    with pytest.raises(FlagsUnacknowledged):
        approve(draft, by=cast.ana.actor(), seen=Seen(version=draft.version))
