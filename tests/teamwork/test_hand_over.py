"""Handing over: to a colleague or a team, with a note, in one act."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.teamwork import leases
from conversations.teamwork.actions import hand_over
from conversations.teamwork.models import Notice
from conversations.tickets.models import Message, Ticket
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast


def told(person: object) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("id").values_list("kind", flat=True))


def test_to_a_colleague_with_a_note(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    leases.claim(ticket, cast.ana)
    client.force_login(cast.ana)
    seq = Entry.objects.latest("seq").seq
    form = {"to": cast.ben.ref, "text": "You know this customer."}
    assert client.post(f"/tickets/{ticket.number}/hand-over/", form).status_code == 302
    ticket.refresh_from_db()
    assert ticket.assignee == cast.ben
    assert Message.objects.get(direction="note").text == "You know this customer."
    kinds = list(Entry.objects.filter(seq__gt=seq).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["ticket.assigned", "message.noted", "ticket.handed_over"]
    assert told(cast.ben) == ["assigned"]
    assert leases.claim_of(ticket.number) is None


def test_to_a_team_out_of_ones_sight(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    client.force_login(cast.ana)
    answer = client.post(f"/tickets/{ticket.number}/hand-over/", {"to": cast.returns.ref, "text": ""}, follow=True)
    assert answer.redirect_chain[-1][0] == "/queue/"
    assert f"Ticket #{ticket.number} is with the other team now." in answer.content.decode()
    ticket.refresh_from_db()
    assert (ticket.team, ticket.assignee) == (cast.returns, None)
    assert told(cast.ben) == ["handed_over"]


@pytest.mark.parametrize("to", ["", "person:x", "team:999999", "team:9999999999999999999999", "customer:1"])
def test_to_nobody_says_so_and_keeps_the_note(cast: Cast, client: Client, to: str) -> None:
    ticket = cast.ticket()
    client.force_login(cast.ana)
    answer = client.post(f"/tickets/{ticket.number}/hand-over/", {"to": to, "text": "Kept words"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Choose a colleague who sees this ticket, or a team." in page
    assert "Kept words</textarea>" in page
    assert not Message.objects.filter(direction="note").exists()


def test_not_to_somebody_who_does_not_see_it(cast: Cast) -> None:
    ticket = cast.ticket()
    with pytest.raises(Invalid):
        hand_over(ticket, cast.olga, note="x", by=cast.ana.actor())
    assert Ticket.objects.get(pk=ticket.pk).assignee is None


def test_an_auditor_hands_nothing_over(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        hand_over(cast.ticket(), cast.ben, note="", by=cast.aud.actor())
