"""Who is looking and who is writing, seen by colleagues at once and over soon after it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from django.utils import timezone

from accounts.models import Person
from conversations.teamwork import leases, notices
from conversations.teamwork.models import Claim
from conversations.tickets import actions
from desk.feed import presence
from tests.cast import Cast
from tests.feed.live import Frame, Live, LiveProcess, Page


def somebody(number: int, *, viewing: Sequence[Person], typing: Sequence[Person] = ()) -> Callable[[Frame], bool]:
    """Wants the frame that says that these people are at a ticket, and no others."""

    def people(some: Sequence[Person]) -> list[dict[str, str]]:
        return [{"id": str(person.pk), "name": person.name} for person in some]

    said = {"ticket": number, "viewing": people(viewing), "typing": people(typing)}
    return lambda frame: frame.get("presence") == said


@pytest.fixture
def other(company: Cast, own_database: str) -> Iterator[LiveProcess]:
    """A second process of the same desk."""
    server = LiveProcess(own_database)
    yield server
    server.stop()


def test_colleagues_see_who_looks_and_who_writes_and_that_it_is_over(company: Cast, live: Live) -> None:
    ticket = company.ticket()
    ana, ben = Page.of(company.ana, live, f"ticket:{ticket.number}"), Page.of(company.ben, live, "queue:todo")
    ana.say({"viewing": ticket.number})
    ben.hear(somebody(ticket.number, viewing=[company.ana]))
    ana.say({"typing": ticket.number})
    ben.hear(somebody(ticket.number, viewing=[company.ana], typing=[company.ana]))
    ben.hear(somebody(ticket.number, viewing=[company.ana]), within=9)
    ana.leave()
    ben.hear(somebody(ticket.number, viewing=[]))


def test_who_comes_later_is_told_who_is_there(company: Cast, live: Live) -> None:
    ticket = company.ticket()
    ana = Page.of(company.ana, live)
    ana.say({"viewing": ticket.number})
    ben = Page.of(company.ben, live, f"ticket:{ticket.number}")
    ben.hear(somebody(ticket.number, viewing=[company.ana]))


def test_colleagues_see_who_has_a_ticket_and_that_it_is_over(company: Cast, live: Live, other: LiveProcess) -> None:
    ticket, unseen = company.ticket(), company.ticket(team=company.returns)
    ana = Page.of(company.ana, live, "queue:todo")
    sam = Page.of(company.sam, other, f"ticket:{ticket.number}")
    leases.claim(unseen, company.ben)
    leases.claim(ticket, company.ben)
    claim = {"id": str(company.ben.pk), "name": "Ben Okafor"}
    said = {"ticket": ticket.number, "viewing": [], "typing": [], "claim": claim}
    for page in (ana, sam):
        page.hear(lambda frame: frame.get("presence") == said)
    Claim.objects.update(until=timezone.now())
    for page in (ana, sam):
        page.hear(somebody(ticket.number, viewing=[]))
    assert not any(frame.get("presence", {}).get("ticket") == unseen.number for frame in ana.told)


def test_the_bell_counts_what_a_person_was_told_and_sees(company: Cast, live: Live) -> None:
    ticket = company.ticket()
    ben = Page.of(company.ben, live, "queue:todo")
    ben.hear(lambda frame: frame.get("counts", {}).get("bell") == 0)
    actions.add_note(ticket, text="@Ben Okafor", by=company.ana.actor())
    ben.hear(lambda frame: frame.get("counts", {}).get("bell") == 1)
    notices.see(company.ben, ticket)
    ben.hear(lambda frame: frame.get("counts", {}).get("bell") == 0)


def test_a_page_shows_one_ticket_at_a_time_or_none(company: Cast, live: Live) -> None:
    one, other = company.ticket(), company.ticket()
    ana, ben = Page.of(company.ana, live), Page.of(company.ben, live, "queue:todo")
    ana.say({"viewing": one.number})
    ben.hear(somebody(one.number, viewing=[company.ana]))
    ana.say({"viewing": other.number})
    ben.hear(lambda frame: "presence" in frame)
    ben.hear(lambda frame: "presence" in frame)
    said = [frame["presence"] for frame in ben.told if "presence" in frame]
    assert {each["ticket"]: len(each["viewing"]) for each in said} == {one.number: 0, other.number: 1}
    ana.say({"viewing": None})
    ben.hear(somebody(other.number, viewing=[]))


def test_presence_reaches_other_processes(company: Cast, live: Live, other: LiveProcess) -> None:
    ticket = company.ticket()
    ben = Page.of(company.ben, other, "queue:todo")
    ben.hear(lambda frame: "counts" in frame)
    ana = Page.of(company.ana, live)
    ana.say({"viewing": ticket.number})
    ben.hear(somebody(ticket.number, viewing=[company.ana]))
    ana.leave()
    ben.hear(somebody(ticket.number, viewing=[]))


def test_who_was_at_a_process_that_died_is_forgotten_soon(
    company: Cast, live: Live, other: LiveProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert presence.GOOD_FOR <= 15
    monkeypatch.setattr(presence, "GOOD_FOR", 4.0)
    ticket = company.ticket()
    ben = Page.of(company.ben, live, "queue:todo")
    Page.of(company.ana, other).say({"viewing": ticket.number})
    ben.hear(somebody(ticket.number, viewing=[company.ana]), within=8)
    other.process.kill()
    ben.hear(somebody(ticket.number, viewing=[]), within=15)


def test_nobody_hears_who_is_at_a_ticket_that_they_may_not_see(company: Cast, live: Live) -> None:
    ticket, shared = company.ticket(team=company.returns), company.ticket()
    ana = Page.of(company.ana, live, "queue:all", f"ticket:{ticket.number}")
    ben = Page.of(company.ben, live)
    ben.say({"viewing": ticket.number})
    ben.say({"viewing": shared.number})
    ana.hear(somebody(shared.number, viewing=[company.ben]))
    assert not any(frame.get("presence", {}).get("ticket") == ticket.number for frame in ana.told)


def test_who_may_not_see_a_ticket_cannot_be_at_it(company: Cast, live: Live) -> None:
    ticket, shared = company.ticket(team=company.returns), company.ticket()
    ben, ana = Page.of(company.ben, live, "queue:all"), Page.of(company.ana, live)
    ana.say({"viewing": ticket.number})
    ana.say({"typing": ticket.number})
    ana.say({"typing": shared.number})
    ben.hear(somebody(shared.number, viewing=[], typing=[company.ana]))
    assert not any(frame.get("presence", {}).get("ticket") == ticket.number for frame in ben.told)


def test_when_a_ticket_moves_those_who_lose_it_are_no_longer_shown_at_it(company: Cast, live: Live) -> None:
    ticket = company.ticket()
    ben, ana = Page.of(company.ben, live, "queue:all"), Page.of(company.ana, live, f"ticket:{ticket.number}")
    ana.say({"viewing": ticket.number})
    ben.hear(somebody(ticket.number, viewing=[company.ana]))
    actions.set_team(ticket, company.returns, by=company.ben.actor())
    ben.hear(somebody(ticket.number, viewing=[]))
