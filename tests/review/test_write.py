"""Writing oneself, and what the customer is told about it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.drafting.states import DraftState
from conversations.review.actions import Rejection, Seen, reject, write_reply
from conversations.review.disclosure import disclose, words
from conversations.review.problems import DraftStale
from conversations.tickets.actions import add_note, receive_message
from conversations.tickets.models import Message
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import FORM, Cast
from tests.drafts import pending_draft

DRAFT = (
    "Hello Carla,\n\nThank you for your message. We pay refunds within five working days after your parcel has reached "
    "our warehouse. Your bank may need up to three more days.\n\nKind regards\nOrders"
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (DRAFT, "drafted"),
        (DRAFT.upper(), "drafted"),
        (DRAFT.replace("Hello Carla,", "Dear Carla,").replace("Kind regards", "Best regards"), "drafted"),
        (DRAFT.replace("five", "six"), "drafted_changed"),
        (DRAFT.replace("Your bank may need up to three more days.", ""), "drafted_changed"),
        (
            DRAFT + "\n\nYou also find a voucher in your account, for the trouble that you had with us.",
            "drafted_changed",
        ),
        (
            "I am sorry. " * 30
            + "We pay refunds within five working days after your parcel has reached our warehouse.",
            "drafted_changed",
        ),
        ("Hello Carla, the warehouse found your jacket this morning. I will write again tomorrow. Ana", "person"),
        ("Yes.", "person"),
    ],
)
def test_the_disclosure_follows_from_the_words(text: str, kind: str) -> None:
    assert disclose(text, [DRAFT]) == kind


def test_a_long_text_beside_many_drafts_costs_about_as_much_as_reading_them() -> None:
    chance = random.Random(18)
    vocabulary = [f"w{number}" for number in range(400)]
    text, *drafts = (" ".join(chance.choices(vocabulary, k=25_000))[:100_000] for _ in range(6))

    def seconds(what: Callable[[], object]) -> float:
        started = time.process_time()
        what()
        return time.process_time() - started

    reading = min(seconds(lambda: [words(each) for each in (text, *drafts)]) for _ in range(3))
    assert seconds(lambda: disclose(text, drafts)) < 60 * reading


def test_without_a_draft_a_person_wrote() -> None:
    assert disclose("Anything at all.", []) == "person"


@given(st.text(max_size=300), st.lists(st.text(max_size=300), max_size=3))
def test_any_text_has_a_disclosure(text: str, drafts: list[str]) -> None:
    assert disclose(text, drafts) in {"person", "drafted", "drafted_changed"}


@given(st.text(min_size=30, max_size=300))
def test_a_draft_sent_as_it_is_is_never_a_persons_own(text: str) -> None:
    if len(words(text)) > 0:
        assert disclose(text, [text]) == "drafted"


def test_a_reply_of_ones_own_is_sent_with_the_persons_name_on_the_decision(cast: Cast) -> None:
    ticket = cast.ticket()
    decision = write_reply(ticket, text="We found your jacket.", by=cast.ben.actor())
    message = Message.objects.get(decision=decision)
    assert (message.disclosure_kind, message.draft_id, decision.person) == ("person", None, cast.ben)
    assert message.disclosure_text.startswith("Written by")
    assert Entry.objects.get(kind="reply.written").facts["disclosure"] == "person"


def test_a_rejected_draft_that_is_pasted_was_drafted_with_ai(cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket, text=DRAFT)
    reject(draft, Rejection(reason="other", next="write"), by=cast.ana.actor(), seen=Seen(draft.version))
    decision = write_reply(ticket, text=DRAFT, by=cast.ana.actor())
    assert decision.message is not None
    assert (decision.message.disclosure_kind, decision.draft_id) == ("drafted", None)


def test_writing_sets_the_draft_aside(cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    write_reply(ticket, text="My own words.", by=cast.ana.actor(), instead_of=(draft, Seen(draft.version)))
    draft.refresh_from_db()
    assert draft.state == DraftState.SUPERSEDED
    assert Entry.objects.filter(kind="draft.set_aside").count() == 1


def test_a_reply_after_the_customer_wrote_again_is_held_and_its_text_kept(cast: Cast) -> None:
    ticket = cast.ticket()
    seen = ticket.last_inbound_id
    receive_message(ticket, text="Never mind, found it!", channel="form", by=FORM)
    with pytest.raises(DraftStale) as refused:
        write_reply(ticket, text="A long search.", by=cast.ana.actor(), last_seen=seen)
    assert refused.value.fields["text"] == "A long search."
    assert not Message.objects.filter(direction="out", notice="").exists()


def test_who_claims_to_have_seen_what_is_not_of_this_ticket_sends_nothing(cast: Cast) -> None:
    ticket, other = cast.ticket(), cast.ticket()
    for claimed in (0, other.last_inbound_id, 10**12):
        with pytest.raises(Invalid) as refused:
            write_reply(ticket, text="A long search.", by=cast.ana.actor(), last_seen=claimed)
        assert set(refused.value.fields["errors"]) == {"last_seen"}
    assert not Message.objects.filter(direction="out", notice="").exists()


@pytest.mark.parametrize("text", ["", "   \n ", "\x00"])
def test_an_empty_reply_is_refused(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid):
        write_reply(cast.ticket(), text=text, by=cast.ana.actor())


def test_auditors_write_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        write_reply(cast.ticket(), text="Hello", by=cast.aud.actor())
    with pytest.raises(NotAllowed):
        add_note(cast.ticket(), text="Hello", by=cast.aud.actor())
