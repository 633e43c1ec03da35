"""What is kept of somebody, and how it goes.

Each room says of each text column of its tables what becomes of it (`accounts_for`), and brings what makes it so
(`erases`); a test walks all models and fails on a column that nobody accounts for:

    accounts_for(Message, erased=("text", "text_hash"), ours=("disclosure_text",))

    @erases("ticket")
    def blank_messages(number: int) -> None: ...

It knows no ticket and no customer: nouns and keys are the rooms'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from pydantic import StringConstraints

from desk.actions import Actor, rank_of, record
from desk.data_keys import DataKey
from desk.idempotency import Answer
from desk.jobs import Job
from desk.ledger.kinds import Facts, because, kind
from desk.ledger.models import Anchor, Checkpoint, Cosignature, Entry, Key, Node, Salt, Sealer

Source = Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,20}(:[0-9A-Za-z_-]{1,64}){1,4}$")]
"""Where a text was kept, as `message:<id>:text`: what its salt said."""

NAMED_AT_ONCE = 200
"""Commitments that one entry names."""


because({"text": _("A text that is gone without an entry that says so would be a text that somebody made away with.")})


@kind("text.erased", says="{subject}: {count:text was|texts were} erased, with what would confirm them")
class TextErased(Facts):
    """`seqs` are the entries that committed to them: from here on these commitments open no more, and that is right."""

    count: int
    sources: list[Source]
    seqs: list[int]


@dataclass(frozen=True, slots=True)
class Kept:
    """What becomes of the text columns of a table.

    `erased`: blanked with whom they are about, or the row goes. `ours`: codes, hashes of nothing personal, and the
    organisation's own words.
    """

    erased: frozenset[str]
    ours: frozenset[str]


K = TypeVar("K")
_kept: dict[str, Kept] = {}
_erasers: dict[str, list[tuple[int, Callable[[Any], None]]]] = {}


def accounts_for(model: type[Model], *, erased: Iterable[str] = (), ours: Iterable[str] = ()) -> None:
    """Say what becomes of a table's text columns. What has `choices`, or is a key, needs no word."""
    _kept[model._meta.label_lower] = Kept(frozenset(erased), frozenset(ours))  # noqa: SLF001 - documented by Django


def accounted() -> dict[str, Kept]:
    """What was said, by the model's label."""
    return dict(_kept)


def erases(noun: str) -> Callable[[Callable[[K], None]], Callable[[K], None]]:
    """Register what a room does when one of these is erased, inside the erasing action."""

    def register(eraser: Callable[[K], None]) -> Callable[[K], None]:
        _erasers.setdefault(noun, []).append((rank_of(eraser.__module__), eraser))
        return eraser

    return register


def erase(noun: str, key: object) -> None:
    """Run every room's eraser of this noun, upper rooms first: what they hold refers to what lower ones hold."""
    for _rank, eraser in sorted(_erasers.get(noun, ()), key=lambda pair: -pair[0]):
        eraser(key)


def erase_commitments(*, thread: str = "", sources: Iterable[str] = (), subject: str, by: Actor) -> int:
    """Inside an erasing action: what entries of a thread, or about these sources, commit to opens no more. Says so by name.

    Takes the salts alone; the texts are the erasers'. Returns how many.
    """
    salts = (
        Salt.objects.filter(seq__in=Entry.objects.filter(thread=thread).values("seq"))
        if thread
        else Salt.objects.filter(source__in=list(sources))
    )
    found = list(salts.order_by("seq", "pk").values_list("pk", "seq", "source"))
    for begin in range(0, len(found), NAMED_AT_ONCE):
        some = found[begin : begin + NAMED_AT_ONCE]
        Salt.objects.filter(pk__in=[pk for pk, _seq, _source in some]).delete()
        record(
            TextErased(
                count=len(some),
                sources=sorted({source for _pk, _seq, source in some}),
                seqs=sorted({seq for _pk, seq, _source in some}),
            ),
            by=by,
            subject=subject,
            thread=thread,
        )
    return len(found)


def forget_jobs(thread: str) -> None:
    """Jobs that have come to their end; their keys are numbers, but nobody needs them any more."""
    Job.objects.filter(thread=thread, state__in=[Job.State.DONE, Job.State.DEAD]).delete()


# The frame's own tables. A job's key is a kind and a number; its error, the name of an exception or a code.
accounts_for(Job, ours=("kind", "key", "thread", "last_error"))
accounts_for(Answer, erased=("body", "request_hash", "about"), ours=("caller", "key"))
# Entries hold no personal text (a test over the kinds), and what they commit to is in nobody's hands without the salt.
accounts_for(Entry, ours=("kind", "actor", "subject", "thread", "facts", "commitments", "canonical", "leaf"))
accounts_for(Salt, erased=("salt", "source"), ours=("field",))
accounts_for(DataKey, erased=("owner", "wrapped"), ours=("master",))
# What is signed over entries, and by whom.
accounts_for(Key, ours=("name", "public"))
accounts_for(Checkpoint, ours=("root", "note"))
accounts_for(Node, ours=("hash",))
accounts_for(Cosignature, ours=("witness", "key", "line"))
accounts_for(Anchor, ours=("place", "error"))
accounts_for(Sealer, ours=("refuses",))
