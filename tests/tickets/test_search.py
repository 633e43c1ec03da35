"""What a search finds, and what it says when it makes no sense."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import Person
from conversations.review.actions import write_reply
from conversations.tickets import listing, search
from conversations.tickets.actions import add_note, assign, change_customer, receive_message, set_status, set_tags
from conversations.tickets.listing import Listing
from conversations.tickets.models import Customer, Message, Sending, Ticket, Words, text_hash
from desk.actions import SYSTEM
from desk.problems import Invalid
from tests.cast import FORM, Cast
from tests.invariants.test_walls import careless


def found(person: Person, q: str, **more: str) -> list[int]:
    return [ticket.number for ticket in Listing.of("all", {"q": q, **more}).read(person).tickets]


def wrong(person: Person, q: str) -> str:
    with pytest.raises(Invalid) as caught:
        found(person, q)
    assert caught.value.fields["errors"].keys() == {"q"}
    return caught.value.detail


def test_words_of_subject_messages_notes_and_customer_are_found(cast: Cast) -> None:
    ticket = cast.ticket("The zip of my jacket is broken.", subject="Torn pocket")
    add_note(ticket, text="Looks like the batch from Porto.", by=cast.ana.actor())
    other = cast.ticket("Nothing of that", email="hans@example.org", name="Hans Müller", subject="Parcel")
    for q in ("jacket", "pocket", "porto", "torn jacket porto", f"{ticket.number}", f"#{ticket.number}"):
        assert found(cast.ana, q) == [ticket.number], q
    for q in ("Müller", "hans@example.org", "from:hans", 'from:"hans müller"', "from:example.org"):
        assert found(cast.ana, q) == [other.number], q
    assert found(cast.ana, "jacket parcel") == []
    assert found(cast.ana, "thank") == [], "our own canned words say nothing of a ticket"


@pytest.mark.parametrize(
    ("language", "text", "q"),
    [
        ("en", "He returned the shoes twice", "return shoe"),
        ("de", "Die Häuser wurden geliefert", "haus"),
        ("es", "Compré las botas azules", "bota azul"),
        ("fr", "Les colis endommagés", "endommagé"),
        ("xx", "Qwerty zuiop", "zuiop"),
    ],
)
def test_a_word_is_found_in_other_forms_of_its_language(cast: Cast, language: str, text: str, q: str) -> None:
    ticket = cast.ticket(text, language=language)
    assert found(cast.ana, q) == [ticket.number]


def test_a_phrase_is_found_as_it_stands(cast: Cast) -> None:
    ticket = cast.ticket("I wear size 38, not size 39.")
    cast.ticket("38 is not my size.")
    assert found(cast.ana, '"size 38"') == [ticket.number]
    assert found(cast.ana, '"not size" 39') == [ticket.number]
    assert found(cast.ana, "siz*") == found(cast.ana, "size")


def test_operators_narrow(cast: Cast) -> None:
    old = cast.ticket("Old words", received_at=datetime(2025, 3, 31, 12, tzinfo=UTC))
    new = cast.ticket("New words", received_at=datetime(2025, 4, 1, 12, tzinfo=UTC), team=None)
    set_tags(new, ["Late delivery"], by=cast.ana.actor())
    set_status(old, "solved", by=cast.ana.actor())
    assign(new, cast.ana, by=cast.ana.actor())
    for q in ("before:2025-04-01", "is:solved", "team:Orders", "IS:Solved words", f"team:{cast.orders.pk}"):
        assert found(cast.ana, q) == [old.number], q
    for q in ("after:2025-04-01", "tag:late-delivery", 'tag:"late delivery"', "is:mine", "team:none"):
        assert found(cast.ana, q) == [new.number], q
    assert found(cast.ben, "is:mine") == []


def test_the_newest_come_first_and_on_wish_the_best(cast: Cast) -> None:
    best = cast.ticket("The zipper.", subject="Zipper zipper")
    newest = cast.ticket("A long letter about many things, and by the way a zipper.", subject="Hello")
    assert found(cast.ana, "zipper") == [newest.number, best.number]
    assert found(cast.ana, "zipper", sort="best") == [best.number, newest.number]


@pytest.mark.parametrize("looked_up", [0, 1_000], ids=["all are walked through", "all are looked up"])
@pytest.mark.parametrize("newest", [0, 2, 1_000])
def test_however_it_is_looked_for_the_same_is_found(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, newest: int, looked_up: int
) -> None:
    tickets = [cast.ticket(f"A zipper, number {n}", tags=["x"] if n % 2 else []) for n in range(7)]
    hidden = cast.ticket("A zipper", team=cast.returns)
    monkeypatch.setattr(search, "LOOKED_THROUGH", newest)
    monkeypatch.setattr(search, "LOOKED_UP", looked_up)
    monkeypatch.setattr(listing, "PAGE", 2)
    for q, wanted in (
        ("zipper", tickets),
        ("zipper tag:x is:todo", tickets[1::2]),
        ("zipper tag:x", tickets[1::2]),
        ("zipper 3", tickets[3:4]),
    ):
        seen: list[int] = []
        rest: listing.Listing | None = listing.Listing.of("all", {"q": q})
        while rest is not None:
            page = rest.read(cast.ana)
            seen += [ticket.number for ticket in page.tickets]
            rest = page.more
        assert seen == [ticket.number for ticket in reversed(wanted)], q
        first = listing.Listing.of("all", {"q": q, "sort": "best"}).read(cast.ana)
        assert {ticket.number for ticket in first.tickets} <= {ticket.number for ticket in wanted}
    assert hidden.number in found(cast.sam, "zipper")[:2]


def test_nobody_finds_what_they_may_not_see(cast: Cast) -> None:
    ticket = cast.ticket("A secret zipper", team=cast.returns)
    assert found(cast.ana, "zipper") == found(cast.ana, f"#{ticket.number}") == []
    assert found(cast.ben, "zipper") == [ticket.number]


def test_what_makes_no_sense_is_said(cast: Cast) -> None:
    assert wrong(cast.ana, "form:carla") == "There is no operator form:. Did you mean from:?"
    assert "nothing is not known" in wrong(cast.ana, "is:nothing")
    assert wrong(cast.ana, "before:tomorrow").startswith("tomorrow is no day. Write it as in before:20")
    assert wrong(cast.ana, "team:Nobodys") == "There is no team Nobodys."
    assert wrong(cast.ana, "tag:") == "After tag: a value is missing, as in tag:refund."
    assert wrong(cast.ana, '"never closed') == "A quotation mark is not closed."
    assert "at most 20" in wrong(cast.ana, "a " * 21)


def test_words_with_a_colon_are_words(cast: Cast) -> None:
    ticket = cast.ticket("See https://example.com/a at 12:30. Re: jacket")
    for q in ("https://example.com/a", "12:30", "Re: jacket"):
        assert found(cast.ana, q) == [ticket.number], q


@given(
    q=st.text(alphabet=st.characters(codec="utf-8"), max_size=40)
    | st.text(alphabet="'\":*\\&|!()<>-fromtagis# ", max_size=25)
)
@example(q="from:'")
@example(q="from:\\")
@example(q="'*")
@example(q="from:a:*")
@example(q="before:9999-12-31")
@example(q="after:0001-01-01")
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_typed_is_answered(cast: Cast, q: str) -> None:
    with transaction.atomic():
        for sort in ("", "best"):
            with suppress(Invalid):
                Listing.of("all", {"q": q, "sort": sort if q.strip() else ""}).read(cast.ana)


class TestWordsAreThereAsLongAsTheirText:
    def test_a_further_message_adds_its_words(self, cast: Cast) -> None:
        ticket = cast.ticket("First words")
        receive_message(ticket, text="And a gooseberry", channel="mail", by=FORM)
        assert found(cast.ana, "first gooseberry") == [ticket.number]

    def test_another_name_of_the_customer(self, cast: Cast) -> None:
        ticket = cast.ticket()
        change_customer(cast.carla, name="Carla Schmidt", by=cast.ana.actor())
        assert found(cast.ana, "from:schmidt") == [ticket.number]
        assert found(cast.ana, "from:jones") == []

    def test_a_text_that_is_erased_is_not_found_any_more(self, cast: Cast) -> None:
        ticket = cast.ticket("A gooseberry of Carla")

        def erase() -> None:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE tickets_message DISABLE TRIGGER tickets_message_kept")
            Message.objects.filter(ticket=ticket).update(text="", text_hash=text_hash(""))
            Ticket.objects.filter(pk=ticket.pk).update(subject="(erased)")
            Customer.objects.filter(pk=ticket.customer_id).update(name="", email="erased@example.invalid")

        careless(erase, by=SYSTEM)
        for q in ("gooseberry", "carla", "refund", "jones"):
            assert found(cast.ana, q) == [], q
        kept = Words.objects.values_list("words", flat=True).get(pk=ticket.pk)
        assert "gooseberri" not in kept
        assert "carla" not in kept

    def test_a_message_that_moves_to_another_ticket(self, cast: Cast) -> None:
        one, other = cast.ticket("A gooseberry"), cast.ticket("A currant")

        def move() -> None:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE tickets_message DISABLE TRIGGER tickets_message_kept")
            Message.objects.filter(ticket=one).update(ticket=other)

        careless(move, by=SYSTEM)
        assert found(cast.ana, "gooseberry currant") == [other.number]

    def test_a_very_long_ticket_is_taken_in_part(self, cast: Cast) -> None:
        ticket = cast.ticket("beginning " + " ".join(f"w{n:06}" for n in range(12_000)))
        for n in range(6):
            receive_message(
                ticket, text=f"part{n} " + " ".join(f"v{n}{m:05}" for m in range(1_400)), channel="mail", by=FORM
            )
        assert found(cast.ana, "beginning part0") == [ticket.number]
        assert Words.objects.get(pk=ticket.pk).taken <= 50_000

    def test_the_table_is_filled_for_tickets_that_were_there_before(self, cast: Cast) -> None:
        from importlib import import_module

        fill = import_module("conversations.migrations.0006_lists_in_full").fill
        ticket = cast.ticket("A gooseberry")
        careless(lambda: Words.objects.all().delete(), by=SYSTEM)
        assert found(cast.ana, "gooseberry") == []
        with connection.schema_editor() as editor:
            fill(None, editor)
            fill(None, editor)
        assert found(cast.ana, "gooseberry") == [ticket.number]


def test_a_reply_is_found_once_it_has_been_sent(cast: Cast) -> None:
    ticket = cast.ticket()
    decision = write_reply(ticket, text="The warehouse found a hedgehog in it.", by=cast.ana.actor())
    assert found(cast.ana, "hedgehog") == []
    sending = Sending.objects.get(decision=decision)
    for state in ("sending", "sent"):
        careless(lambda state=state: Sending.objects.filter(pk=sending.pk).update(state=state), by=SYSTEM)
    assert found(cast.ana, "hedgehog") == [ticket.number]
    set_status(ticket, "solved", by=cast.ana.actor())
    change_customer(cast.carla, name="Carla Smith", by=cast.ana.actor())
    assert found(cast.ana, "hedgehog smith") == [ticket.number]
