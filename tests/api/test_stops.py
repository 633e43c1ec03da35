"""GET and POST stops/, DELETE stops/{id}/."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.models import Stop
from desk.ledger.models import Entry
from tests.api.calls import Caller, caller, problem
from tests.cast import Cast

FRENCH = {"scope": "language", "value": "fr", "reason": "Wrong form of address."}


def test_a_supervisor_stops_drafting_and_lets_it_go_on(sam: Caller, cast: Cast) -> None:
    answer = sam.post("stops/", FRENCH)
    assert answer.status_code == 201
    told = answer.json()
    assert told.pop("at")
    assert told == {"id": told["id"], **FRENCH, "by": {"id": str(cast.sam.pk), "name": "Sam Lindqvist"}}
    assert [each["id"] for each in sam.get("stops/").json()["results"]] == [told["id"]]
    ticket = sam.get(f"tickets/{cast.ticket(language='fr').number}/").json()
    assert (ticket["draft"], ticket["no_draft_because"]) == (None, "stopped")
    assert sam.delete(f"stops/{told['id']}/").status_code == 204
    assert sam.get("stops/").json()["results"] == []
    assert sam.get(f"tickets/{cast.ticket(language='fr').number}/").json()["draft"] is not None
    kinds = Entry.objects.filter(thread="", kind__startswith="drafting.").values_list("kind", flat=True)
    assert sorted(kinds) == ["drafting.resumed", "drafting.stopped"]


def test_a_service_with_the_scope_may_pull_the_brake(shop: Caller) -> None:
    told = shop.post("stops/", {"scope": "all", "reason": "Wrong prices."}).json()
    assert (told["by"], told["value"]) == (None, None)


def test_a_team_is_named_by_its_number(ada: Caller, cast: Cast) -> None:
    assert ada.post("stops/", {"scope": "team", "value": cast.orders.pk, "reason": "x"}).json()["value"] == str(
        cast.orders.pk
    )


def test_it_ends_once(sam: Caller) -> None:
    number = sam.post("stops/", FRENCH).json()["id"]
    assert sam.delete(f"stops/{number}/").status_code == 204
    problem(sam.delete(f"stops/{number}/"), 404, "not_found")
    problem(sam.delete(f"stops/{2**63}/"), 404, "not_found")


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "everything"},
        {"scope": "all"},
        {"value": None},
        {"value": ""},
        {"reason": ""},
        {"reason": " "},
        {"scope": "team", "value": "Orders"},
        {"scope": "team", "value": 2**70},
        {"scope": "settings_version", "value": 777},
    ],
)
def test_what_is_wrong_is_said_by_field(sam: Caller, wrong: dict[str, Any]) -> None:
    problem(sam.post("stops/", {**FRENCH, **wrong}), 400, "invalid")
    assert not Stop.objects.exists()


def test_an_agent_neither_stops_nor_lets_go_on(ana: Caller, sam: Caller) -> None:
    number = sam.post("stops/", FRENCH).json()["id"]
    problem(ana.post("stops/", FRENCH), 403, "not_allowed")
    problem(ana.delete(f"stops/{number}/"), 403, "not_allowed")
    problem(ana.get("stops/"), 403, "not_allowed")
    assert Stop.objects.filter(ended_at=None).count() == 1


def test_an_auditor_reads_and_does_not_stop(aud: Caller) -> None:
    assert aud.get("stops/").status_code == 200
    problem(aud.post("stops/", FRENCH), 403, "not_allowed")


def test_it_wants_the_scope_for_administering(cast: Cast) -> None:
    reader = caller(cast, cast.sam, "tickets:read", "tickets:write", "decide", "ledger:read")
    assert reader.get("stops/").status_code == 200
    problem(reader.post("stops/", FRENCH), 403, "scope_missing")
    problem(reader.delete("stops/1/"), 403, "scope_missing")
    assert (
        problem(caller(cast, cast.sam, "decide").get("stops/"), 403, "scope_missing")["scope"] == "tickets:read admin"
    )
