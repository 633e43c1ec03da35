"""What people are writing, kept from one pause in their typing to the next. No act, so no action and no entry.

Two windows of one person never write over each other: a window writes on the row whose revision it knows, and otherwise
on a row of its own. The newest is what comes back by itself, the others are offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from conversations.teamwork.models import Unsent
from conversations.tickets.models import Ticket
from conversations.tickets.texts import MAX_TEXT
from desk.problems import Invalid

KEPT_FOR = timedelta(days=14)
MOST = 20
"""Texts of one person on one ticket; beyond, the oldest goes."""

_WHAT = re.compile(r"reply|note|hand_over|edit:[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Known:
    """The row that a window writes on, as it knows it."""

    id: int
    revision: int


class Gone(Exception):
    """The row was sent or discarded meanwhile: a save that was on its way must not bring it back."""


def keep(person: Person, ticket: Ticket, *, what: str, text: str, known: Known | None) -> Unsent | None:
    """Keep what a window has in a field; an empty text is given up. Returns the row that it writes on from now on.

    Raises Gone; a window that goes on writing saves anew, without a row.
    """
    if not _WHAT.fullmatch(what):
        raise Invalid(_("There is no such field."), errors={"what": ["reply, note, hand_over or edit:<draft>"]})
    if len(text) > MAX_TEXT:
        raise Invalid(_("The text is too long to be kept."), errors={"text": [f"at most {MAX_TEXT:,} characters"]})
    text = text.replace("\0", "")
    with transaction.atomic():
        rows = Unsent.objects.select_for_update(no_key=True).filter(person=person, ticket=ticket)
        mine = rows.filter(what=what, pk=known.id).first() if known else None
        if known and text.strip() and mine is None:
            raise Gone
        if mine and known and mine.revision != known.revision and not text.startswith(mine.text):
            mine = None  # Another window has been here since; its text stays.
        if not text.strip():
            if mine:
                mine.delete()
            return None
        if mine is None:
            mine = rows.filter(what=what, text=text).first() or Unsent(person=person, ticket=ticket, what=what)
        if mine.pk is not None:
            mine.revision += 1
        mine.text, mine.aside, mine.saved_at = text, False, timezone.now()
        mine.save()
        for beyond in rows.order_by("-saved_at", "-pk")[MOST:]:
            beyond.delete()
    return mine


def move(gone: Ticket, kept: Ticket) -> None:
    """A ticket was merged into another: what people were writing on it is offered to them there."""
    Unsent.objects.filter(ticket=gone).update(ticket=kept, aside=True)


def forget(person: Person, ticket: Ticket, *, what: str, row: int | None, sent: str) -> None:
    """A text was sent: its row goes, and whatever was its beginning.

    What else other windows hold stays, to be asked for: it no longer comes back by itself.
    """
    rows = Unsent.objects.filter(person=person, ticket=ticket, what=what)
    whole = _bare(sent)
    done = [each.pk for each in rows if each.pk == row or (whole and whole.startswith(_bare(each.text)))]
    rows.filter(pk__in=done).delete()
    rows.update(aside=True)


def _bare(text: str) -> str:
    return "".join(text.split())


def erase_old() -> int:
    """Erase what nobody has touched for two weeks. Returns how many."""
    gone, _ = Unsent.objects.filter(saved_at__lt=timezone.now() - KEPT_FOR).delete()
    return gone


def texts_of(person: Person, ticket: Ticket, *, draft: int | None = None) -> dict[str, list[dict[str, object]]]:
    """What a person has unsent on a ticket, by field, the newest first.

    What they wrote on a draft that is gone belongs to the reply, to be asked for.
    """
    found: dict[str, list[dict[str, object]]] = {}
    edit = f"edit:{draft}"
    for row in Unsent.objects.filter(person=person, ticket=ticket).order_by("-saved_at", "-pk"):
        left = row.what.startswith("edit:") and row.what != edit
        found.setdefault("reply" if left else row.what.partition(":")[0], []).append(as_json(row, aside=left))
    return found


def others(person: Person, ticket: Ticket, *, what: str, than: Unsent | None) -> list[dict[str, object]]:
    """What the person's other windows hold for the same field."""
    rows: Iterable[Unsent] = Unsent.objects.filter(person=person, ticket=ticket, what=what).order_by("-saved_at", "-pk")
    return [as_json(row) for row in rows if than is None or (row.pk != than.pk and row.text != than.text)]


def as_json(row: Unsent, *, aside: bool = False) -> dict[str, object]:
    return {
        "id": row.pk,
        "revision": row.revision,
        "what": row.what,
        "text": row.text,
        "aside": row.aside or aside,
        "at": row.saved_at.isoformat(),
    }
