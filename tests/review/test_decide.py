"""Approve, edit, reject, set aside: each about exactly what was on the screen, and one for a draft."""

from __future__ import annotations

import pytest

from conversations.drafting.models import Draft, Stop
from conversations.drafting.states import DraftState
from conversations.review.actions import Edit, Rejection, Seen, approve, edit, reject, set_aside
from conversations.review.models import Decision
from conversations.review.problems import AlreadyDecided, DraftStale, FlagsUnacknowledged
from conversations.tickets.actions import receive_message, set_consent
from conversations.tickets.models import Message, Ticket
from conversations.tickets.states import Lane, SendingState, Status, Why
from desk.actions import Actor
from desk.jobs import Job
from desk.ledger.append import commitment
from desk.ledger.models import Entry, Salt
from desk.problems import Invalid, NotAllowed
from tests.cast import FORM, Cast
from tests.drafts import pending_draft


def kinds_since(seq: int) -> list[str]:
    return list(Entry.objects.filter(seq__gt=seq).order_by("seq").values_list("kind", flat=True))


def head() -> int:
    return Entry.objects.latest("seq").seq


def test_approving_sends_the_draft_as_it_was_read(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    before = head()
    decision = approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    message = Message.objects.select_related("sending").get(decision=decision)
    assert (message.text, message.direction, message.person) == (draft.text, "out", cast.ana)
    assert message.disclosure_kind == "drafted"
    assert "Drafted with AI, approved by" in message.disclosure_text
    assert message.sending.state == SendingState.QUEUED
    assert Job.objects.filter(kind="sending.deliver", key=f"sending.deliver:{message.sending.pk}").count() == 1
    draft.refresh_from_db()
    ticket = Ticket.objects.get(pk=draft.ticket_id)
    assert (draft.state, ticket.status, ticket.lane, ticket.due_at) == (
        DraftState.APPROVED,
        Status.PENDING,
        Lane.NONE,
        None,
    )
    assert kinds_since(before) == ["draft.approved", "sending.queued"]
    entry = Entry.objects.get(seq=before + 1)
    assert entry.actor == cast.ana.ref
    assert entry.facts["version"] == draft.version
    salt = Salt.objects.get(seq=entry.seq, field="text")
    assert entry.commitments["text"] == commitment(bytes(salt.salt), decision.text)


def test_an_edit_sends_the_other_text_and_says_that_it_was_changed(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    text = draft.text.replace("warehouse", "depot")
    assert text != draft.text
    decision = edit(draft, Edit(text), by=cast.ana.actor(), seen=Seen(draft.version))
    assert decision.message is not None
    assert (decision.message.text, decision.message.disclosure_kind) == (text, "drafted_changed")
    assert Entry.objects.get(kind="draft.edited").facts["words_changed"] == 2


def test_a_second_approval_says_who_was_first(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    before = head()
    with pytest.raises(AlreadyDecided) as refused:
        edit(draft, Edit("My own better text."), by=cast.ben.actor(), seen=Seen(draft.version))
    assert (refused.value.status, refused.value.code) == (409, "already_decided")
    assert refused.value.fields["by"] == "Ana Ruiz"
    assert refused.value.fields["text"] == "My own better text."
    assert Message.objects.filter(direction="out", notice="").count() == 1
    assert head() == before


def test_a_decision_on_another_version_is_refused(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    with pytest.raises(DraftStale) as refused:
        approve(draft, by=cast.ana.actor(), seen=Seen(draft.version - 1))
    assert refused.value.fields == {"because": "changed", "version": draft.version}
    assert not Decision.objects.exists()


def test_a_decision_after_the_customer_wrote_again_is_refused_and_the_text_kept(cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    receive_message(ticket, text="One more thing!", channel="form", by=FORM)
    with pytest.raises(DraftStale) as refused:
        edit(draft, Edit("Half an hour of work."), by=cast.ana.actor(), seen=Seen(draft.version))
    assert refused.value.fields["because"] == "customer_wrote"
    assert refused.value.fields["text"] == "Half an hour of work."
    assert not Message.objects.filter(direction="out", notice="").exists()


def test_a_draft_of_a_customer_who_opted_out_meanwhile_cannot_be_approved(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    set_consent(cast.carla, consent=False, source="ticket_page", by=Actor("customer"))
    with pytest.raises(DraftStale) as refused:
        approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    assert refused.value.fields["because"] == "opted_out"


def test_nothing_is_approved_where_drafting_was_stopped(cast: Cast) -> None:
    from conversations.drafting.actions import stop_drafting

    draft = pending_draft(cast.ticket())
    stop_drafting(scope="all", reason="Strange answers.", by=cast.sam.actor())
    assert Stop.objects.count() == 1
    with pytest.raises(DraftStale) as refused:
        approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    assert refused.value.fields["because"] == "stopped"


@pytest.mark.parametrize("who", ["ada", "aud"])
def test_admins_and_auditors_do_not_decide(cast: Cast, who: str) -> None:
    draft = pending_draft(cast.ticket())
    with pytest.raises(NotAllowed):
        approve(draft, by=getattr(cast, who).actor(), seen=Seen(draft.version))


def test_a_service_does_not_decide(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    cast.token(cast.ana, "decide", "tickets:write", service="robot")
    service = cast.ana.tokens.get(service="robot").actor()
    with pytest.raises(NotAllowed):
        approve(draft, by=service, seen=Seen(draft.version))


def test_a_blocker_wants_an_answer_and_the_answer_is_recorded(cast: Cast) -> None:
    draft = pending_draft(cast.ticket(), flags=[("link", "blocker", "https://elsewhere.example")])
    with pytest.raises(FlagsUnacknowledged) as refused:
        approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    (flag,) = refused.value.fields["flags"]
    assert flag["words"] == "https://elsewhere.example"
    approve(draft, by=cast.ana.actor(), seen=Seen(draft.version, {flag["id"]: ("true", "the shop's own page")}))
    assert Entry.objects.get(kind="flag.answered").facts == {"flag_kind": "link", "answer": "true"}


def test_a_hint_asks_for_nothing(cast: Cast) -> None:
    draft = pending_draft(cast.ticket(), flags=[("tone", "hint", "rather stiff")])
    approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))


def test_editing_the_words_away_clears_a_blocker(cast: Cast) -> None:
    draft = pending_draft(
        cast.ticket(),
        text="Look at https://elsewhere.example for it.",
        flags=[("link", "blocker", "https://elsewhere.example")],
    )
    edit(draft, Edit("Look into your account for it."), by=cast.ana.actor(), seen=Seen(draft.version))


def test_a_changed_text_is_checked_again(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    with pytest.raises(FlagsUnacknowledged) as refused:
        edit(draft, Edit(f"{draft.text} See https://typed.example."), by=cast.ana.actor(), seen=Seen(draft.version))
    assert refused.value.fields["text"].endswith("https://typed.example.")


def test_rejecting_with_a_redraft_asks_the_model_with_the_instruction(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    why = Rejection(reason="tone", next="redraft", note="Too stiff for a birthday.", instruction="Warmer, please.")
    reject(draft, why, by=cast.ana.actor(), seen=Seen(draft.version))
    draft.refresh_from_db()
    fresh = Draft.objects.get(previous=draft)
    assert (draft.state, fresh.state) == (DraftState.REJECTED, DraftState.QUEUED)
    assert (fresh.previous_id, fresh.instruction) == (draft.pk, "Warmer, please.")
    told = Entry.objects.get(kind="draft.rejected")
    assert told.facts["reason"] == "tone"
    assert set(told.commitments) == {"note", "instruction"}
    assert "stiff" not in told.canonical


def test_rejecting_to_write_leaves_the_ticket_to_people_due_when_it_was(cast: Cast) -> None:
    ticket = cast.ticket()
    due = Ticket.objects.get(pk=ticket.pk).due_at
    draft = pending_draft(ticket)
    reject(draft, Rejection(reason="incorrect", next="write"), by=cast.ana.actor(), seen=Seen(draft.version))
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.lane_why, ticket.due_at) == (Lane.WRITE, Why.REJECTED, due)


def test_rejecting_to_escalate_hands_the_ticket_to_the_teams_lead(cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    reject(draft, Rejection(reason="privacy", next="escalate"), by=cast.ana.actor(), seen=Seen(draft.version))
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.lane_why) == (cast.sam, Why.ESCALATED)


@pytest.mark.parametrize(("reason", "next_"), [("because", "write"), ("tone", "dance"), ("", "")])
def test_a_rejection_wants_a_reason_and_what_comes_next(cast: Cast, reason: str, next_: str) -> None:
    draft = pending_draft(cast.ticket())
    with pytest.raises(Invalid):
        reject(draft, Rejection(reason=reason, next=next_), by=cast.ana.actor(), seen=Seen(draft.version))
    draft.refresh_from_db()
    assert draft.state == DraftState.PENDING_REVIEW


def test_setting_a_draft_aside_asks_no_reason(cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    decision = set_aside(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    ticket.refresh_from_db()
    assert (decision.kind, decision.reason, ticket.lane_why) == ("set_aside", "", Why.SET_ASIDE)


def test_what_a_person_typed_themselves_can_be_answered_for(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    text = f"{draft.text} See https://typed.example."
    with pytest.raises(FlagsUnacknowledged) as refused:
        edit(draft, Edit(text), by=cast.ana.actor(), seen=Seen(draft.version))
    (flag,) = refused.value.fields["flags"]
    edit(draft, Edit(text), by=cast.ana.actor(), seen=Seen(draft.version, {flag["id"]: ("true", "our own page")}))
    kept = draft.flags.get()
    assert (kept.words, kept.answer, kept.seen_in) == ("https://typed.example", "true", "our own page")
    assert Entry.objects.filter(kind="flag.answered").count() == 1


def test_null_bytes_in_a_rejections_note_do_no_harm(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    why = Rejection(reason="tone", next="write", note="a\x00b", instruction="c\x00d")
    decision = reject(draft, why, by=cast.ana.actor(), seen=Seen(draft.version))
    assert (decision.note, decision.instruction) == ("ab", "cd")
