"""Receipts are kept for as long as the rule says, then their words go and what is counted of them stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from conversations.drafting.actions import empty_receipts, keep_receipts
from conversations.drafting.models import ModelCall
from conversations.drafting.queries import days_kept
from conversations.drafting.tasks import let_receipts_go
from conversations.privacy.actions import approve_hold, end_hold, place_hold
from conversations.privacy.exporting import everything
from desk.actions import SYSTEM
from desk.ledger.models import Entry, Salt
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast
from tests.drafting.test_pipeline import drafted
from tests.drafts import pending_draft
from tests.standin import StandIn


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.PersonBackend")
    return client


def _made(call: ModelCall, days_ago: float) -> None:
    """As if the call had been made so many days ago."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE drafting_model_call SET created_at = %s WHERE id = %s",
            [timezone.now() - timedelta(days=days_ago), call.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def call(cast: Cast, standin: StandIn) -> ModelCall:
    return ModelCall.objects.get(draft=drafted(cast))


def test_a_receipt_that_is_old_loses_its_words_and_an_entry_says_so(call: ModelCall) -> None:
    _made(call, 91)
    assert let_receipts_go() == 1
    call.refresh_from_db()
    assert (bytes(call.request_sealed), bytes(call.placeholders_sealed), bytes(call.response_sealed)) == (b"",) * 3
    assert call.emptied_at is not None
    assert call.request_bytes > 0
    assert call.redaction["replaced"]
    emptied = Entry.objects.get(kind="receipts.emptied")
    assert emptied.facts == {"count": 1, "days": 90}
    assert emptied.thread == call.ticket.ref
    erased = Entry.objects.get(kind="text.erased")
    assert erased.facts["sources"] == [f"{call.ref}:request"]
    assert not Salt.objects.filter(source=f"{call.ref}:request").exists()
    assert let_receipts_go() == 0, "once is enough"


def test_a_receipt_that_is_young_stays_also_against_the_database_itself(call: ModelCall) -> None:
    _made(call, 89)
    assert let_receipts_go() == 0
    with pytest.raises(IntegrityError, match="a receipt is erased"):
        empty_receipts([call], days=1, by=SYSTEM)


def test_a_receipt_of_a_ticket_that_is_held_stays(cast: Cast, call: ModelCall) -> None:
    _made(call, 91)
    hold = place_hold(
        call.ticket,
        ground="legal_claim",
        expires_at=timezone.now() + timedelta(days=30),
        by=cast.ada.actor(),
    )
    approve_hold(hold, by=cast.sam.actor())
    assert let_receipts_go() == 0
    end_hold(hold, by=cast.ada.actor())
    assert let_receipts_go() == 1


def test_the_rule_is_set_by_administrators_with_a_reason(cast: Cast) -> None:
    assert days_kept() == 90
    keep_receipts(30, reason="Our contract says thirty days.", by=cast.ada.actor())
    assert days_kept() == 30
    assert Entry.objects.get(kind="receipt_rule.set").facts == {"days": 30, "before": 90}
    for days in (0, 6, 3651, 30):
        with pytest.raises(Invalid):
            keep_receipts(days, reason="Because.", by=cast.ada.actor())
    with pytest.raises(NotAllowed):
        keep_receipts(60, reason="Because.", by=cast.sam.actor())


def test_a_shorter_rule_takes_hold_with_the_next_round(cast: Cast, call: ModelCall) -> None:
    _made(call, 31)
    assert let_receipts_go() == 0
    keep_receipts(30, reason="Our contract says thirty days.", by=cast.ada.actor())
    assert let_receipts_go() == 1


def test_an_emptied_receipt_is_shown_and_exported_as_such(cast: Cast, call: ModelCall) -> None:
    _made(call, 91)
    let_receipts_go()
    page = signed_in(cast.ana).get(f"/drafts/{call.draft_id}/saw/").content.decode()
    assert "kept for as long as receipts are kept" in page
    told = everything(call.customer)["tickets"][0]["model_calls"][0]
    assert told["request"] is None
    assert told["emptied_at"]
    assert told["bytes"] == call.request_bytes
    assert told["redactor"]


def test_every_call_of_a_ticket_can_be_read_also_those_that_failed(cast: Cast, standin: StandIn) -> None:
    standin.misbehave("bad_json")
    draft = drafted(cast)
    call = ModelCall.objects.filter(draft=draft).latest("id")
    assert call.state == "failed"
    ana = signed_in(cast.ana)
    for address in (f"/drafts/{draft.pk}/saw/", f"/tickets/{draft.ticket_id}/receipts/"):
        page = ana.get(address).content.decode()
        assert call.error in page
        assert "replaced, see what left" in page
        assert '<mark class="token" title="name">[NAME-' in page
        assert f'id="call-{call.pk}"' in page
        assert "nothing personal" not in page
    assert Entry.objects.filter(kind="receipt.read", subject=draft.ref).count() == 2


def test_the_page_sets_how_long_receipts_are_kept(cast: Cast) -> None:
    ada = signed_in(cast.ada)
    ada.post("/settings/redaction/retention/", {"days": "45", "reason": "As agreed."})
    assert days_kept() == 45
    refused = ada.post("/settings/redaction/retention/", {"days": "abc", "reason": "As agreed."})
    assert refused.status_code == 400
    assert "As agreed." in refused.content.decode()


def test_a_draft_without_a_call_has_an_empty_page(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    assert "No request was made" in signed_in(cast.ana).get(f"/drafts/{draft.pk}/saw/").content.decode()
