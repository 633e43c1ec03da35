"""After deciding, on to the next ticket of the view: for who likes it so, past what colleagues have claimed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import set_preferences
from conversations.teamwork import leases, unsent
from conversations.teamwork.models import Unsent
from conversations.tickets.actions import assign
from conversations.tickets.models import Ticket
from desk.actions import SYSTEM
from tests.cast import Cast
from tests.drafts import pending_draft
from tests.invariants.test_walls import careless


@pytest.fixture
def three(cast: Cast) -> list[Ticket]:
    """Three tickets with drafts, by due time."""
    tickets = [cast.ticket(email=f"c{number}@example.com") for number in range(3)]
    for hours, ticket in enumerate(tickets):
        pending_draft(ticket)
        due = timezone.now() + timedelta(hours=1 + hours)
        careless(lambda ticket=ticket, due=due: Ticket.objects.filter(pk=ticket.pk).update(due_at=due), by=SYSTEM)
    return tickets


@pytest.fixture
def ana(client: Client, cast: Cast) -> Client:
    set_preferences(cast.ana, {"open_next": True}, by=cast.ana.actor())
    client.force_login(cast.ana)
    return client


def approved(client: Client, ticket: Ticket, **more: str) -> str:
    draft = ticket.drafts.latest("id")
    answer = client.post(f"/drafts/{draft.pk}/approve/", {"version": draft.version, **more})
    assert answer.status_code == 302, answer.content
    return answer.headers["Location"]


def address(ticket: Ticket, view: str = "") -> str:
    return f"/tickets/{ticket.number}/" + (f"?view={view}" if view else "")


def test_it_is_off_until_somebody_wants_it(client: Client, cast: Cast, three: list[Ticket]) -> None:
    client.force_login(cast.ana)
    assert approved(client, three[0], list="view=review") == address(three[0], "review")


def test_deciding_leads_to_the_next_one_and_from_the_last_to_the_first(ana: Client, three: list[Ticket]) -> None:
    assert approved(ana, three[1], list="view=review") == address(three[2], "review")
    assert approved(ana, three[2], list="view=review") == address(three[0], "review")


def test_what_a_colleague_has_claimed_is_passed_over(ana: Client, cast: Cast, three: list[Ticket]) -> None:
    assign(three[1], cast.ben, by=cast.ben.actor())
    assign(three[2], cast.ana, by=cast.ana.actor())
    assert approved(ana, three[0]) == address(three[2])


def test_what_a_colleague_is_at_is_passed_over(ana: Client, cast: Cast, three: list[Ticket]) -> None:
    leases.claim(three[1], cast.ben)
    assert approved(ana, three[0]) == address(three[2])


def test_what_was_sent_is_no_longer_kept_as_unsent_on_the_way_to_the_next(
    ana: Client, cast: Cast, three: list[Ticket]
) -> None:
    draft = three[0].drafts.latest("id")
    what = f"edit:{draft.pk}"
    kept = unsent.keep(cast.ana, three[0], what=what, text="Almost", known=None)
    fields = {"version": draft.version, "text": draft.text, "unsent": kept.pk if kept else "", "unsent_what": what}
    answer = ana.post(f"/drafts/{draft.pk}/edit/", fields)
    assert answer.headers["Location"] == address(three[1])
    assert not Unsent.objects.exists()


def test_what_is_not_theirs_to_see_is_passed_over(ana: Client, cast: Cast) -> None:
    mine, hidden = cast.ticket(), cast.ticket(team=cast.returns, email="x@example.com")
    pending_draft(mine)
    pending_draft(hidden)
    assert approved(ana, mine) == address(mine)


def test_a_narrowed_list_is_gone_on_in_and_stays_beside(ana: Client, three: list[Ticket]) -> None:
    first, second, third = three
    careless(lambda: Ticket.objects.filter(pk=second.pk).update(priority="low"), by=SYSTEM)
    narrowed = "view=todo&priority=normal"
    assert approved(ana, first, list=narrowed) == f"/tickets/{third.number}/?{narrowed}"


def test_a_list_that_is_not_there_any_more_is_no_reason_to_refuse(ana: Client, three: list[Ticket]) -> None:
    assert approved(ana, three[0], list="view=saved-999") == address(three[1])


def test_the_undo_toast_stands_on_the_next_page(ana: Client, three: list[Ticket]) -> None:
    page = ana.get(approved(ana, three[0], list="view=review")).content.decode()
    assert f"#{three[1].number}" in page
    assert f"Reply in #{three[0].number} goes out." in page
    assert "<undo-toast" in page


def test_where_nothing_else_waits_the_page_says_so(ana: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    pending_draft(ticket)
    where = approved(ana, ticket)
    assert where == address(ticket)
    assert "No further ticket waits in this view." in ana.get(where).content.decode()


def test_edits_replies_and_rejections_lead_on_too(ana: Client, cast: Cast, three: list[Ticket]) -> None:
    first, second, third = three
    draft = first.drafts.latest("id")
    changed = ana.post(f"/drafts/{draft.pk}/edit/", {"version": draft.version, "text": "Other words"})
    assert changed.headers["Location"] == address(second)
    draft = second.drafts.latest("id")
    reason = {"version": draft.version, "reason": "tone", "next": "escalate"}
    assert ana.post(f"/drafts/{draft.pk}/reject/", reason).headers["Location"] == address(third)
    seen = cast.last_message(third).pk
    draft = third.drafts.latest("id")
    reply = {"text": "My words", "last_seen": seen, "draft": draft.pk, "version": draft.version}
    assert ana.post(f"/tickets/{third.number}/reply/", reply).status_code == 302


def test_who_rejects_to_write_themselves_stays(ana: Client, three: list[Ticket]) -> None:
    draft = three[0].drafts.latest("id")
    reason = {"version": draft.version, "reason": "tone", "next": "write"}
    assert ana.post(f"/drafts/{draft.pk}/reject/", reason).headers["Location"] == address(three[0])


def test_a_refused_decision_leads_nowhere(ana: Client, three: list[Ticket]) -> None:
    draft = three[0].drafts.latest("id")
    answer = ana.post(f"/drafts/{draft.pk}/approve/", {"version": 1, "list": "view=review"})
    assert answer.status_code == 409
    assert f"#{three[0].number}" in answer.content.decode()
