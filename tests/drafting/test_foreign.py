"""Another customer's addresses and numbers in a text: found, and not mistaken for what is everybody's."""

from __future__ import annotations

from conversations.drafting.checks import check
from conversations.drafting.resting import grounds_of
from conversations.knowledge.actions import save_article
from conversations.tickets.actions import add_note, change_customer
from conversations.tickets.models import Ticket
from desk.actions import SYSTEM
from tests.cast import Cast


def foreign(ticket: Ticket, text: str) -> list[str]:
    ticket = Ticket.objects.select_related("customer").get(pk=ticket.pk)
    return [found.words for found in check(text, grounds_of(ticket)) if found.kind == "other_customer"]


def others(cast: Cast, body: str, *, email: str = "paul@example.com") -> Ticket:
    return cast.ticket(body, email=email, name="Paul Bauer")


def test_an_order_number_of_another_customer_is_found_however_it_is_spelled(cast: Cast) -> None:
    others(cast, "My order NO-48211 never came.")
    mine = cast.ticket("Where is my refund?")
    assert foreign(mine, "Your order NO-48211 is on its way.") == ["NO-48211"]
    assert foreign(mine, "Your order NO-48299 is on its way.") == []


def test_a_mail_address_and_a_telephone_number_of_another_customer_are_found(cast: Cast) -> None:
    paul = others(cast, "Hello, is anybody there?").customer
    change_customer(paul, phone="0170 5556677", by=SYSTEM)
    mine = cast.ticket()
    assert foreign(mine, "Write to Paul@example.com.") == ["Paul@example.com"]
    assert foreign(mine, "Call +49 170 5556677.") == ["+49 170 5556677"]
    assert foreign(mine, "Call +49 170 5556678.") == []


def test_what_stands_in_this_thread_is_this_customers(cast: Cast) -> None:
    others(cast, "My order NO-48211 never came.")
    mine = cast.ticket("Order NO-48211 is a present from Paul, paul@example.com.")
    assert foreign(mine, "About NO-48211 we write to paul@example.com.") == []


def test_what_is_the_customers_own_in_another_ticket_is_not_foreign(cast: Cast) -> None:
    others(cast, "My order NO-48211 never came.")
    cast.ticket("I have a question about NO-48211.")
    assert foreign(cast.ticket(), "Is it about NO-48211?") == []


def test_what_a_colleague_put_into_a_note_was_put_there_knowingly(cast: Cast) -> None:
    others(cast, "My order NO-48211 never came.")
    mine = cast.ticket()
    add_note(mine, text="Paul's order NO-48211 went to the same address; she knows of it.", by=cast.ana.actor())
    assert foreign(mine, "It came with NO-48211.") == []


def test_what_an_article_says_or_many_write_about_is_nobodys(cast: Cast) -> None:
    others(cast, "Is the TX-3000 waterproof? And what is RX-1000?")
    mine = cast.ticket()
    assert foreign(mine, "The TX-3000 is.") == ["TX-3000"]
    body = "## Rain\n\nThe TX-3000 is waterproof."
    save_article(slug="tents", language="en", title="Tents", body=body, tags=[], by=SYSTEM)
    assert foreign(mine, "The TX-3000 is.") == []
    assert foreign(mine, "The RX-1000 is.") == ["RX-1000"]
    others(cast, "About the RX-1000.", email="a@example.com")
    others(cast, "About the RX-1000.", email="b@example.com")
    assert foreign(mine, "The RX-1000 is.") == []
