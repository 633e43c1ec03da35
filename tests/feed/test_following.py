"""What a page is told of the topics that it follows."""

from __future__ import annotations

import time

from conversations.tickets import actions
from conversations.tickets.built_in import VIEWS
from conversations.tickets.kinds import TicketBreaching
from conversations.tickets.models import Ticket
from conversations.tickets.rows import rows_for
from desk import hints
from desk.actions import SYSTEM, Actor, action, record
from desk.ledger.models import Entry
from tests.cast import Cast
from tests.feed.live import Live, LiveProcess, Page, head, signed_in


def test_a_new_ticket_appears_as_the_row_that_a_fresh_page_would_show(company: Cast, live: Live) -> None:
    page = Page.of(company.ana, live, "queue:todo")
    ticket = company.ticket()
    frame = page.hear_change(ticket.number)
    row = rows_for([ticket.number])[ticket.number]
    assert frame["kind"] == "ticket.opened"
    assert {"queue:todo", "queue:unassigned", "queue:all", f"ticket:{ticket.number}"} <= set(frame["in"])
    assert frame["key"] == row.lists["queue:todo"]
    assert frame["row"] == row.keyed(frame["key"])
    assert f'data-key="{frame["key"]}"' in frame["row"]
    assert f'data-seq="{head()}"' in frame["row"]


def test_a_row_comes_once_with_the_entries_of_one_action(company: Cast, live: Live) -> None:
    page, began = Page.of(company.ana, live, "queue:todo"), head()
    company.ticket()
    changes = [frame for frame in page.hear_up_to(head()) if "ticket" in frame]
    assert len(changes) > 1
    assert ["row" in frame for frame in changes] == [True] + [False] * (len(changes) - 1)
    late = Page.of(company.ana, live, "queue:todo", after=changes[0]["seq"])
    assert "row" in late.hear_up_to(head())[0]
    assert changes[0]["seq"] > began


def test_frames_come_in_the_order_of_the_ledger_and_each_once(company: Cast, live: Live) -> None:
    page, began = Page.of(company.ana, live, "queue:all"), head()
    for _ in range(3):
        company.ticket()
    page.hear_up_to(head())
    assert [frame["seq"] for frame in page.told if "ticket" in frame] == entries_since(began)


def test_a_ticket_that_leaves_a_list_is_named_as_gone_from_it(company: Cast, live: Live) -> None:
    ticket = company.ticket()
    page = Page.of(company.ana, live, "queue:todo")
    actions.set_status(ticket, "solved", by=company.ana.actor())
    frame = page.hear_change(ticket.number, kind="ticket.status_set")
    assert "queue:todo" in frame["gone"]
    assert "queue:solved" in frame["in"]
    assert "row" not in frame
    assert not set(frame["in"]) & set(frame["gone"])


def test_a_list_of_ones_own_is_called_mine_by_its_owner_alone(company: Cast, live: Live) -> None:
    ticket = company.ticket()
    ana, ben = Page.of(company.ana, live, "queue:mine"), Page.of(company.ben, live, "queue:mine")
    actions.assign(ticket, company.ana, by=company.ben.actor())
    frame = ana.hear_change(ticket.number, kind="ticket.assigned")
    assert "queue:mine" in frame["in"]
    assert frame["key"] == VIEWS["mine"].key(Ticket.objects.get(pk=ticket.number))
    frame = ben.hear_change(ticket.number, kind="ticket.assigned")
    assert "queue:mine" in frame["gone"]
    assert "row" not in frame
    assert str(company.ana.pk) not in str(frame["in"])
    ben.follow(f"queue:mine:{company.ana.pk}", after=head())
    actions.add_note(ticket, text="A note", by=company.ben.actor())
    ben.hear(lambda frame: frame.keys() == {"seq"})


def test_a_page_of_one_ticket_hears_of_it_and_of_no_other(company: Cast, live: Live) -> None:
    ticket, other = company.ticket(), company.ticket()
    page = Page.of(company.ana, live, f"ticket:{ticket.number}")
    actions.add_note(other, text="Another", by=company.ana.actor())
    actions.add_note(ticket, text="This one", by=company.ana.actor())
    frame = page.hear_change(ticket.number, kind="message.noted")
    assert "row" not in frame
    assert "counts" not in frame
    assert {told.get("ticket") for told in page.told} <= {None, ticket.number}


def test_counts_are_those_of_what_the_person_sees(company: Cast, live: Live) -> None:
    company.ticket()
    company.ticket(team=company.returns)
    ana, ben, sam = (Page.of(person, live, "queue:todo") for person in (company.ana, company.ben, company.sam))
    mine = company.ticket(team=None)
    actions.assign(mine, company.ana, by=company.ana.actor())
    for page, todo, own in ((ana, 2, 1), (ben, 3, 0), (sam, 3, 0)):
        frame = page.hear(
            lambda frame, todo=todo, own=own: (
                frame.get("counts", {}).get("queue:todo") == todo and frame["counts"]["queue:mine"] == own
            )
        )
        assert "queue:solved" not in frame["counts"]
        assert frame["counts"]["queue:unassigned"] == todo - 1


def test_entries_that_a_person_may_not_see_move_only_the_cursor_and_at_most_once_a_second(
    company: Cast, live: Live
) -> None:
    page = Page.of(company.ana, live, "queue:all")
    page.hear(lambda frame: "counts" in frame)
    ticket = company.ticket(team=company.returns)
    for text in ["One", "Two", "Three", "Four", "Five", "Six"]:
        actions.add_note(ticket, text=text, by=company.ben.actor())
        time.sleep(0.2)
    frames = page.hear_up_to(head())
    assert all(frame.keys() == {"seq"} for frame in frames)
    assert len(frames) <= 3


def test_what_was_missed_is_told_once_and_then_life_goes_on(company: Cast, live: Live) -> None:
    first = Page.of(company.ana, live, "queue:all")
    company.ticket()
    known = first.hear_up_to(head())[-1]["seq"]
    first.leave()
    missed = [company.ticket() for _ in range(4)]
    again = Page.of(company.ana, live, "queue:all", after=known)
    more = company.ticket()
    again.hear_up_to(head())
    assert not any("resync" in frame for frame in again.told)
    assert [frame["seq"] for frame in again.told if "ticket" in frame] == entries_since(known)
    assert {frame["ticket"] for frame in again.told if "row" in frame} == {each.number for each in [*missed, more]}


def test_a_server_that_has_just_started_tells_what_was_before_it(company: Cast, process: LiveProcess) -> None:
    known, ticket = head(), company.ticket()
    process.restart()
    page = Page.of(company.ana, process, "queue:todo", after=known)
    assert "queue:todo" in page.hear_change(ticket.number)["in"]
    assert "row" in page.told[-1]


def test_following_again_replaces_the_topics(company: Cast, live: Live) -> None:
    one, other = company.ticket(), company.ticket()
    page = Page.of(company.ana, live, f"ticket:{one.number}")
    page.follow(f"ticket:{other.number}", after=head())
    page.say({"ping": 1})
    actions.add_note(one, text="Unheard", by=company.ana.actor())
    actions.add_note(other, text="Heard", by=company.ana.actor())
    page.hear_change(other.number)
    assert not any(frame.get("ticket") == one.number for frame in page.told)


def test_without_a_cursor_or_with_one_from_the_future_a_page_is_told_to_begin_anew(company: Cast, live: Live) -> None:
    company.ticket()
    for after in (None, head() + 1000, head() - 5000):
        page = Page.of(company.ana, live, "queue:todo", after=after)
        assert page.hear(lambda frame: "resync" in frame) == {"resync": True, "seq": head()}
        assert page.told == [{"resync": True, "seq": head()}]
        ticket = company.ticket()
        page.hear_change(ticket.number)
        page.leave()


def test_a_cursor_2000_behind_is_caught_up_with_and_one_further_back_begins_anew(company: Cast, live: Live) -> None:
    ticket, cookie = company.ticket(), signed_in(company.ana)
    began = head()
    happen(ticket, 2_000, by=SYSTEM)
    for after, told in ((began, [*range(began + 1, began + 2_001)]), (began - 1, [])):
        page = Page.of(company.ana, live, f"ticket:{ticket.number}", after=after, cookie=cookie)
        page.hear_up_to(began + 2_000)
        assert [frame["seq"] for frame in page.told if "ticket" in frame] == told
        assert any("resync" in frame for frame in page.told) is not bool(told)


def test_a_changed_customer_changes_the_rows_of_their_tickets(company: Cast, live: Live) -> None:
    one, other = company.ticket(), company.ticket()
    page = Page.of(company.ana, live, "queue:todo")
    actions.change_customer(company.carla, name="Carla Smith", by=company.ana.actor())
    for number in (other.number, one.number):
        assert "Carla Smith" in page.hear_change(number, kind="customer.changed")["row"]


def test_a_hint_brings_news_at_once_and_without_hints_they_come_within_about_a_second(
    company: Cast, live: Live
) -> None:
    page = Page.of(company.ana, live, "queue:todo")
    page.hear(lambda frame: "counts" in frame)
    ticket, began = company.ticket(), time.monotonic()
    page.hear_change(ticket.number)
    hinted = time.monotonic() - began
    assert hints.flushed()
    after_commit, hints.after_commit = hints.after_commit, lambda *_: None
    try:
        ticket, began = company.ticket(), time.monotonic()
    finally:
        hints.after_commit = after_commit
    page.hear_change(ticket.number)
    assert hinted < 0.6
    assert time.monotonic() - began < 1.6


def test_a_ping_is_answered_with_its_number(company: Cast, live: Live) -> None:
    page = Page.of(company.ana, live)
    page.say({"ping": 17})
    assert page.hear(lambda frame: "pong" in frame) == {"pong": 17}


def test_what_makes_no_sense_goes_unanswered(company: Cast, live: Live) -> None:
    page = Page.of(company.ana, live, "queue:todo")
    for nonsense in ("no object", 7, [], {"viewing": "x"}, {"typing": {}}, {"ping": {"a": 1}}, {"x": 1}):
        page.say(nonsense)
    page.say({"follow": "queue:todo"})
    page.say({"follow": [1, None, "queue:none", "ticket:", "ticket:-1", f"ticket:{10**21}"], "after": head()})
    page.socket.send("{")
    page.socket.send("[" * 5000)
    page.socket.send(b"\x00\xff")
    page.follow("queue:todo", after=head())
    page.hear_change(company.ticket().number)


def entries_since(seq: int) -> list[int]:
    """The numbers of the entries about tickets."""
    there = Entry.objects.filter(seq__gt=seq, thread__startswith="ticket:")
    return list(there.order_by("seq").values_list("seq", flat=True))


@action("ticket.breaching")
def happen(ticket: Ticket, times: int, *, by: Actor) -> None:
    """Many entries about a ticket in one action."""
    for _ in range(times):
        record(TicketBreaching(minutes_left=1), by=by, subject=ticket.ref, thread=ticket.ref)
