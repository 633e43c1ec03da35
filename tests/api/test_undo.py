"""POST drafts/{id}/undo/."""

from __future__ import annotations

import pytest

from conversations.models import Decision, Sending
from conversations.tickets.actions import begin_sending
from desk import jobs
from desk.actions import SYSTEM
from desk.jobs import Job
from tests.api.calls import EVERYTHING, Caller, caller, problem
from tests.cast import Cast
from tests.drafts import TEXT, pending_draft


def test_a_decision_is_taken_back_while_its_reply_waits(ana: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    made = ana.post(f"drafts/{draft.pk}/approve/", {"version": 2}).json()
    answer = ana.post(f"drafts/{draft.pk}/undo/")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["id"], told["standing"], told["ended_because"], told["undo_until"]) == (
        made["id"],
        False,
        "undone",
        None,
    )
    assert told["message"] == {"id": made["message"]["id"], "state": "withdrawn"}
    back = ana.get(f"tickets/{draft.ticket_id}/").json()["draft"]
    assert (back["id"], back["state"], back["version"], back["text"]) == (draft.pk, "pending_review", 3, TEXT)


def test_a_colleague_may_take_it_back_as_well(ana: Caller, ben: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    ana.post(f"drafts/{draft.pk}/approve/", {"version": 2})
    assert ben.post(f"drafts/{draft.pk}/undo/").status_code == 200


def test_once_the_reply_is_on_its_way_nothing_is_taken_back(ana: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    ana.post(f"drafts/{draft.pk}/approve/", {"version": 2})
    sending = Sending.objects.get(decision__draft=draft)
    Job.objects.filter(key=f"sending.deliver:{sending.pk}").update(run_after=sending.changed_at)
    held = jobs.claim(Job.objects.get(key=f"sending.deliver:{sending.pk}").pk)
    assert held is not None
    begin_sending(sending, held, by=SYSTEM)
    problem(ana.post(f"drafts/{draft.pk}/undo/"), 409, "sending_moved")
    assert Decision.objects.get(draft=draft).standing


@pytest.mark.parametrize("decided", [False, True])
def test_where_nothing_waits_there_is_nothing_to_take_back(ana: Caller, cast: Cast, decided: bool) -> None:
    draft = pending_draft(cast.ticket())
    if decided:
        ana.post(f"drafts/{draft.pk}/reject/", {"version": 2, "reason": "tone", "next": "write"})
    problem(ana.post(f"drafts/{draft.pk}/undo/"), 409, "sending_moved")


def test_a_service_undoes_nothing(ana: Caller, shop: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    ana.post(f"drafts/{draft.pk}/approve/", {"version": 2})
    problem(shop.post(f"drafts/{draft.pk}/undo/"), 403, "person_required")


def test_an_outsider_finds_no_draft(ana: Caller, olga: Caller, cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    ana.post(f"drafts/{draft.pk}/approve/", {"version": 2})
    problem(olga.post(f"drafts/{draft.pk}/undo/"), 404, "not_found")


def test_it_wants_the_scope_for_deciding(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    who = caller(cast, cast.ana, *(scope for scope in EVERYTHING if scope != "decide"))
    problem(who.post(f"drafts/{draft.pk}/undo/"), 403, "scope_missing")
