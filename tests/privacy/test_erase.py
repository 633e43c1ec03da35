"""Erased when it is due: every proof stays, nothing can be read, and nothing else can take a text away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone

from conversations.drafting.actions import record_call
from conversations.models import Customer, Decision, Draft, Erasure, Flag, Message, ModelCall, Ticket, Words
from conversations.privacy.actions import (
    AlreadyErased,
    NotDue,
    erase_ticket,
    export_customer,
    finish_erasure,
    request_erasure,
)
from conversations.review.actions import Seen, approve
from conversations.tickets.access import ticket_by_link, tickets_for
from conversations.tickets.actions import change_customer, set_consent
from desk.actions import SYSTEM, Actor, action, record
from desk.data_keys import DataKey
from desk.erasing import TextErased
from desk.jobs import TryLater
from desk.ledger.append import leaf_hash
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry, Salt
from desk.problems import NotFound
from tests.cast import CARLA, Cast
from tests.drafts import pending_draft
from tests.invariants.test_walls import careless
from tests.privacy.due import ask, carry_out


@pytest.fixture
def answered(cast: Cast) -> Ticket:
    """A ticket of Carla's with a receipt, a draft and a decision."""
    ticket = cast.ticket()
    draft = pending_draft(ticket, flags=[("tone", "hint", "within five working days")])
    record_call(draft, b'{"messages": []}', replaced={"name": 1}, placeholders={"[name-1]": "Carla"}, by=SYSTEM)
    approve(draft, by=cast.ana.actor(), seen=Seen(version=draft.version))
    return ticket


def test_nothing_of_them_is_left_and_the_ledger_stays(
    cast: Cast, answered: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    carla, link = cast.carla, answered.link_token
    before = list(Entry.objects.order_by("seq").values_list("seq", "canonical", "leaf"))
    done = carry_out(ask(carla, monkeypatch))
    assert (done.state, done.tickets_erased) == (Erasure.State.DONE, 1)
    after = list(Entry.objects.order_by("seq").values_list("seq", "canonical", "leaf"))
    assert after[: len(before)] == before
    assert all(bytes(leaf) == leaf_hash(canonical) for _seq, canonical, leaf in after)
    erased = Customer.objects.get(pk=carla.pk)
    assert (erased.name, erased.phone, erased.email) == ("", "", f"{carla.pk}@erased.invalid")
    assert erased.erased_at
    assert erased.restricted_at
    assert set(Message.objects.values_list("text", "text_hash", "mail_id")) == {("", "", "")}
    assert set(Decision.objects.values_list("text", "text_hash")) == {("", "")}
    assert set(Draft.objects.values_list("text", flat=True)) == {""}
    assert Flag.objects.get().words == ""
    assert ModelCall.objects.get().erased
    assert not DataKey.objects.exists()
    assert not Salt.objects.filter(seq__in=Entry.objects.filter(thread=answered.ref).values("seq")).exists()
    assert "refund" not in Words.objects.get().words
    with pytest.raises(NotFound):
        ticket_by_link(link)


def test_every_commitment_that_opens_no_more_is_named_by_an_entry(
    cast: Cast, answered: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = [(entry.seq, name) for entry in Entry.objects.filter(thread=answered.ref) for name in entry.commitments]
    sources = set(Salt.objects.values_list("source", flat=True))
    carry_out(ask(cast.carla, monkeypatch))
    told = Entry.objects.filter(kind="text.erased")
    named = {seq for entry in told for seq in entry.facts["seqs"]}
    assert {seq for seq, _name in committed} == named
    assert {source for entry in told for source in entry.facts["sources"]} == sources
    assert sum(entry.facts["count"] for entry in told) == len(committed)
    assert {entry.thread for entry in told} == {answered.ref}


def test_what_happened_still_reads_as_sentences_without_a_name(
    cast: Cast, answered: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out(ask(cast.carla, monkeypatch))
    told = " ".join(sentences(list(Entry.objects.order_by("seq"))))
    assert "Carla" not in told
    assert "Erased customer was erased, with 1 ticket" in told


def test_who_writes_again_is_somebody_new(cast: Cast, answered: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    erased = cast.carla
    carry_out(ask(erased, monkeypatch))
    again = cast.ticket("Hello, I am back.")
    assert again.customer_id != erased.pk
    assert list(tickets_for(cast.ana)) == [again]
    for refused in (
        lambda: request_erasure(erased, source="staff", by=SYSTEM),
        lambda: change_customer(erased, name="Carla", by=cast.ana.actor()),
        lambda: set_consent(erased, consent=True, source="agent", by=cast.ana.actor()),
        lambda: export_customer(erased, by=cast.sam.actor()),
    ):
        with pytest.raises(AlreadyErased):
            refused()


def test_others_keep_everything(cast: Cast, answered: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    other = cast.ticket("Another matter", email="hans@example.org", name="Hans")
    salts = Salt.objects.filter(source__contains=f"ticket:{other.number}").count()
    carry_out(ask(cast.carla, monkeypatch))
    assert cast.last_message(other).text == "Another matter"
    assert Salt.objects.filter(source__contains=f"ticket:{other.number}").count() == salts
    assert Customer.objects.get(email="hans@example.org").restricted_at is None


def test_it_waits_until_it_is_due(cast: Cast, answered: Ticket) -> None:
    erasure = request_erasure(cast.carla, source="mail", by=SYSTEM)
    with pytest.raises(TryLater) as later:
        carry_out(erasure)
    assert later.value.after == pytest.approx(timedelta(days=14).total_seconds(), abs=60)
    with pytest.raises(NotDue):
        erase_ticket(erasure, answered.number, by=SYSTEM)
    with pytest.raises(NotDue):
        finish_erasure(erasure, by=SYSTEM)
    assert cast.last_message(answered).text


def test_who_is_interrupted_goes_on_where_it_ended(
    cast: Cast, answered: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = cast.ticket("A second matter of mine.")
    asked = ask(cast.carla, monkeypatch)
    erase_ticket(asked, answered.number, by=SYSTEM)
    with pytest.raises(NotDue):
        finish_erasure(asked, by=SYSTEM)
    assert cast.last_message(second).text
    assert carry_out(asked).tickets_erased == 2


def test_what_was_taken_back_meanwhile_is_left_alone(
    cast: Cast, answered: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conversations.privacy.actions import HasBegun, cancel_erasure

    asked = ask(cast.carla, monkeypatch)
    cancel_erasure(asked, by=cast.sam.actor())
    assert carry_out(asked).state == Erasure.State.CANCELLED
    assert cast.last_message(answered).text
    asked = ask(cast.carla, monkeypatch)
    erase_ticket(asked, answered.number, by=SYSTEM)
    with pytest.raises(HasBegun):
        cancel_erasure(asked, by=cast.sam.actor())


@action("text.erased")
def as_erasing(write: Callable[[], Any], *, by: Actor) -> None:
    """What a careless or hostile program does that knows the name of the door."""
    write()
    record(TextErased(count=0, sources=[], seqs=[]), by=by, subject="ticket:0")


WRITES: dict[str, Callable[[], Any]] = {
    "message": lambda: Message.objects.update(text="", text_hash="", mail_id=""),
    "decision": lambda: Decision.objects.update(text="", text_hash=""),
    "receipt": lambda: ModelCall.objects.update(request_sealed=b"", placeholders_sealed=b"", response_sealed=b""),
}


@pytest.mark.parametrize("what", WRITES)
def test_no_text_goes_while_no_erasure_is_due(cast: Cast, answered: Ticket, what: str) -> None:
    request_erasure(cast.carla, source="staff", by=SYSTEM)
    for by in (careless, as_erasing):
        with pytest.raises(IntegrityError, match="erased with its customer"):
            by(WRITES[what], by=SYSTEM)


@pytest.mark.parametrize("what", WRITES)
def test_no_text_goes_outside_the_action_that_erases(
    cast: Cast, answered: Ticket, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    ask(cast.carla, monkeypatch)
    with pytest.raises(IntegrityError, match="erased with its customer"):
        careless(WRITES[what], by=SYSTEM)


def test_erasing_cannot_put_another_text_in_its_place(
    cast: Cast, answered: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(cast.carla, monkeypatch)
    with pytest.raises(IntegrityError, match="kept as it was"):
        as_erasing(lambda: Message.objects.update(text="Other words", text_hash=""), by=SYSTEM)
    with pytest.raises(IntegrityError, match="kept as it was"):
        as_erasing(lambda: Decision.objects.update(text="", text_hash="", person_id=cast.ben.pk), by=SYSTEM)


def test_an_erased_customer_stays_so(cast: Cast, answered: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_out(ask(cast.carla, monkeypatch))
    for change in ({"erased_at": None}, {"restricted_at": None}, {"name": "Carla"}):
        with pytest.raises(IntegrityError, match="stays erased"):
            careless(lambda change=change: Customer.objects.update(**change), by=SYSTEM)  # type: ignore[misc]
    other = cast.ticket("x", email="hans@example.org").customer
    with pytest.raises(IntegrityError, match="by the action that does it"):
        careless(
            lambda: Customer.objects.filter(pk=other.pk).update(erased_at=timezone.now(), restricted_at=timezone.now()),
            by=SYSTEM,
        )


def test_salts_go_by_erasing_only(cast: Cast, answered: Ticket) -> None:
    with pytest.raises(DatabaseError, match="by erasing only"):
        careless(lambda: Salt.objects.all().delete(), by=SYSTEM)


def test_a_choice_of_the_customer_is_refused_for_nobody_while_restricted(cast: Cast, answered: Ticket) -> None:
    request_erasure(cast.carla, source="staff", by=SYSTEM)
    set_consent(cast.carla, consent=False, source="form", by=SYSTEM)
    assert Customer.objects.get(email=CARLA).ai_consent is False
    with connection.cursor() as cursor:
        cursor.execute("SELECT drafting_refused(%s, NULL)", [answered.number])
        assert cursor.fetchone() == ("restricted",)
