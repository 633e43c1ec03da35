"""What waits for somebody stays in sight, and nothing is answered twice: faults that a review found, each kept out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conversations.drafting.actions import request_draft, stop_drafting
from conversations.drafting.models import Draft
from conversations.drafting.states import OPEN, DraftState
from conversations.review.actions import (
    Rejection,
    Seen,
    approve,
    escalate,
    raise_concern,
    reject,
    settle_concern,
    write_reply,
)
from conversations.review.models import Decision
from conversations.review.problems import AlreadyDecided
from conversations.tickets.actions import receive_message, resolve_sending, set_consent, set_policy, set_status, snooze
from conversations.tickets.actions.work import Unsettled
from conversations.tickets.models import Message, Sending, Ticket
from conversations.tickets.rows import rows_for
from conversations.tickets.states import Lane, SendingState, Status, Why
from desk import jobs
from desk.actions import SYSTEM, Actor
from desk.jobs import Job
from desk.problems import Invalid, NotFound
from tests.cast import FORM, Cast
from tests.drafts import pending_draft
from tests.invariants.test_walls import careless

CUSTOMER = Actor("customer")


def shown(ticket: Ticket) -> int:
    return Message.objects.filter(ticket=ticket).exclude(direction="note").latest("id").pk


def in_trouble(cast: Cast, state: str = "unknown", **more: Any) -> Sending:
    """A reply of Ana's that nobody knows the fate of, or that could not be delivered."""
    draft = pending_draft(cast.ticket(**more))
    decision = approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    for way in ["sending", state] if state == "unknown" else [state]:
        careless(lambda way=way: Sending.objects.filter(decision=decision).update(state=way), by=SYSTEM)
    why = Why.SENDING_UNKNOWN if state == "unknown" else Why.SENDING_FAILED
    careless(
        lambda: Ticket.objects.filter(pk=decision.ticket_id).update(
            lane=Lane.TROUBLE, lane_why=why, due_at=decision.created_at, status="open"
        ),
        by=SYSTEM,
    )
    return Sending.objects.get(decision=decision)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_a_ticket_in_trouble_stays_there_whatever_the_customer_writes(cast: Cast) -> None:
    sending = in_trouble(cast)
    ticket = sending.message.ticket
    receive_message(ticket, text="Hello? Did you answer?", channel="form", by=FORM)
    assert (fresh(ticket).lane, fresh(ticket).lane_why) == (Lane.TROUBLE, Why.SENDING_UNKNOWN)
    write_reply(ticket, text="We are looking into it.", by=cast.ben.actor())
    assert fresh(ticket).lane == Lane.TROUBLE, "an answer does not settle what became of the other one"
    resolve_sending(sending, outcome="sent", by=cast.ana.actor())
    assert fresh(ticket).lane == Lane.NONE


@pytest.mark.parametrize("outcome", ["sent", "again"])
def test_settling_trouble_forgets_nothing_that_the_customer_wrote_meanwhile(cast: Cast, outcome: str) -> None:
    sending = in_trouble(cast)
    ticket = sending.message.ticket
    receive_message(ticket, text="And one more thing.", channel="form", by=FORM)
    resolve_sending(sending, outcome=outcome, by=cast.ana.actor())
    assert fresh(ticket).lane in {Lane.DRAFTING, Lane.WRITE, Lane.REVIEW}
    assert fresh(ticket).status == Status.OPEN


@pytest.mark.parametrize("meanwhile", ["opted_out", "stopped", "customer_wrote"])
def test_sending_once_more_asks_again_whether_it_may_go(cast: Cast, meanwhile: str) -> None:
    sending = in_trouble(cast, "failed")
    ticket = sending.message.ticket
    if meanwhile == "opted_out":
        set_consent(cast.carla, consent=False, source="ticket_page", by=CUSTOMER)
    elif meanwhile == "stopped":
        stop_drafting(scope="all", reason="Wrong prices.", by=cast.sam.actor())
    else:
        receive_message(ticket, text="Never mind.", channel="form", by=FORM)
    resolve_sending(sending, outcome="again", by=cast.ana.actor())
    sending.refresh_from_db()
    assert (sending.state, sending.withdrawn_because) == (SendingState.WITHDRAWN, meanwhile)
    assert fresh(ticket).lane != Lane.NONE


def test_a_reply_that_is_given_up_makes_room_for_another_draft(cast: Cast) -> None:
    sending = in_trouble(cast, "failed")
    ticket = sending.message.ticket
    resolve_sending(sending, outcome="drop", by=cast.ana.actor())
    assert (fresh(ticket).lane, fresh(ticket).status) == (Lane.WRITE, Status.OPEN)
    draft = request_draft(ticket, by=cast.ana.actor())
    assert draft is not None
    assert draft.state == DraftState.QUEUED


def test_what_the_customer_says_is_wrong_stays_in_sight_until_it_is_settled(cast: Cast) -> None:
    ticket = cast.ticket()
    one = raise_concern(ticket, message=None, text="The amount.", by=CUSTOMER)
    two = raise_concern(ticket, message=None, text="The date.", by=CUSTOMER)
    write_reply(ticket, text="We are looking into it.", by=cast.ana.actor())
    assert (fresh(ticket).lane, fresh(ticket).lane_why) == (Lane.WRITE, Why.CONCERN)
    with pytest.raises(Unsettled):
        set_status(ticket, "solved", by=cast.ana.actor())
    settle_concern(one, by=cast.ana.actor())
    settle_concern(one, by=cast.ana.actor())
    assert fresh(ticket).lane == Lane.WRITE
    settle_concern(two, by=cast.ana.actor())
    assert (fresh(ticket).lane, fresh(ticket).open_concerns) == (Lane.NONE, 0)


def test_a_concern_wakes_a_ticket_that_was_put_off(cast: Cast) -> None:
    from datetime import timedelta

    from django.utils import timezone

    ticket = cast.ticket()
    snooze(ticket, timezone.now() + timedelta(days=1), by=cast.ana.actor())
    raise_concern(ticket, message=None, text="", by=CUSTOMER)
    assert fresh(ticket).snoozed_until is None


def test_ending_a_ticket_ends_its_draft(cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    set_status(ticket, "solved", by=cast.ana.actor())
    draft.refresh_from_db()
    assert draft.state == DraftState.SUPERSEDED
    set_consent(cast.carla, consent=False, source="ticket_page", by=CUSTOMER)
    assert (fresh(ticket).status, fresh(ticket).lane) == (Status.SOLVED, Lane.NONE)
    with pytest.raises(Invalid, match="invalid"):
        request_draft(ticket, by=cast.ana.actor())
    with pytest.raises(Invalid):
        set_status(ticket, "new", by=cast.ana.actor())


def test_whatever_waits_for_a_person_is_open(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    set_consent(cast.carla, consent=False, source="ticket_page", by=CUSTOMER)
    assert (fresh(draft.ticket).lane, fresh(draft.ticket).status) == (Lane.WRITE, Status.OPEN)


def test_the_same_form_sent_twice_makes_one_reply(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    client.force_login(cast.ana)
    form = {"text": "We found it.", "last_seen": shown(ticket)}
    assert client.post(f"/tickets/{ticket.number}/reply/", form).status_code == 302
    assert client.post(f"/tickets/{ticket.number}/reply/", form).status_code == 409
    assert Decision.objects.count() == 1
    assert client.post(f"/tickets/{ticket.number}/reply/", {"text": "No word of what I saw."}).status_code == 400


def test_two_who_write_at_once_learn_who_was_first(cast: Cast) -> None:
    ticket = cast.ticket()
    seen = shown(ticket)
    write_reply(ticket, text="From Ana.", by=cast.ana.actor(), last_seen=seen)
    with pytest.raises(AlreadyDecided) as refused:
        write_reply(ticket, text="From Ben.", by=cast.ben.actor(), last_seen=seen)
    assert (refused.value.fields["by"], refused.value.fields["text"]) == ("Ana Ruiz", "From Ben.")


def test_writing_after_somebody_approved_says_so(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    seen = shown(draft.ticket)
    approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    with pytest.raises(AlreadyDecided):
        write_reply(draft.ticket, text="From Ben.", by=cast.ben.actor(), last_seen=seen)


def test_a_draft_of_another_ticket_is_not_set_aside(cast: Cast) -> None:
    other = pending_draft(cast.ticket(email="other@example.com"))
    with pytest.raises(NotFound):
        write_reply(cast.ticket(), text="Hello", by=cast.ana.actor(), instead_of=(other, Seen(other.version)))
    other.refresh_from_db()
    assert other.state == DraftState.PENDING_REVIEW


def test_with_new_settings_there_is_still_one_draft_to_decide(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = pending_draft(cast.ticket())
    monkeypatch.setattr(settings.ENV, "openai_model", "another-model")
    request_draft(draft.ticket, by=cast.ana.actor())
    draft.refresh_from_db()
    assert draft.state == DraftState.STALE
    assert Draft.objects.filter(ticket=draft.ticket, state__in=OPEN).count() == 1


def test_a_stricter_policy_takes_drafts_for_the_never_asked_out_of_use(cast: Cast) -> None:
    waiting = pending_draft(cast.ticket(email="waiting@example.com"))
    decided = pending_draft(cast.ticket(email="decided@example.com"))
    decision = approve(decided, by=cast.ana.actor(), seen=Seen(decided.version))
    agreed = pending_draft(cast.ticket(email="agreed@example.com", ai_consent=True))
    set_policy(ai_consent="consent", by=cast.ada.actor())
    jobs.run(Job.objects.get(kind="policy.apply").pk)
    waiting.refresh_from_db()
    agreed.refresh_from_db()
    assert (waiting.state, fresh(waiting.ticket).lane_why) == (DraftState.WITHDRAWN, Why.NOT_ASKED)
    assert agreed.state == DraftState.PENDING_REVIEW
    assert Sending.objects.get(decision=decision).withdrawn_because == "not_asked"


def test_a_yes_that_somebody_passes_on_never_takes_a_refusal_back(cast: Cast) -> None:
    cast.ticket(ai_consent=False)
    for by in (Actor("customer"), cast.ana.actor(), Actor("system")):
        from conversations.tickets.actions import Opening, open_ticket

        open_ticket(Opening(subject="x", body="Hello there", email="carla@example.com", ai_consent=True), by=by)
    assert cast.carla.ai_consent is False


def test_a_draft_goes_with_the_ticket_to_the_lead(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    escalate(draft.ticket, by=cast.ana.actor())
    assert (fresh(draft.ticket).lane, fresh(draft.ticket).assignee) == (Lane.REVIEW, cast.sam)


def test_a_draft_of_a_ticket_without_a_team_is_escalated_to_the_supervisors_and_its_row_says_so(cast: Cast) -> None:
    draft = pending_draft(cast.ticket(team=None))
    escalate(draft.ticket, by=cast.ana.actor())
    ticket = fresh(draft.ticket)
    assert (ticket.lane, ticket.lane_why, ticket.assignee) == (Lane.REVIEW, Why.ESCALATED, None)
    assert ">escalated</span>" in "".join(rows_for([ticket.number])[ticket.number].html().split())


def test_a_pasted_draft_is_a_models_text_when_the_mail_server_puts_it_off(cast: Cast) -> None:
    from conversations.tickets.actions import defer_sending

    draft = pending_draft(cast.ticket())
    reject(draft, Rejection(reason="other", next="write"), by=cast.ana.actor(), seen=Seen(draft.version))
    decision = write_reply(draft.ticket, text=draft.text, by=cast.ana.actor())
    sending = Sending.objects.get(decision=decision)
    careless(lambda: Sending.objects.filter(pk=sending.pk).update(state="sending"), by=SYSTEM)
    set_consent(cast.carla, consent=False, source="ticket_page", by=CUSTOMER)
    defer_sending(Sending.objects.get(pk=sending.pk), error="451", by=SYSTEM)
    sending.refresh_from_db()
    assert (sending.state, sending.withdrawn_because) == (SendingState.WITHDRAWN, "opted_out")
