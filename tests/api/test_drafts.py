"""GET drafts/ and GET drafts/{id}/."""

from __future__ import annotations

import json
from typing import Any

from conversations.drafting.actions import record_call
from conversations.models import Draft, ModelCall
from desk.actions import SYSTEM
from tests.api.calls import Caller, caller, problem
from tests.cast import Cast
from tests.drafts import PASSAGE, pending_draft

SENT = {"model": "countersign-standin-1", "messages": [{"role": "user", "content": "⟦name-1⟧ asks for a refund."}]}


def with_receipt(draft: Draft) -> ModelCall:
    """What a worker writes down before a byte leaves."""
    return record_call(
        draft, json.dumps(SENT).encode(), replaced={"name": 1}, placeholders={"⟦name-1⟧": "Carla"}, by=SYSTEM
    )


def test_drafts_of_one_state_newest_first(ana: Caller, cast: Cast) -> None:
    first, second = pending_draft(cast.ticket()), pending_draft(cast.ticket())
    told = ana.get("drafts/", state="pending_review").json()
    assert [each["id"] for each in told["results"]] == [second.pk, first.pk]
    assert [each["ticket"] for each in told["results"]] == [second.ticket_id, first.ticket_id]
    assert {each["state"] for each in ana.get("drafts/").json()["results"]} == {"pending_review", "superseded"}
    assert ana.get("drafts/", state="approved").json()["results"] == []


def test_a_list_holds_what_one_sees(ana: Caller, olga: Caller, shop: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket(team=cast.returns))
    assert ana.get("drafts/", state="pending_review").json()["results"] == []
    assert olga.get("drafts/").json()["results"] == []
    assert [each["id"] for each in shop.get("drafts/", state="pending_review").json()["results"]] == [draft.pk]


def test_a_state_that_there_is_not_is_said(ana: Caller) -> None:
    assert "state" in problem(ana.get("drafts/", state="lovely"), 400, "invalid")["errors"]


def test_one_draft_tells_what_the_model_saw(ana: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    call = with_receipt(draft)
    told = ana.get(f"drafts/{draft.pk}/").json()
    assert (told["id"], told["ticket"], told["version"], told["state"]) == (
        draft.pk,
        draft.ticket_id,
        2,
        "pending_review",
    )
    assert told["model_saw"] == {
        "request": SENT,
        "passages": [PASSAGE],
        "versions": {
            "settings": draft.settings_id,
            "model": "countersign-standin-1",
            "prompt": call.settings.prompt_version,
            "redactor": call.settings.redactor_version,
        },
        "tokens": {"prompt": 0, "completion": 0},
        "cost": None,
        "seconds": 0.0,
    }
    assert "Carla" not in json.dumps(told["model_saw"]["request"])


def test_a_draft_for_which_no_model_was_asked_says_so(ana: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    assert ana.get(f"drafts/{draft.pk}/").json()["model_saw"] is None


def test_what_is_not_theirs_to_see_does_not_exist(ana: Caller, olga: Caller, aud: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket(team=cast.returns))
    for who in (ana, olga):
        problem(who.get(f"drafts/{draft.pk}/"), 404, "not_found")
    assert aud.get(f"drafts/{draft.pk}/").status_code == 200
    for number in ("0", str(2**63), "9" * 30):
        problem(aud.get(f"drafts/{number}/"), 404, "not_found")


def test_it_wants_the_scope_for_reading(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    who = caller(cast, cast.ana, "decide", "tickets:write")
    problem(who.get("drafts/"), 403, "scope_missing")
    problem(who.get(f"drafts/{draft.pk}/"), 403, "scope_missing")


def test_a_list_takes_as_many_queries_however_long(ana: Caller, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for _ in range(5):
        pending_draft(cast.ticket(), flags=[("link", "hint", "x")])
    with django_assert_max_num_queries(4):
        assert len(ana.get("drafts/").json()["results"]) == 10
