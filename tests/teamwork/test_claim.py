"""A claim says who is at it; it ends by itself, can be taken over, and never bars a decision."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conversations.review.actions import Seen, approve, undo
from conversations.review.models import Decision
from conversations.teamwork import leases
from conversations.teamwork.actions import take_over
from conversations.teamwork.models import Claim, Notice
from conversations.tickets.actions import finish_sending
from conversations.tickets.models import Sending, Ticket
from conversations.tickets.states import SendingState
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from desk.problems import NotAllowed
from tests.cast import Cast
from tests.drafts import pending_draft
from tests.invariants.test_walls import careless


def holder(ticket: Ticket) -> str:
    held = leases.claim_of(ticket.number)
    return held.person.name if held else ""


def page_of(client: Client, ticket: Ticket) -> str:
    return " ".join(client.get(f"/tickets/{ticket.number}/").content.decode().split())


def hand_over_to_mail(decision: Decision) -> None:
    """As if the mail server had taken the reply."""
    sending = Sending.objects.get(decision=decision)
    careless(lambda: Sending.objects.filter(pk=sending.pk).update(state="sending"), by=SYSTEM)
    finish_sending(sending, None, end=SendingState.SENT, by=SYSTEM)


@pytest.fixture
def ben(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.ben)
    return client


def test_who_claims_has_it_and_the_colleague_reads_so(cast: Cast, client: Client, ben: Client) -> None:
    ticket = cast.ticket()
    client.force_login(cast.ana)
    before = Entry.objects.count()
    client.post(f"/tickets/{ticket.number}/claim/")
    assert holder(ticket) == "Ana Ruiz"
    assert Entry.objects.count() == before
    assert "Ana Ruiz has this ticket" in page_of(ben, ticket)
    assert "Ana Ruiz has this ticket" not in page_of(client, ticket)


def test_writing_claims_what_nobody_has_and_takes_nothing_from_anybody(cast: Cast, client: Client, ben: Client) -> None:
    ticket = cast.ticket()
    client.force_login(cast.ana)
    client.post(f"/tickets/{ticket.number}/unsent/", {"what": "reply", "text": "Dear"})
    assert holder(ticket) == "Ana Ruiz"
    ben.post(f"/tickets/{ticket.number}/unsent/", {"what": "reply", "text": "Hello"})
    ben.post(f"/tickets/{ticket.number}/claim/")
    assert holder(ticket) == "Ana Ruiz"


def test_it_is_renewed_and_ends_by_itself(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    client.force_login(cast.ana)
    first = leases.claim(ticket, cast.ana)
    assert client.post(f"/tickets/{ticket.number}/claim/", {"renew": "1"}).status_code == 204
    renewed = Claim.objects.get()
    assert (renewed.since, renewed.until > first.until) == (first.since, True)
    Claim.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert holder(ticket) == ""
    assert leases.claim(ticket, cast.ben).person == cast.ben
    refused = client.post(f"/tickets/{ticket.number}/claim/", {"renew": "1"})
    assert (refused.status_code, refused.json()["code"], refused.json()["by"]) == (409, "claimed", "Ben Okafor")


def test_taking_over_is_an_act_of_which_the_other_is_told(cast: Cast, ben: Client) -> None:
    ticket = cast.ticket()
    leases.claim(ticket, cast.ana)
    ben.post(f"/tickets/{ticket.number}/claim/", {"over": "1"})
    assert holder(ticket) == "Ben Okafor"
    told = Notice.objects.get()
    assert (told.person, told.kind, told.by) == (cast.ana, "taken_over", cast.ben)
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.facts) == ("ticket.taken_over", {"holder": cast.ana.ref})


def test_who_does_not_work_on_tickets_takes_nothing_over(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        take_over(cast.ticket(), cast.aud, by=cast.aud.actor())


def test_one_can_let_go_of_ones_own_alone(cast: Cast, client: Client, ben: Client) -> None:
    ticket = cast.ticket()
    leases.claim(ticket, cast.ana)
    ben.post(f"/tickets/{ticket.number}/let-go/")
    assert holder(ticket) == "Ana Ruiz"
    client.force_login(cast.ana)
    client.post(f"/tickets/{ticket.number}/let-go/")
    assert holder(ticket) == ""


def test_a_claim_bars_no_decision_and_ends_when_the_reply_is_out(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    leases.claim(draft.ticket, cast.ana)
    decision = approve(draft, by=cast.ben.actor(), seen=Seen(draft.version))
    assert decision.person == cast.ben
    hand_over_to_mail(decision)
    assert holder(draft.ticket) == ""


def test_who_takes_a_reply_back_still_has_the_ticket(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    leases.claim(draft.ticket, cast.ana)
    undo(approve(draft, by=cast.ana.actor(), seen=Seen(draft.version)), by=cast.ana.actor())
    assert holder(draft.ticket) == "Ana Ruiz"


def test_whoever_claims_it_while_the_reply_waits_keeps_it(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    decision = approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    leases.claim(draft.ticket, cast.ben)
    Claim.objects.update(since=decision.message.created_at + timedelta(seconds=5))
    hand_over_to_mail(decision)
    assert holder(draft.ticket) == "Ben Okafor"


def test_a_ticket_out_of_sight_cannot_be_claimed(cast: Cast, client: Client) -> None:
    client.force_login(cast.ana)
    assert client.post(f"/tickets/{cast.ticket(team=cast.returns).number}/claim/").status_code == 404
