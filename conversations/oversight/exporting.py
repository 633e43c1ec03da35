"""Entries as files: CSV for spreadsheets, JSON lines for programs. Streamed, so that a million need no memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import translation

from conversations.oversight.searching import Search
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry

AT_ONCE = 500
COLUMNS = ("seq", "at", "kind", "sentence", "actor", "subject", "thread", "facts", "commitments", "leaf")
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/x-ndjson"}
ENDINGS = {"csv": "csv", "json": "jsonl"}
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def stream(request: HttpRequest, search: Search, *, format: str, up_to: int) -> HttpResponse:  # noqa: A002
    """The file. Under ASGI Django would gather what a plain iterator gives before it sends any of it."""
    language = translation.get_language()
    parts = _parts(search, format, up_to, language)
    content = _in_threads(parts) if isinstance(request, ASGIRequest) else parts
    answer: Any = StreamingHttpResponse(content, content_type=TYPES[format])
    answer["Content-Disposition"] = f'attachment; filename="ledger-to-{up_to}.{ENDINGS[format]}"'
    answer["Cache-Control"] = "no-store"
    return cast("HttpResponse", answer)


def _parts(search: Search, format: str, up_to: int, language: str | None) -> Iterator[bytes]:  # noqa: A002
    if format == "csv":
        yield _csv([COLUMNS]).encode("utf-8-sig")  # spreadsheets tell by its mark that it is UTF-8
    for entries in search.stream(up_to=up_to, at_once=AT_ONCE):
        # The rest is made after the view has returned, where the language is another one.
        with translation.override(language):
            rows = [_row(entry, sentence) for entry, sentence in zip(entries, sentences(entries), strict=True)]
        if format == "csv":
            yield _csv([defused(_told(row[name])) for name in COLUMNS] for row in rows).encode()
        else:
            yield "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


async def _in_threads(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    step = sync_to_async(lambda: next(parts, None), thread_sensitive=True)
    while (part := await step()) is not None:
        yield part


def _row(entry: Entry, sentence: str) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "sentence": sentence,
        "actor": entry.actor,
        "subject": entry.subject,
        "thread": entry.thread,
        "facts": entry.facts,
        "commitments": entry.commitments,
        "leaf": bytes(entry.leaf).hex(),
        "canonical": entry.canonical,
    }


def _told(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def defused(cell: str) -> str:
    """A spreadsheet takes a cell that begins so for a formula, and would run what a customer called themselves."""
    return f"'{cell}" if cell.startswith(FORMULAS) else cell


def _csv(rows: Any) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
