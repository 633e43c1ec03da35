"""Patterns of the organisation's own numbers: who may write them, what is refused, and that they hold from the next call on."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Person
from conversations.drafting.actions import add_pattern, end_pattern
from conversations.drafting.models import ModelCall, NumberPattern
from conversations.drafting.receipts import placeholders_of
from conversations.tickets.states import Lane, Why
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast
from tests.drafting.test_pipeline import drafted
from tests.standin import StandIn


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.PersonBackend")
    return client


def test_an_order_number_leaves_until_a_pattern_is_written_for_it(cast: Cast, standin: StandIn) -> None:
    body = "Hello, where is my refund for order NO-48213?"
    drafted(cast, body=body)
    assert "NO-48213" in standin.seen()["bodies"][-1]
    pattern = add_pattern("order", r"NO-\d{5}", example="NO-48213", by=cast.ada.actor())
    draft = drafted(cast, body=body)
    call = ModelCall.objects.filter(draft=draft).latest("id")
    assert "NO-48213" not in standin.seen()["bodies"][-1]
    assert "NO-48213" in placeholders_of(call).values()
    assert call.redaction["replaced"]["order"] >= 1
    end_pattern(pattern.pk, by=cast.ada.actor())
    kinds = list(Entry.objects.filter(subject=pattern.ref).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["number_pattern.added", "number_pattern.ended"]


def test_a_pattern_that_cannot_be_read_any_more_means_no_call(cast: Cast, standin: StandIn) -> None:
    """As after a release that allows less: nothing leaves until an administrator has looked at it."""
    pattern = add_pattern("order", r"NO-\d{5}", example="NO-48213", by=cast.ada.actor())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('countersign.action', 'test', true)")
        cursor.execute("UPDATE drafting_number_pattern SET pattern = '(a+)+' WHERE id = %s", [pattern.pk])
        cursor.execute("SELECT set_config('countersign.action', '', true)")
    draft = drafted(cast)
    assert not ModelCall.objects.filter(draft=draft).exists()
    draft.ticket.refresh_from_db()
    assert (draft.ticket.lane, draft.ticket.lane_why) == (Lane.WRITE, Why.REDACTION)


@pytest.mark.parametrize(
    ("kind", "pattern", "example"),
    [
        ("order", "(a+)+", "aaaa"),
        ("order", r"NO-\d{5}", "NO-482"),
        ("order", r"NO-\d{5}", "see NO-48213"),
        ("parcel", r"NO-\d{5}", "NO-48213"),
        ("order", r"\w{4,30}", "NO48213"),
    ],
)
def test_what_is_no_pattern_is_refused(cast: Cast, kind: str, pattern: str, example: str) -> None:
    with pytest.raises(Invalid):
        add_pattern(kind, pattern, example=example, by=cast.ada.actor())
    assert not NumberPattern.objects.exists()


def test_the_same_pattern_is_not_in_force_twice(cast: Cast) -> None:
    made = add_pattern("order", r"NO-\d{5}", example="NO-48213", by=cast.ada.actor())
    with pytest.raises(Invalid):
        add_pattern("account", r"NO-\d{5}", example="NO-48213", by=cast.ada.actor())
    end_pattern(made.pk, by=cast.ada.actor())
    with pytest.raises(Invalid):
        end_pattern(made.pk, by=cast.ada.actor())


def test_agents_write_no_patterns(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        add_pattern("order", r"NO-\d{5}", example="NO-48213", by=cast.ana.actor())


def test_the_page_adds_tries_and_ends(cast: Cast) -> None:
    ada = signed_in(cast.ada)
    assert ada.get("/settings/redaction/").status_code == 200
    tried = ada.post(
        "/settings/redaction/patterns/",
        {"pattern": r"NO-\d{5}", "text": "a NO-48213 and NO-48214", "try": "1"},
    )
    assert "2 places found" in tried.content.decode()
    assert not NumberPattern.objects.exists()
    bad = ada.post("/settings/redaction/patterns/", {"pattern": "(a+)+", "kind": "order", "example": "aaa"})
    assert bad.status_code == 400
    assert "write {1,8} instead" in bad.content.decode()
    ada.post("/settings/redaction/patterns/", {"pattern": r"NO-\d{5}", "kind": "order", "example": "NO-48213"})
    made = NumberPattern.objects.get()
    ada.post(f"/settings/redaction/patterns/{made.pk}/end/")
    made.refresh_from_db()
    assert made.ended_at is not None
    assert signed_in(cast.sam).get("/settings/redaction/").status_code == 200
    assert signed_in(cast.ana).get("/settings/redaction/").status_code == 404
