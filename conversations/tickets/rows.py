"""The row that a ticket has in lists, and how many each has: the same for pages and the live feed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat, Left
from django.template.loader import get_template
from django.utils import timezone, translation

from conversations.tickets.built_in import PENDING, SNOOZED, VIEWS, WAITS
from conversations.tickets.kinds import SendingBegun, SendingSent
from conversations.tickets.models import Message, Ticket
from conversations.tickets.states import Lane, SendingState, Why
from desk.feed import registry
from desk.feed.registry import Heard, Row, Team
from desk.kept import Kept, Moment
from desk.layout import one_break
from desk.ledger.models import Entry
from desk.rows import Asked, Reading, one_of
from desk.statements import read_together

LAST_LINE = 120  # characters; a list shows one line of them

Part = Callable[[Iterable[tuple[Any, ...]]], Mapping[int, Mapping[str, Any]]]
_parts: list[tuple[Reading[Any], Part]] = []


def adds_to_rows(reading: Reading[Any]) -> Callable[[Part], Part]:
    """Register what an upper room knows of tickets by number for their rows: `blockers`, `hints`, `files`.

    The reading is of columns, and asked with `numbers`; the part makes of what it gave what a row shows.
    """

    def register(part: Part) -> Part:
        _parts.append((reading, part))
        return part

    return register


def rows_for(numbers: Collection[int]) -> dict[int, Row]:
    """The rows of these tickets as they are now, in the given order; numbers that do not exist are left out.

    The same for everybody who reads the same language: who may see them is not asked here.
    """
    return {number: row for number, (row, _customer) in _read(numbers).items()}


def rows_at(moment: Moment, numbers: Collection[int]) -> dict[int, Row]:
    """The same as they were at this moment or later, from what this process keeps: for pages, which show many of them."""
    return {number: row for number, (row, _customer) in _kept.get(numbers, moment, _read).items()}


def _read(numbers: Collection[int]) -> dict[int, tuple[Row, UUID]]:
    """Rows, each with its customer."""
    wanted = list(numbers)
    more: dict[int, dict[str, Any]] = {}
    with read_together():
        _merged.foresee_tuples(numbers=wanted)
        for reading, _part in _parts:
            reading.foresee_tuples(numbers=wanted)
        tickets = {each.number: each for each in _tickets.all(numbers=wanted, unlisted=registry.unlisted_kinds())}
        _take_in(tickets, dict(_merged.tuples(numbers=wanted)))
        for reading, part in _parts:
            for number, found in part(reading.tuples(numbers=wanted)).items():
                more.setdefault(number, {}).update(found)
    return {
        number: (
            Row(
                render=partial(_rendered, (*_shown(tickets[number]).items(), *more.get(number, {}).items())),
                team=_ref(tickets[number].team_id),
                lists=lists_of(tickets[number]),
            ),
            tickets[number].customer_id,
        )
        for number in numbers
        if number in tickets
    }


def _forget(rows: dict[int, tuple[Row, UUID]], entry: Heard) -> None:
    """A row shows its ticket, with messages and drafts, whose entries are of its thread; and names from elsewhere."""
    for thread in registry.threads_of(entry) if entry.thread else ():
        rows.pop(int(thread.partition(":")[2]), None)
    if entry.kind.startswith("customer."):
        customer = entry.subject.partition(":")[2]
        for number in [number for number, (_, of) in rows.items() if str(of) == customer]:
            del rows[number]
    elif entry.kind.startswith(("team.", "person.", "demo.")) and not entry.kind.startswith("person.signed_"):
        rows.clear()


KEPT = 2_000  # rows, of about 4 kB each
_kept: Kept[int, tuple[Row, UUID]] = Kept(forget=_forget, most=KEPT)

Frozen = tuple[tuple[str, Any], ...]


def _rendered(row: Frozen, language: str) -> str:
    return _made(row, language, timezone.get_current_timezone_name())


@lru_cache(maxsize=KEPT)
def _made(row: Frozen, language: str, zone: str) -> str:
    """What a row shows decides alone how it looks, so one that was made for a list or a socket serves all of this process.

    Making the fifty rows of a page anew is a quarter of what a page costs (81 ms of processor time without this, 61 with it).
    """
    with translation.override(language):
        return one_break(get_template("tickets/_row.html").render({"row": dict(row)}).strip())


def lists_of(ticket: Ticket) -> dict[str, str]:
    """The lists that a ticket is in, each with its sort key there."""
    if ticket.restricted:
        return {}
    return {view.list_of(ticket): view.key(ticket) for view in VIEWS.values() if view.holds(ticket)}


@registry.rows("ticket", topics=[view.topic for view in VIEWS.values()])
def rows(threads: Collection[str]) -> dict[str, Row]:
    found = rows_for([int(thread.partition(":")[2]) for thread in threads])
    return {f"ticket:{number}": row for number, row in found.items()}


@registry.counts
def counts() -> dict[str, dict[Team, int]]:
    """How many tickets of each team are in each list that is counted; one's own list by the person's id."""
    counted = [view for view in VIEWS.values() if view.counted and not view.personal]
    found: dict[str, dict[Team, int]] = {view.topic: {} for view in counted}
    for among in (WAITS, PENDING, SNOOZED):
        here = [view for view in counted if view.among == among]
        totals = {view.name: Count("number", filter=view.which) for view in here}
        by_team = Ticket.objects.filter(among, restricted=False).values("team").annotate(**totals).order_by()
        for team, *numbers in by_team.values_list("team", *totals):
            for view, number in zip(here, numbers, strict=True):
                if number:
                    found[view.topic][_ref(team)] = number
    mine = VIEWS["mine"]
    for assignee, team, number in (
        Ticket.objects.filter(mine.which, restricted=False)
        .values("assignee", "team")
        .annotate(n=Count("number"))
        .values_list("assignee", "team", "n")
        .order_by()
    ):
        found.setdefault(f"{mine.topic}:{assignee}", {})[_ref(team)] = number
    return found


@registry.moves("ticket.team_set")
def team_before(facts: Mapping[str, Any]) -> Team:
    return None if facts["before"] == "no_team" else str(facts["before"])


registry.unlisted(SendingBegun.kind, SendingSent.kind)


@registry.touches(
    "customer.changed",
    "customer.consent_set",
    "customer.erasure_requested",
    "customer.erasure_cancelled",
    "customer.erased",
)
def tickets_of_customer(heard: Heard) -> Iterable[str]:
    """Rows show the customer; those of the latest tickets, which is what open pages show."""
    found = Ticket.objects.filter(customer=UUID(heard.subject.partition(":")[2])).order_by("-number")[:100]
    return [f"ticket:{number}" for number in found.values_list("number", flat=True)]


def _ref(team_id: int | None) -> Team:
    return None if team_id is None else f"team:{team_id}"


def _said() -> QuerySet[Message]:
    """Our own canned words say nothing of a ticket, and what was taken back was never said."""
    return Message.objects.filter(notice="").exclude(sending__state=SendingState.WITHDRAWN)


_NUMBERS: Any = Asked("numbers")
_last = _said().filter(ticket=OuterRef("number")).order_by("-id")
# With what a row shows of them, in one statement: the number of the last entry that may have changed it fits what is shown.
_tickets: Reading[Any] = Reading(
    Ticket.objects.select_related("customer", "team", "assignee")
    .annotate(
        seq=Subquery(
            Entry.objects.filter(thread=Concat(Value("ticket:"), Cast(OuterRef("number"), TextField())))
            .exclude(one_of("kind", Asked("unlisted")))
            .order_by("-seq")
            .values("seq")[:1]
        ),
        last_id=Subquery(_last.values("id")[:1]),
        last_text=Subquery(_last.values(start=Left("text", 4 * LAST_LINE))[:1]),
    )
    .filter(one_of("number", _NUMBERS))
)
_merged = Reading(
    Ticket.objects.filter(one_of("merged_into_id", _NUMBERS), restricted=False, customer=F("merged_into__customer"))
    .order_by()
    .values_list("number", "merged_into")
)


def _take_in(tickets: Mapping[int, Any], into: Mapping[int, int]) -> None:
    """Whoever was merged into a ticket may have said its last word; what another customer said is not for all who see it.

    `into` says into which ticket each was merged.
    """
    if not into:
        return
    said = _said().filter(ticket__in=into).order_by("ticket", "-id").distinct("ticket")
    for source, key, text in said.values_list("ticket", "id", Left("text", 4 * LAST_LINE)):
        ticket = tickets[into[source]]
        if key > (ticket.last_id or 0):
            ticket.last_id, ticket.last_text = key, text


class Assignee(NamedTuple):
    id: UUID
    name: str


def _shown(ticket: Any) -> dict[str, Any]:
    """What templates/tickets/_row.html shows. The key is left empty: it depends on the list that shows the row."""
    return {
        "number": ticket.number,
        "seq": ticket.seq or 0,
        "key": "",
        "url": f"/tickets/{ticket.number}/",
        "customer": ticket.customer.display_name,
        "subject": ticket.subject,
        "last_line": " ".join((ticket.last_text or "").split())[:LAST_LINE],
        "waiting_since": ticket.waiting_since if ticket.lane else None,
        "due_at": ticket.due_at,
        "breaching": VIEWS["breaching"].holds(ticket),
        "status": ticket.status,
        "priority": ticket.priority,
        "language": ticket.language,
        "team": ticket.team.name if ticket.team else "",
        "assignee": Assignee(ticket.assignee.pk, ticket.assignee.name) if ticket.assignee else None,
        "draft": {Lane.REVIEW: "ready", Lane.DRAFTING: "preparing"}.get(Lane(ticket.lane), ""),
        "no_draft_because": ticket.lane_why if ticket.lane == Lane.WRITE and ticket.lane_why not in _TOLD_APART else "",
        "sending": _SENDINGS.get(ticket.lane_why, "") if ticket.lane == Lane.TROUBLE else "",
        "escalated": bool(ticket.lane) and ticket.lane_why == Why.ESCALATED,
        "spam": ticket.is_spam,
        "merged": ticket.merged_into_id or 0,
        "wrong": bool(ticket.lane) and ticket.lane_why == Why.CONCERN,
    }


_TOLD_APART = {Why.NONE, Why.CONCERN, Why.ESCALATED}
_SENDINGS: dict[str, str] = {Why.SENDING_FAILED: "failed", Why.SENDING_UNKNOWN: "unknown"}
