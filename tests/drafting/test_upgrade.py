"""An installation of before with drafts on their way: the new version goes on with them, and people decide on what waited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from conversations.drafting.models import Draft
from conversations.drafting.states import DraftState
from conversations.review.actions import Seen, approve
from conversations.review.models import Decision
from conversations.tickets.models import text_hash
from desk import jobs
from tests.cast import Cast
from tests.databases import tables_of_before
from tests.drafting.shelf import fill
from tests.standin import StandIn

BEFORE = ("conversations", "0016_list_speed")
"""Before model settings, lookups, usable notes and search by meaning."""

QUESTION = "When will my refund be paid to my payment method? The parcel reached your warehouse two weeks ago."


@pytest.fixture
def before(own_database: str) -> Any:
    return tables_of_before(BEFORE)


def in_state(before: Any, state: str, number: int, **more: Any) -> int:
    """A ticket with a draft in this state, as the version of before kept it, and the job that was to make it; its key."""
    now = timezone.now()
    models = {name: before.get_model("conversations", name) for name in ("Customer", "Ticket", "Message", "Draft")}
    version, _ = before.get_model("conversations", "SettingsVersion").objects.get_or_create(
        fingerprint="f" * 64,
        defaults={
            "model": "countersign-standin-1",
            "provider": "local",
            "prompt_version": "1",
            "redactor_version": "1",
        },
    )
    customer = models["Customer"].objects.create(
        id=uuid4(), email=f"carla{number}@example.com", name="Carla Jones", phone="", language="en", created_at=now
    )
    ticket = models["Ticket"].objects.create(
        customer=customer,
        subject="Where is my refund?",
        status="new",
        priority="normal",
        channel="api",
        language="en",
        lane="review" if state == DraftState.PENDING_REVIEW else "drafting",
        waiting_since=now,
        due_at=now + timedelta(hours=4),
        link_token=f"link{number}" * 5,
        reply_token=f"reply{number}" * 5,
        created_at=now,
        updated_at=now,
    )
    message = models["Message"].objects.create(
        ticket=ticket, direction="in", customer=customer, text=QUESTION, text_hash=text_hash(QUESTION), created_at=now
    )
    models["Ticket"].objects.filter(pk=ticket.pk).update(last_inbound=message)
    draft = models["Draft"].objects.create(
        ticket=ticket, last_message=message, settings=version, state=state, language="en", created_at=now, **more
    )
    running = state == DraftState.GENERATING
    jobs.Job.objects.create(
        kind="draft.generate",
        key=f"draft.generate:{draft.pk}",
        thread=f"ticket:{ticket.pk}",
        state="running" if running else "done" if state == DraftState.PENDING_REVIEW else "queued",
        attempts=int(running),
        fence=int(running),
        run_after=now,
        lease_until=now - timedelta(seconds=1) if running else None,
    )
    return int(draft.pk)


def test_drafts_that_were_on_their_way_are_made_and_those_that_waited_are_decided(
    before: Any, standin: StandIn, client: Client
) -> None:
    text = "Your refund is on its way."
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('countersign.action', 'trial', true)")
        queued = in_state(before, "queued", 1)
        left = in_state(before, "generating", 2)
        waits = in_state(
            before,
            "pending_review",
            3,
            text=text,
            sentences=[{"text": text, "kind": "claim", "sources": []}],
            ready_at=timezone.now(),
        )
    call_command("migrate", verbosity=0, interactive=False)
    cast = Cast.enter()
    fill()
    for key in (queued, left):
        jobs.run(jobs.Job.objects.get(key=f"draft.generate:{key}").pk)
        made = Draft.objects.get(pk=key)
        assert (made.state, bool(made.text), made.calls.get().state) == ("pending_review", True, "answered")
    waiting = Draft.objects.get(pk=waits)
    client.force_login(cast.sam)
    assert text in client.get(f"/tickets/{waiting.ticket_id}/").content.decode()
    approve(waiting, by=cast.sam.actor(), seen=Seen(version=waiting.version))
    assert Decision.objects.get(draft=waiting).standing
