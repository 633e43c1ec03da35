"""GET ledger/entries/."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from desk.ledger.models import Entry
from tests.api.calls import Caller, caller, problem
from tests.cast import Cast


def test_entries_come_in_order_with_their_sentence_and_the_text_of_their_leaf(sam: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    before = Entry.objects.filter(thread=ticket.ref).earliest("seq").seq - 1
    told = sam.get("ledger/entries/", after=before).json()["results"]
    assert [each["seq"] for each in told] == [before + 1 + n for n in range(len(told))]
    opened = next(each for each in told if each["kind"] == "ticket.opened")
    assert set(opened) == {"seq", "at", "kind", "sentence", "actor", "thread", "facts", "commitments", "canonical"}
    assert opened["sentence"] == f"A customer opened ticket {ticket.number} by api"
    assert opened["thread"] == ticket.ref
    assert opened["facts"]["priority"] == "normal"
    leaf = json.loads(opened["canonical"])
    for name in ("seq", "kind", "actor", "thread", "facts", "commitments"):
        assert leaf[name] == opened[name]
    kept = Entry.objects.get(pk=opened["seq"]).leaf
    assert hashlib.sha256(b"\0" + opened["canonical"].encode()).digest() == bytes(kept)


def test_it_goes_on_from_where_one_was(sam: Caller, cast: Cast) -> None:
    cast.ticket()
    whole, seen, answer = (
        list(Entry.objects.order_by("seq").values_list("seq", flat=True)),
        [],
        sam.get("ledger/entries/", page_size=7).json(),
    )
    while True:
        seen += [each["seq"] for each in answer["results"]]
        if answer["next"] is None:
            break
        answer = sam.get(answer["next"].removeprefix("http://testserver")).json()
    assert seen == whole
    assert [each["seq"] for each in sam.get("ledger/entries/", after=whole[-3]).json()["results"]] == whole[-2:]
    assert sam.get("ledger/entries/", after=whole[-1]).json()["results"] == []
    assert sam.get("ledger/entries/", after=2**63 - 1).json()["results"] == []


def test_an_entry_names_people_as_they_are_called_now_and_holds_only_their_id(sam: Caller, cast: Cast) -> None:
    answer = sam.get("ledger/entries/").json()["results"]
    added = next(each for each in answer if each["kind"] == "person.added")
    assert "Ana Ruiz" in added["sentence"]
    assert "Ana" not in added["canonical"]


def test_who_may_read_the_ledger(sam: Caller, ada: Caller, aud: Caller, shop: Caller, ana: Caller) -> None:
    for who in (sam, ada, aud, shop):
        assert who.get("ledger/entries/").status_code == 200
    problem(ana.get("ledger/entries/"), 403, "not_allowed")


def test_it_wants_the_scope_for_the_ledger(cast: Cast) -> None:
    problem(caller(cast, cast.sam, "tickets:read", "admin").get("ledger/entries/"), 403, "scope_missing")


@pytest.mark.parametrize("after", ["-1", "x", str(2**63)])
def test_what_cannot_be_asked_is_said(sam: Caller, after: str) -> None:
    assert "after" in problem(sam.get("ledger/entries/", after=after), 400, "invalid")["errors"]


def test_names_are_looked_up_together(sam: Caller, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for _ in range(5):
        cast.ticket()
    # The token with its person, their right, the entries, and one for each kind of name: people, teams, customers.
    with django_assert_max_num_queries(8):
        assert len(sam.get("ledger/entries/", page_size=200).json()["results"]) > 25
