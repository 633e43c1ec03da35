"""A change of every ticket of a list: a job that goes on by itself, is stopped, and taken back where no colleague has been."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.actions import leave_team
from conversations.tickets.actions import mark_spam, set_status
from conversations.tickets.actions.bulk import begin_bulk, change_one, outcomes, stop_bulk, undo_bulk
from conversations.tickets.bulk import Bulk, BulkTicket
from conversations.tickets.models import Ticket
from desk.jobs import Job, run
from desk.ledger.models import Entry
from desk.problems import Invalid
from tests.cast import Cast


def worked(bulk: Bulk) -> dict[str, int]:
    """Have the job done, as a worker does it."""
    for job in Job.objects.filter(kind__startswith="bulk.", state="queued").order_by("pk"):
        run(job.pk)
    bulk.refresh_from_db()
    return {name: number for name, number in outcomes(bulk).items() if number}


def begun(cast: Cast, tickets: list[Ticket], *, field: str = "status", value: str = "solved") -> Bulk:
    numbers = [each.number for each in tickets]
    return begin_bulk(numbers, field=field, value=value, view="all", query="view=all", by=cast.ana.actor())


def statuses(tickets: list[Ticket]) -> list[str]:
    return [Ticket.objects.get(pk=each.pk).status for each in tickets]


def test_every_ticket_is_changed_and_what_is_refused_is_said(cast: Cast) -> None:
    tickets = [cast.ticket() for _ in range(4)]
    mark_spam(tickets[1], by=cast.ben.actor())
    set_status(tickets[2], "closed", by=cast.ben.actor())
    bulk = begun(cast, tickets, value="closed")
    assert worked(bulk) == {"done": 2, "already": 1, "skipped": 1}
    assert bulk.state == "done"
    assert BulkTicket.objects.get(bulk=bulk, ticket=tickets[1]).why == "is_spam"
    said = Entry.objects.filter(kind__startswith="bulk.").order_by("seq").values_list("kind", flat=True)
    assert list(said) == ["bulk.begun", "bulk.ended"]
    assert Entry.objects.filter(kind="ticket.status_set", actor=str(cast.ana.actor())).count() == 2


def test_taken_back_it_overwrites_no_colleague(cast: Cast) -> None:
    tickets = [cast.ticket() for _ in range(3)]
    bulk = begun(cast, tickets)
    worked(bulk)
    set_status(tickets[1], "closed", by=cast.ben.actor())
    undo_bulk(bulk, by=cast.ana.actor())
    assert worked(bulk) == {"undone": 2, "kept": 1}
    assert (bulk.state, statuses(tickets)) == ("undone", ["new", "closed", "new"])
    assert BulkTicket.objects.get(bulk=bulk, ticket=tickets[1]).why == "changed_since"


def test_tags_of_a_colleague_stay_when_it_is_taken_back(cast: Cast) -> None:
    tickets = [cast.ticket(tags=["vip"]), cast.ticket()]
    bulk = begun(cast, tickets, field="tags", value="vip,refund")
    worked(bulk)
    assert [Ticket.objects.get(pk=each.pk).tags for each in tickets] == [["vip", "refund"], ["vip", "refund"]]
    undo_bulk(bulk, by=cast.ana.actor())
    worked(bulk)
    assert [Ticket.objects.get(pk=each.pk).tags for each in tickets] == [["vip"], []]


def test_stopped_it_leaves_the_rest_and_can_be_taken_back(cast: Cast) -> None:
    tickets = [cast.ticket() for _ in range(3)]
    bulk = begun(cast, tickets)
    stop_bulk(bulk, by=cast.ana.actor())
    assert worked(bulk) == {"waiting": 3}
    assert (bulk.state, statuses(tickets)) == ("stopped", ["new"] * 3)


def test_a_worker_that_died_half_way_does_nothing_twice(cast: Cast) -> None:
    tickets = [cast.ticket() for _ in range(3)]
    bulk = begun(cast, tickets)
    first = BulkTicket.objects.select_related("bulk").get(bulk=bulk, ticket=tickets[0])
    change_one(first, tickets[0], by=cast.ana.actor(via="task"))
    assert worked(bulk) == {"done": 3}
    assert Entry.objects.filter(kind="ticket.status_set").count() == 3


def test_who_loses_sight_of_a_ticket_meanwhile_changes_it_no_more(cast: Cast) -> None:
    tickets = [cast.ticket(), cast.ticket(team=None)]
    bulk = begun(cast, tickets)
    leave_team(cast.orders, cast.ana, by=cast.ada.actor())
    assert worked(bulk) == {"done": 1, "skipped": 1}
    assert statuses(tickets) == ["new", "solved"]


def test_none_and_too_many_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid):
        begun(cast, [])
    monkeypatch.setattr("conversations.tickets.actions.bulk.MOST", 1)
    with pytest.raises(Invalid) as refused:
        begun(cast, [cast.ticket(), cast.ticket()])
    assert "Narrow it" in str(refused.value.detail)


def test_all_means_the_list_as_it_is_narrowed_and_not_what_is_shown(cast: Cast, client: Client) -> None:
    wanted = [cast.ticket(tags=["late"]) for _ in range(3)]
    other, hidden = cast.ticket(), cast.ticket(tags=["late"], team=cast.returns)
    client.force_login(cast.ana)
    form: dict[str, Any] = {"set": "status:solved", "all": "1", "list": "view=todo&tag=late", "ticket": [other.number]}
    answer = client.post("/tickets/set/", form)
    bulk = Bulk.objects.get()
    assert answer["Location"] == f"/queue/bulk/{bulk.pk}/"
    assert worked(bulk) == {"done": 3}
    assert statuses([*wanted, other, hidden]) == ["solved"] * 3 + ["new"] * 2
    page = client.get(answer["Location"]).content.decode()
    assert "3 tickets changed." in page
    assert "Status: Solved" in page
    assert "/queue/todo/?tag=late" in page
    assert "data-at-work" not in client.get(f"/queue/bulk/{bulk.pk}/progress/").content.decode()


def test_a_bulk_change_is_its_makers_alone(cast: Cast, client: Client) -> None:
    bulk = begun(cast, [cast.ticket()])
    client.force_login(cast.ben)
    assert client.get(f"/queue/bulk/{bulk.pk}/").status_code == 404
    assert client.post(f"/queue/bulk/{bulk.pk}/stop/").status_code == 404
    client.force_login(cast.ana)
    assert client.post(f"/queue/bulk/{bulk.pk}/stop/").status_code == 302
    assert client.post(f"/queue/bulk/{bulk.pk}/stop/").status_code == 409
