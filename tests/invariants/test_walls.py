"""The nine invariants, against somebody who writes to the tables directly: what the code promises the database refuses.

Each test writes inside an action, as a careless room would; only the walls are left to say no.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.actions import change_person
from accounts.models import Person
from conversations.drafting.actions import stop_drafting
from conversations.drafting.gate import refused
from conversations.drafting.models import Draft, Flag, ModelCall
from conversations.drafting.receipts import Sealing, new_receipt
from conversations.drafting.states import DRAFT_MOVES, DraftState
from conversations.review.actions import Seen, approve
from conversations.review.models import Decision
from conversations.tickets.actions import keep_for_people, set_consent, set_policy
from conversations.tickets.models import Message, Sending, Ticket, text_hash
from conversations.tickets.states import SENDING_MOVES
from desk.actions import SYSTEM, Actor, action, record
from tests.cast import Cast
from tests.desk.test_actions import TrialHappened
from tests.drafts import pending_draft


@action("trial.happened")
def careless(write: Callable[[], Any], *, by: Actor) -> Any:
    """An action of a room that checks nothing."""
    result = write()
    record(TrialHappened(step=1), by=by, subject="team:0")
    return result


def refuses(write: Callable[[], Any], words: str) -> None:
    with pytest.raises(IntegrityError, match=words):
        careless(write, by=SYSTEM)


def allows(write: Callable[[], Any]) -> None:
    """The walls let it through; nothing is kept of it."""

    def once() -> None:
        write()
        raise StopIteration

    with pytest.raises(StopIteration):
        careless(once, by=SYSTEM)


def decision(draft: Draft, person: Person, **more: Any) -> Decision:
    text = more.pop("text", draft.text)
    values = {
        "ticket": draft.ticket,
        "draft": draft,
        "draft_version": draft.version,
        "kind": "approved",
        "person": person,
        "text": text,
        "text_hash": text_hash(text),
        "created_at": timezone.now(),
        **more,
    }
    return Decision.objects.create(**values)


def message(ticket: Ticket, text: str, **more: Any) -> Message:
    values = {
        "ticket": ticket,
        "direction": "out",
        "text": text,
        "text_hash": text_hash(text),
        "created_at": timezone.now(),
        "disclosure_kind": "drafted",
        **more,
    }
    return Message.objects.create(**values)


class TestNothingOfAModelLeavesWithoutAPersonsDecision:
    def test_a_reply_without_a_decision(self, cast: Cast) -> None:
        refuses(lambda: message(cast.ticket(), "Hello"), "tickets_message_out_decided")

    def test_a_draft_as_a_notice(self, cast: Cast) -> None:
        draft = pending_draft(cast.ticket())
        refuses(lambda: message(draft.ticket, draft.text, draft=draft, notice="acknowledgement"), "tickets_message_")

    def test_another_text_than_was_decided(self, cast: Cast) -> None:
        draft = pending_draft(cast.ticket())
        made = careless(lambda: decision(draft, cast.ana), by=SYSTEM)
        refuses(lambda: message(draft.ticket, draft.text + "!", decision=made, draft=draft), "not what was decided")

    def test_a_hash_that_is_not_the_texts(self, cast: Cast) -> None:
        draft = pending_draft(cast.ticket())
        made = careless(lambda: decision(draft, cast.ana), by=SYSTEM)
        refuses(
            lambda: message(draft.ticket, "Other words", text_hash=made.text_hash, decision=made, draft=draft),
            "not that of its text",
        )

    def test_a_decision_about_another_draft(self, cast: Cast) -> None:
        draft, other = pending_draft(cast.ticket()), pending_draft(cast.ticket(email="other@example.com"))
        made = careless(lambda: decision(draft, cast.ana), by=SYSTEM)
        refuses(lambda: message(draft.ticket, draft.text, decision=made, draft=other), "not what was decided")
        refuses(lambda: decision(draft, cast.ana, ticket=other.ticket), "another ticket|one_standing")

    def test_a_decision_that_is_not_about_the_draft_as_it_is(self, cast: Cast) -> None:
        draft = pending_draft(cast.ticket())
        refuses(lambda: decision(draft, cast.ana, text=draft.text + " And more."), "not about the draft as it is")
        refuses(lambda: decision(draft, cast.ana, draft_version=draft.version - 1), "not about the draft as it is")

    def test_a_rejected_draft(self, cast: Cast) -> None:
        draft = pending_draft(cast.ticket())
        made = careless(lambda: decision(draft, cast.ana, kind="rejected", reason="tone"), by=SYSTEM)
        refuses(lambda: message(draft.ticket, draft.text, decision=made, draft=draft), "no standing decision")

    def test_a_decision_that_was_taken_back(self, cast: Cast) -> None:
        draft = pending_draft(cast.ticket())
        made = careless(lambda: decision(draft, cast.ana), by=SYSTEM)
        careless(lambda: Decision.objects.filter(pk=made.pk).update(standing=False), by=SYSTEM)
        refuses(lambda: message(draft.ticket, draft.text, decision=made, draft=draft), "no standing decision")

    @pytest.mark.parametrize("who", ["aud", "ada"])
    def test_somebody_who_does_not_decide(self, cast: Cast, who: str) -> None:
        draft = pending_draft(cast.ticket())
        refuses(lambda: decision(draft, getattr(cast, who)), "active person")

    def test_somebody_who_left(self, cast: Cast) -> None:
        draft = pending_draft(cast.ticket())
        change_person(cast.ana, active=False, by=SYSTEM)
        refuses(lambda: decision(draft, cast.ana), "active person")

    def test_what_was_decided_or_written_is_never_rewritten(self, cast: Cast) -> None:
        draft = pending_draft(cast.ticket())
        made = approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
        refuses(
            lambda: Decision.objects.filter(pk=made.pk).update(text="x", text_hash=text_hash("x")),
            "kept as it was made",
        )
        refuses(lambda: Decision.objects.filter(pk=made.pk).update(person=cast.ben), "kept as it was made")
        refuses(
            lambda: Message.objects.filter(decision=made).update(text="x", text_hash=text_hash("x")),
            "kept as it was written",
        )
        refuses(
            lambda: Message.objects.filter(decision=made).update(disclosure_kind="person"), "kept as it was written"
        )


class TestOneDecisionAndOneSending:
    def test_two_standing_decisions_on_a_draft(self, cast: Cast) -> None:
        draft = pending_draft(cast.ticket())
        careless(lambda: decision(draft, cast.ana), by=SYSTEM)
        refuses(lambda: decision(draft, cast.ben), "review_decision_one_standing")

    def test_two_messages_or_sendings_of_a_decision(self, cast: Cast) -> None:
        draft = pending_draft(cast.ticket())
        made = approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
        refuses(lambda: message(draft.ticket, draft.text, decision=made, draft=draft), "decision_id")
        sent = Sending.objects.get(decision=made)
        values = {"message": sent.message, "decision": made, "release_at": timezone.now(), "changed_at": timezone.now()}
        refuses(lambda: Sending.objects.create(**values), "unique|duplicate")


def test_two_live_drafts_for_one_message_and_settings(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    values = {
        "ticket": draft.ticket,
        "last_message": draft.last_message,
        "settings": draft.settings,
        "created_at": timezone.now(),
    }
    refuses(lambda: Draft.objects.create(**values), "drafting_draft_one_live")


def test_drafts_without_a_settings_version_are_still_one(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    values = {
        "ticket": draft.ticket,
        "last_message": draft.last_message,
        "settings": None,
        "created_at": timezone.now(),
    }
    careless(lambda: Draft.objects.create(**values), by=SYSTEM)
    refuses(lambda: Draft.objects.create(**values), "drafting_draft_one_live")


def call(draft: Draft, **more: Any) -> ModelCall:
    made = new_receipt(
        request="{}",
        placeholders={},
        customer_id=draft.ticket.customer_id,
        draft=draft,
        ticket=draft.ticket,
        settings=draft.settings,
        redaction=more.pop("redaction", {"version": "1", "replaced": {}}),
    )
    for name, value in more.items():
        setattr(made, name, value)
    made.save(force_insert=True)
    return made


BARS: dict[str, Callable[[Cast, Ticket], Any]] = {
    "opted_out": lambda cast, ticket: set_consent(cast.carla, consent=False, source="form", by=Actor("customer")),
    "not_asked": lambda cast, ticket: set_policy(ai_consent="consent", by=cast.ada.actor()),
    "people_only": lambda cast, ticket: keep_for_people(ticket, "people_only", by=SYSTEM),
    "asked_for_person": lambda cast, ticket: keep_for_people(ticket, "asked_for_person", by=SYSTEM),
    "stopped": lambda cast, ticket: stop_drafting(scope="language", value="en", reason="A test.", by=cast.sam.actor()),
}


@pytest.mark.parametrize("bar", BARS)
def test_no_model_call_and_no_stored_draft_where_none_is_allowed(cast: Cast, bar: str) -> None:
    draft = pending_draft(cast.ticket())
    ticket = draft.ticket
    careless(lambda: call(draft), by=SYSTEM)
    BARS[bar](cast, ticket)
    with pytest.raises(IntegrityError, match=f"no model call: {bar}") as caught:
        careless(lambda: call(draft), by=SYSTEM)
    assert refused(caught.value)
    for state in ("queued", "generating", "pending_review"):
        values = {
            "ticket": ticket,
            "last_message_id": ticket.last_inbound_id,
            "state": state,
            "created_at": timezone.now(),
        }
        refuses(lambda values=values: Draft.objects.create(**values), f"no draft: {bar}")


@pytest.mark.parametrize("redaction", [{}, {"version": "1"}, {"replaced": {}}])
def test_no_model_call_without_redaction(cast: Cast, redaction: dict[str, Any]) -> None:
    draft = pending_draft(cast.ticket())
    refuses(lambda: call(draft, redaction=redaction), "without redaction")
    refuses(lambda: call(draft, redaction=None), "without redaction|null value")


def test_a_receipt_is_what_left_and_stays_so(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    refuses(lambda: call(draft, request_sealed=b"{}", request_bytes=2), "sealed")
    refuses(lambda: call(draft, request_bytes=3), "sealed")
    made = careless(lambda: call(draft), by=SYSTEM)
    other = careless(lambda: Sealing.of(made.customer_id).part(made.pk, "request", "{ }"), by=SYSTEM)
    refuses(lambda: ModelCall.objects.filter(pk=made.pk).update(request_sealed=other), "kept as it was")
    refuses(lambda: ModelCall.objects.filter(pk=made.pk).update(request_sealed=b""), "erased with its customer")


def test_what_a_decision_rests_on_does_not_change_under_its_version(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    refuses(lambda: Draft.objects.filter(pk=draft.pk).update(text="Other words."), "needs a new version")
    refuses(
        lambda: Draft.objects.filter(pk=draft.pk).update(version=draft.version - 1, text="Other"), "version goes up"
    )
    careless(
        lambda: Flag.objects.create(draft=draft, kind="promise", severity="blocker", words="guaranteed"), by=SYSTEM
    )
    draft.refresh_from_db()
    assert draft.version == 3


SENDING_STATES = sorted(SENDING_MOVES)


@pytest.mark.parametrize("start", SENDING_STATES)
def test_a_sending_moves_along_its_table_and_no_other_way(cast: Cast, start: str) -> None:
    way = {
        "queued": [],
        "sending": ["sending"],
        "sent": ["sending", "sent"],
        "failed": ["failed"],
        "unknown": ["sending", "unknown"],
        "withdrawn": ["withdrawn"],
    }[start]
    draft = pending_draft(cast.ticket())
    made = approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    sending = Sending.objects.filter(decision=made)
    for state in way:
        careless(lambda state=state: sending.update(state=state), by=SYSTEM)
    for target in SENDING_STATES:
        if target == start:
            continue
        if target in SENDING_MOVES[start]:
            allows(lambda target=target: sending.update(state=target))
        else:
            refuses(lambda target=target: sending.update(state=target), "does not go from")


DRAFT_WAYS: dict[str, list[str]] = {
    "pending_review": [],
    "approved": ["approved"],
    "edited": ["edited"],
    "rejected": ["rejected"],
    "stale": ["stale"],
    "superseded": ["superseded"],
    "quarantined": ["quarantined"],
    "withdrawn": ["withdrawn"],
    "failed": ["failed"],
}


@pytest.mark.parametrize("start", DRAFT_WAYS)
def test_a_draft_moves_along_its_table_and_no_other_way(cast: Cast, start: str) -> None:
    draft = pending_draft(cast.ticket())
    rows = Draft.objects.filter(pk=draft.pk)
    for state in DRAFT_WAYS[start]:
        careless(lambda state=state: rows.update(state=state), by=SYSTEM)
    for target in DraftState.values:
        if target == start:
            continue
        if target in DRAFT_MOVES[start]:
            allows(lambda target=target: rows.update(state=target))
        else:
            refuses(lambda target=target: rows.update(state=target), "does not go from")
