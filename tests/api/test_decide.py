"""POST drafts/{id}/approve/, edit/ and reject/."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.drafting.actions import stop_drafting
from conversations.models import Decision, Draft, Flag
from conversations.tickets.actions import receive_message
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from tests.api.calls import EVERYTHING, Caller, caller, problem
from tests.cast import Cast
from tests.drafts import TEXT, pending_draft

LINK = "https://refunds.example.com/now"
OTHER = "Hello Carla, your refund was paid. Kind regards"
BODIES: dict[str, dict[str, Any]] = {
    "approve": {"version": 2},
    "edit": {"version": 2, "text": OTHER},
    "reject": {"version": 2, "reason": "outdated", "note": "The fee is gone.", "next": "write"},
}
CALLS = pytest.mark.parametrize("call", BODIES)


def flagged(cast: Cast) -> tuple[Draft, Flag]:
    draft = pending_draft(cast.ticket(), text=f"{TEXT} {LINK}", flags=[("link", "blocker", LINK)])
    return draft, draft.flags.get()


def test_an_approved_draft_goes_as_it_is(ana: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    answer = ana.post(f"drafts/{draft.pk}/approve/", {"version": 2})
    assert answer.status_code == 200
    told = answer.json()
    decision = Decision.objects.get(draft=draft)
    assert told.pop("at")
    assert told.pop("undo_until") > Entry.objects.get(kind="draft.approved").at.isoformat()[:19]
    assert told == {
        "id": decision.pk,
        "kind": "approved",
        "by": {"id": str(cast.ana.pk), "name": "Ana Ruiz"},
        "via": "api",
        "ticket": draft.ticket_id,
        "draft": draft.pk,
        "version": 2,
        "text": TEXT,
        "disclosure": {"kind": "drafted", "text": "Drafted with AI, approved by Orders."},
        "message": {"id": decision.message.pk, "state": "queued"},
        "reason": None,
        "note": None,
        "next": None,
        "instruction": None,
        "standing": True,
        "ended_because": None,
    }
    assert Entry.objects.get(kind="draft.approved").facts["via"] == "api"


def test_a_changed_draft_goes_as_it_was_changed(ana: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    told = ana.post(
        f"drafts/{draft.pk}/edit/", {"version": 2, "text": TEXT.replace("five working", "a few working")}
    ).json()
    assert (told["kind"], told["disclosure"]["kind"]) == ("edited", "drafted_changed")
    assert told["text"] == TEXT.replace("five working", "a few working")
    assert Decision.objects.get(pk=told["id"]).message.text == told["text"]


@pytest.mark.parametrize("next_", ["write", "redraft", "escalate"])
def test_a_rejected_draft_says_why_and_what_comes_next(ana: Caller, cast: Cast, next_: str) -> None:
    draft = pending_draft(cast.ticket())
    answer = ana.post(
        f"drafts/{draft.pk}/reject/",
        {
            "version": 2,
            "reason": "outdated",
            "note": "The fee is gone.",
            "instruction": "Returns are free.",
            "next": next_,
        },
    )
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["kind"], told["reason"], told["note"], told["next"]) == (
        "rejected",
        "outdated",
        "The fee is gone.",
        next_,
    )
    assert (told["text"], told["message"], told["disclosure"], told["undo_until"]) == (None, None, None, None)
    ticket = ana.get(f"tickets/{draft.ticket_id}/").json()
    if next_ == "redraft":
        assert ticket["draft"]["state"] == "queued"
        assert ticket["draft"]["id"] != draft.pk
    else:
        assert ticket["draft"] is None


@CALLS
def test_a_service_decides_nothing_whatever_its_scopes(shop: Caller, cast: Cast, call: str) -> None:
    draft = pending_draft(cast.ticket())
    problem(shop.post(f"drafts/{draft.pk}/{call}/", BODIES[call]), 403, "person_required")
    assert not Decision.objects.exists()


@CALLS
def test_it_wants_the_scope_for_deciding(cast: Cast, call: str) -> None:
    draft = pending_draft(cast.ticket())
    who = caller(cast, cast.ana, *(scope for scope in EVERYTHING if scope != "decide"))
    told = problem(who.post(f"drafts/{draft.pk}/{call}/", BODIES[call]), 403, "scope_missing")
    assert told["scope"] == "decide"


@CALLS
def test_an_outsider_finds_no_draft(olga: Caller, cast: Cast, call: str) -> None:
    draft = pending_draft(cast.ticket())
    problem(olga.post(f"drafts/{draft.pk}/{call}/", BODIES[call]), 404, "not_found")
    assert not Decision.objects.exists()


@CALLS
def test_an_admin_and_an_auditor_see_and_do_not_decide(ada: Caller, aud: Caller, cast: Cast, call: str) -> None:
    draft = pending_draft(cast.ticket())
    for who in (ada, aud):
        problem(who.post(f"drafts/{draft.pk}/{call}/", BODIES[call]), 403, "not_allowed")


@CALLS
def test_who_comes_second_learns_who_was_first(ana: Caller, ben: Caller, cast: Cast, call: str) -> None:
    draft = pending_draft(cast.ticket())
    first = ben.post(f"drafts/{draft.pk}/approve/", {"version": 2}).json()
    told = problem(ana.post(f"drafts/{draft.pk}/{call}/", BODIES[call]), 409, "already_decided")
    assert told["by"] == "Ben Okafor"
    assert told["at"][:19] == first["at"][:19]
    if call == "edit":
        assert told["text"] == OTHER
    assert Decision.objects.count() == 1


@CALLS
def test_a_decision_on_something_that_has_moved_is_refused_and_nothing_is_lost(
    ana: Caller, cast: Cast, call: str
) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    receive_message(ticket, text="It has come, thank you.", channel="api", by=ticket.customer.actor())
    told = problem(ana.post(f"drafts/{draft.pk}/{call}/", BODIES[call]), 409, "draft_stale")
    assert told["because"] == "customer_wrote"
    assert told["version"] == 3
    if call == "edit":
        assert told["text"] == OTHER
    if call == "reject":
        assert told["text"] == "The fee is gone."
    assert not Decision.objects.exists()


@CALLS
def test_another_version_is_another_draft(ana: Caller, cast: Cast, call: str) -> None:
    draft = pending_draft(cast.ticket())
    told = problem(ana.post(f"drafts/{draft.pk}/{call}/", {**BODIES[call], "version": 1}), 409, "draft_stale")
    assert (told["because"], told["version"]) == ("changed", 2)
    assert not Decision.objects.exists()


def test_where_drafting_is_stopped_nothing_of_a_model_goes(ana: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    stop_drafting(scope="all", reason="Wrong prices.", by=SYSTEM)
    assert problem(ana.post(f"drafts/{draft.pk}/approve/", {"version": 2}), 409, "draft_stale")["because"] == "stopped"


def test_a_blocker_wants_an_answer_first(ana: Caller, cast: Cast) -> None:
    draft, flag = flagged(cast)
    version = Draft.objects.get(pk=draft.pk).version
    told = problem(ana.post(f"drafts/{draft.pk}/approve/", {"version": version}), 409, "flags_unacknowledged")
    assert told["flags"] == [{"id": flag.pk, "kind": "link", "severity": "blocker", "words": LINK}]
    assert not Decision.objects.exists()


@pytest.mark.parametrize("said", ["bare", "true", "false_alarm"])
def test_an_answered_blocker_lets_the_draft_go(ana: Caller, cast: Cast, said: str) -> None:
    draft, flag = flagged(cast)
    answer: Any = flag.pk if said == "bare" else {"flag": flag.pk, "answer": said, "seen_in": "the shop"}
    told = ana.post(f"drafts/{draft.pk}/approve/", {"version": 2, "acknowledged": [answer]})
    assert told.status_code == 200, told.content
    flag.refresh_from_db()
    assert (flag.answer, flag.seen_in) == (("true", "") if said == "bare" else (said, "the shop"))


def test_new_words_are_checked_anew_and_come_back(ana: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    text = f"{TEXT} See {LINK}"
    told = problem(ana.post(f"drafts/{draft.pk}/edit/", {"version": 2, "text": text}), 409, "flags_unacknowledged")
    assert told["flags"][0]["words"] == LINK
    assert told["text"] == text


@pytest.mark.parametrize(
    ("call", "wrong", "field"),
    [
        ("approve", {"version": None}, "version"),
        ("approve", {"version": "2"}, "version"),
        ("approve", {"version": True}, "version"),
        ("approve", {"acknowledged": 7}, "acknowledged"),
        ("approve", {"acknowledged": [{"flag": 7, "answer": "perhaps"}]}, "acknowledged"),
        ("edit", {"text": ""}, "text"),
        ("edit", {"text": " \n"}, "text"),
        ("edit", {"text": None}, "text"),
        ("reject", {"reason": "ugly"}, "reason"),
        ("reject", {"next": "nothing"}, "next"),
        ("reject", {"next": None}, "next"),
        ("reject", {"note": "x" * 4_001}, "note"),
    ],
)
def test_what_is_wrong_is_said_by_field(ana: Caller, cast: Cast, call: str, wrong: dict[str, Any], field: str) -> None:
    draft = pending_draft(cast.ticket())
    told = problem(ana.post(f"drafts/{draft.pk}/{call}/", {**BODIES[call], **wrong}), 400, "invalid")
    assert next(iter(told["errors"])).startswith(field)
    assert not Decision.objects.exists()


def test_numbers_beyond_all_measure_are_refused_with_a_sentence(ana: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    problem(ana.post(f"drafts/{draft.pk}/approve/", {"version": 10**30}), 409, "draft_stale")
    answer = ana.post(f"drafts/{draft.pk}/approve/", {"version": 2, "acknowledged": [10**30]})
    assert answer.status_code == 200


def test_null_bytes_in_what_is_said_of_a_draft_are_left_out(ana: Caller, cast: Cast) -> None:
    draft, flag = flagged(cast)
    body = {
        "version": 2,
        "acknowledged": [{"flag": flag.pk, "answer": "true", "seen_in": "the\0 shop"}],
        "text": f"Hello. {LINK}\0",
    }
    assert ana.post(f"drafts/{draft.pk}/edit/", body).json()["text"] == f"Hello. {LINK}"
    flag.refresh_from_db()
    assert flag.seen_in == "the shop"
    other = pending_draft(cast.ticket())
    told = ana.post(f"drafts/{other.pk}/reject/", {"version": 2, "reason": "tone", "next": "write", "note": "a\0b"})
    assert told.json()["note"] == "ab"
