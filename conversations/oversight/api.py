"""Stop switches and the ledger's entries over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TokenView, require_right, token_of
from accounts.models import Scope
from accounts.rights import Right
from accounts.tokens import Scopes
from conversations.drafting.actions import resume_drafting, stop_drafting
from conversations.drafting.models import Stop
from conversations.tickets.representations import PersonTold, told_person
from desk.api import BIGGEST, Asked, Told, Wanted, asked, page, wanted
from desk.api_schema import described
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry
from desk.once import Once, idempotent
from desk.problems import NotFound


class NewStop(Asked):
    """Where drafting shall stop, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"scope": "language", "value": "fr", "reason": "Wrong form of address."}]}
    )

    scope: Stop.Scope
    value: str | int | None = Field(
        default=None,
        description="Goes with every scope but `all`: id of a team, tag, language, or number of a settings version.",
    )
    reason: str = Field(min_length=1, max_length=2_000)


class StopTold(Told):
    """A stop that is in force."""

    id: int
    scope: Stop.Scope
    value: str | None
    reason: str
    by: PersonTold | None
    at: datetime


class StopPage(Told):
    next: str | None
    previous: str | None
    results: list[StopTold]


class Stops(TokenView):
    scopes: ClassVar[Scopes] = {"GET": (Scope.TICKETS_READ, Scope.ADMIN), "POST": Scope.ADMIN}

    @described("List stops in force", tag="Stops", wants=Wanted, tells={200: StopPage})
    def get(self, request: Request) -> Response:
        """Where drafting is stopped now, newest first; for supervisors, admins and auditors."""
        wish = wanted(request, Wanted)
        require_right(token_of(request).actor(), Right.STOP, Right.READ_LEDGER)
        found, links = page(request, _in_force().select_related("person"), size=wish.page_size)
        return Response(StopPage(**links, results=[_stop(stop) for stop in found]).as_json())

    @described("Stop drafting", tag="Stops", asks=NewStop, tells={201: StopTold}, once=True)
    @idempotent
    def post(self, request: Request, once: Once) -> Response:
        """From the answer on no model is asked there, and drafts that wait are taken out of use."""
        by, wish = token_of(request).actor(), asked(request, NewStop)
        value = "" if wish.value is None else str(wish.value)
        return once.act(
            lambda: stop_drafting(scope=wish.scope.value, value=value, reason=wish.reason, by=by),
            by=by,
            answer=lambda stop: Response(_stop(stop).as_json(), status=201),
        )


class OneStop(TokenView):
    scopes: ClassVar[Scopes] = {"DELETE": Scope.ADMIN}

    @described("End a stop", tag="Stops", tells={204: None}, found=True)
    def delete(self, request: Request, stop_id: int) -> Response:
        """Let drafting go on there. What waited meanwhile stays with people until somebody asks for a draft."""
        by = token_of(request).actor()
        require_right(by, Right.STOP)
        stop = _in_force().filter(pk=stop_id).first() if stop_id <= BIGGEST else None
        if stop is None:
            raise NotFound
        resume_drafting(stop, by=by)
        return Response(status=204)


class EntryTold(Told):
    """One thing that happened. `canonical` is the text that the ledger signs; everything else is read from it."""

    seq: int
    at: datetime
    kind: str
    sentence: str = Field(description="For people, with the names as they are now.")
    actor: str
    thread: str = Field(description="`ticket:<number>`, or empty.")
    facts: dict[str, Any]
    commitments: dict[str, str] = Field(description="SHA-256 of salt and text, of texts that are kept elsewhere.")
    canonical: str


class EntryPage(Told):
    next: str | None
    previous: str | None
    results: list[EntryTold]


class WantedEntries(Wanted):
    after: int = Field(default=0, ge=0, le=BIGGEST, description="Only entries with a greater `seq`.")


class Entries(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.LEDGER_READ}

    @described("Read the ledger", tag="Ledger", wants=WantedEntries, tells={200: EntryPage})
    def get(self, request: Request) -> Response:
        """What happened, in order, oldest first; for supervisors, admins and auditors."""
        wish = wanted(request, WantedEntries)
        require_right(token_of(request).actor(), Right.READ_LEDGER)
        found, links = page(request, Entry.objects.filter(seq__gt=wish.after), size=wish.page_size, ordering="seq")
        told = [_entry(entry, sentence) for entry, sentence in zip(found, sentences(found), strict=True)]
        return Response(EntryPage(**links, results=told).as_json())


def _in_force() -> Any:
    return Stop.objects.filter(ended_at__isnull=True)


def _stop(stop: Stop) -> StopTold:
    return StopTold(
        id=stop.pk,
        scope=Stop.Scope(stop.scope),
        value=stop.value or None,
        reason=stop.reason,
        by=told_person(stop.person),
        at=stop.created_at,
    )


def _entry(entry: Entry, sentence: str) -> EntryTold:
    return EntryTold(
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        sentence=sentence,
        actor=entry.actor,
        thread=entry.thread,
        facts=entry.facts,
        commitments=entry.commitments,
        canonical=entry.canonical,
    )
