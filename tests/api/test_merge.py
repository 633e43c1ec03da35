"""Merging over the API: the ticket that stays has the messages of both, and says where each was written."""

from __future__ import annotations

from conversations.tickets.actions import merge
from conversations.tickets.models import Message, Ticket
from tests.api.calls import Caller, caller, problem
from tests.cast import Cast


def test_a_ticket_is_merged_and_taken_out_again(ana: Caller, cast: Cast) -> None:
    first, second = cast.ticket("Where is my refund?"), cast.ticket("And the voucher?")
    told = ana.post(f"tickets/{second.number}/merge/", {"into": first.number}).json()
    assert told["number"] == first.number
    arrived = [(each["text"], each["ticket"]) for each in told["messages"] if each["direction"] == "in"]
    assert arrived == [("Where is my refund?", first.number), ("And the voucher?", second.number)]
    gone = ana.get(f"tickets/{second.number}/").json()
    assert (gone["merged_into"], gone["status"]) == (first.number, "closed")
    back = ana.post(f"tickets/{second.number}/unmerge/").json()
    assert (back["number"], back["merged_into"], back["status"]) == (second.number, None, "new")
    problem(ana.post(f"tickets/{second.number}/unmerge/"), 409, "not_merged")


def test_two_customers_want_a_word(ana: Caller, cast: Cast) -> None:
    carlas, dans = cast.ticket(), cast.ticket(email="dan@example.com")
    problem(ana.post(f"tickets/{dans.number}/merge/", {"into": carlas.number}), 409, "other_customer")
    told = ana.post(f"tickets/{dans.number}/merge/", {"into": carlas.number, "other_customer": True}).json()
    assert {each["ticket"] for each in told["messages"]} == {carlas.number}


def test_what_is_not_there_or_not_theirs_is_refused(ana: Caller, cast: Cast) -> None:
    ticket, hidden = cast.ticket(), cast.ticket(team=cast.returns)
    problem(ana.post(f"tickets/{ticket.number}/merge/", {"into": hidden.number}), 400, "invalid")
    problem(ana.post(f"tickets/{hidden.number}/merge/", {"into": ticket.number}), 404, "not_found")
    problem(ana.post(f"tickets/{ticket.number}/merge/", {"into": ticket.number}), 409, "cannot_merge")
    problem(
        caller(cast, cast.aud, "tickets:write").post(f"tickets/{ticket.number}/merge/", {"into": 1}), 403, "not_allowed"
    )


def test_what_the_customer_adds_to_a_merged_ticket_is_told_with_its_place(shop: Caller, cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ana.actor())
    told = shop.post(f"tickets/{second.number}/messages/", {"body": "Any news?", "from": "customer"}).json()
    assert told["ticket"] == first.number
    assert Message.objects.get(pk=told["id"]).ticket == Ticket.objects.get(pk=first.pk)


def test_a_note_in_a_merged_ticket_says_where_it_goes_on(ana: Caller, cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ana.actor())
    answer = ana.post(f"tickets/{second.number}/messages/", {"body": "Hm.", "from": "agent", "internal": True})
    assert problem(answer, 409, "is_merged")["into"] == first.number
