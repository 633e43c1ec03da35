"""The customer's choices: people only, allowed again, a person for one request; and what each of them stops."""

from __future__ import annotations

from django.test import Client

from conversations.models import Draft, Sending
from conversations.privacy.actions import ask_for_person
from conversations.tickets.actions import set_consent, set_policy, set_status
from conversations.tickets.states import Status
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from tests.cast import Cast
from tests.portal.letters import approved_reply, prepared_draft, send, written_reply
from tests.portal.pages import entries, page_of, read, words


def test_people_only_holds_for_every_ticket_and_is_in_the_ledger(client: Client, cast: Cast) -> None:
    ticket, other = cast.ticket(), cast.ticket()
    drafts = [prepared_draft(ticket), prepared_draft(other)]
    client.post(f"{page_of(ticket)}people-only/")
    assert (cast.carla.ai_consent, cast.carla.ai_consent_source) == (False, "ticket_page")
    assert cast.carla.ai_consent_at is not None
    assert {Draft.objects.get(pk=draft.pk).state for draft in drafts} == {"withdrawn"}
    entry = Entry.objects.get(kind="customer.consent_set")
    assert (entry.actor, entry.facts) == (f"customer:{cast.carla.pk}", {"consent": "no", "source": "ticket_page"})
    for each in (ticket, other):
        page = words(read(client, page_of(each)))
        assert "Only people answer you." in page
        assert "I want a person" not in page


def test_people_only_takes_back_a_drafted_reply_that_still_waits(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    reply = approved_reply(ticket, cast.ana)
    client.post(f"{page_of(ticket)}people-only/")
    assert Sending.objects.get(message=reply).state == "withdrawn"
    ticket.refresh_from_db()
    assert ticket.lane == "write"


def test_people_only_leaves_the_due_time_where_it_was(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    due = ticket.due_at
    client.post(f"{page_of(ticket)}people-only/")
    ticket.refresh_from_db()
    assert ticket.due_at == due


def test_people_only_said_twice_is_written_down_once(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    for _ in range(2):
        assert client.post(f"{page_of(ticket)}people-only/").status_code == 302
    assert entries().count("customer.consent_set") == 1


def test_after_people_only_no_draft_is_asked_for(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    client.post(f"{page_of(ticket)}people-only/")
    before = Draft.objects.count()
    client.post(f"{page_of(ticket)}write/", {"message": "Anything new about my refund?"})
    assert Draft.objects.count() == before


def test_it_can_be_allowed_again(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    client.post(f"{page_of(ticket)}people-only/")
    assert "Allow drafts by AI again" in read(client, page_of(ticket))
    client.post(f"{page_of(ticket)}allow/")
    assert cast.carla.ai_consent is True
    assert "People only from now on" in read(client, page_of(ticket))


def test_under_the_policy_consent_the_page_asks_who_was_never_asked(client: Client, cast: Cast) -> None:
    set_policy(ai_consent="consent", by=cast.ada.actor())
    ticket = cast.ticket()
    page = words(read(client, page_of(ticket)))
    assert "No AI is given anything of yours as long as you have not said yes." in page
    assert "Yes, AI may prepare drafts" in page
    assert "People only from now on" in page
    client.post(f"{page_of(ticket)}allow/")
    assert cast.carla.ai_consent is True


def test_a_person_for_this_ticket_takes_the_draft_away_and_leaves_the_customer_as_they_are(
    client: Client, cast: Cast
) -> None:
    ticket, other = cast.ticket(), cast.ticket()
    draft, untouched = prepared_draft(ticket), prepared_draft(other)
    client.post(f"{page_of(ticket)}person/")
    ticket.refresh_from_db()
    assert ticket.kept_for_people == "asked_for_person"
    assert Draft.objects.get(pk=draft.pk).state == "withdrawn"
    assert Draft.objects.get(pk=untouched.pk).state == "pending_review"
    assert cast.carla.ai_consent is None
    page = words(read(client, page_of(ticket)))
    assert "A person answers this request, without any AI." in page
    assert "I want a person" not in page


def test_who_asks_for_a_person_after_an_answer_waits_for_one_again(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    send(approved_reply(ticket, cast.ana))
    client.post(f"{page_of(ticket)}person/")
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.lane_why, ticket.status) == ("write", "asked_for_person", Status.OPEN)
    assert ticket.due_at is not None
    assert "We are working on it" in words(read(client, page_of(ticket)))


def test_who_asks_for_a_person_again_after_a_persons_answer_waits_again(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    client.post(f"{page_of(ticket)}person/")
    send(written_reply(ticket, cast.ana, "It is on its way."))
    assert "I want a person" in read(client, page_of(ticket))
    client.post(f"{page_of(ticket)}person/")
    ticket.refresh_from_db()
    assert ticket.lane == "write"


def test_a_solved_ticket_is_opened_by_asking_for_a_person(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    set_status(ticket, "solved", by=cast.ana.actor())
    client.post(f"{page_of(ticket)}person/")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.lane) == ("open", "write")


def test_asking_for_a_person_does_not_move_the_due_time(cast: Cast) -> None:
    ticket = cast.ticket()
    due = ticket.due_at
    assert ask_for_person(ticket, by=SYSTEM).due_at == due


def test_one_customers_choice_is_nobody_elses(client: Client, cast: Cast) -> None:
    mine, theirs = cast.ticket(), cast.ticket(email="other@example.com")
    set_consent(theirs.customer, consent=True, source="form", by=SYSTEM)
    client.post(f"{page_of(mine)}people-only/")
    theirs.customer.refresh_from_db()
    assert theirs.customer.ai_consent is True
