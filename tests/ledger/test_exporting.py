"""Taking entries out of the house: what is in the files, and that it is on record before anything leaves."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from typing import Any

import pytest
from django.test import AsyncClient, Client

from conversations.oversight import exporting
from conversations.oversight.exporting import COLUMNS, defused
from desk.ledger.models import Entry
from tests.cast import CARLA, Cast


@pytest.fixture
def aud(cast: Cast, client: Client) -> Client:
    client.force_login(cast.aud)
    return client


def content(answer: Any) -> str:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


def test_json_holds_each_entry_of_the_search_and_nothing_of_the_export_itself(
    aud: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    cast.ticket()
    wanted = list(Entry.objects.order_by("seq"))
    answer = aud.post("/ledger/export/", {"format": "json"})
    assert answer["Content-Disposition"] == f'attachment; filename="ledger-to-{wanted[-1].seq}.jsonl"'
    told = [json.loads(line) for line in content(answer).splitlines()]
    assert [(each["seq"], each["canonical"], each["facts"]) for each in told] == [
        (entry.seq, entry.canonical, entry.facts) for entry in wanted
    ]
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.actor) == ("entries.exported", cast.aud.ref)
    assert entry.facts == {
        "entries": len(wanted),
        "up_to": wanted[-1].seq,
        "format": "json",
        "narrowed_by": [],
    }
    assert f"Aud Berger exported {len(wanted)} entries of the ledger" in aud.get("/ledger/").content.decode()


def test_csv_holds_the_same_narrowed_and_says_of_the_filters_their_names_alone(aud: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    answer = aud.post("/ledger/export/", {"format": "csv", "query": f"ticket={ticket.number}&customer={CARLA}"})
    text = content(answer)
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    assert tuple(head) == COLUMNS
    own = Entry.objects.filter(thread=ticket.ref).order_by("seq")
    assert [int(row[0]) for row in rows] == [entry.seq for entry in own]
    assert [row[-1] for row in rows] == [bytes(entry.leaf).hex() for entry in own]
    kept = Entry.objects.latest("seq")
    assert kept.facts["narrowed_by"] == ["customer", "ticket"]
    assert CARLA not in kept.canonical


def test_sentences_are_in_the_language_of_who_exports(aud: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    query = {"format": "json", "query": f"ticket={ticket.number}"}
    answer = aud.post("/ledger/export/", query, headers={"accept-language": "de"})
    assert f"hat Ticket {ticket.number} über" in content(answer)


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(cell: str) -> None:
    assert defused(cell) == f"'{cell}"
    assert defused(f"a{cell}") == f"a{cell}"


def test_a_person_who_is_called_like_a_formula_stays_a_name(aud: Client, cast: Cast) -> None:
    from accounts.actions import add_person
    from desk.actions import SYSTEM

    name = '=HYPERLINK("http://evil.example","Ana")'
    person = add_person(email="evil@desk.test", name=name, roles=["agent"], password="demo", by=SYSTEM)
    cast.token(person, "tickets:read")
    rows = list(csv.reader(io.StringIO(content(aud.post("/ledger/export/", {"format": "csv"})))))
    cells = [cell for row in rows for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("fields", [{}, {"format": "xml"}, {"format": "csv", "query": "kind=nothing"}])
def test_what_cannot_be_exported_leaves_no_entry(aud: Client, fields: dict[str, str]) -> None:
    before = Entry.objects.latest("seq").seq
    answer = aud.post("/ledger/export/", fields)
    assert answer.status_code == 400
    assert Entry.objects.latest("seq").seq == before


def test_it_is_streamed_under_asgi_too(company: Cast) -> None:
    async def parts() -> list[bytes]:
        client = AsyncClient()
        await client.aforce_login(company.aud)
        answer = await client.post("/ledger/export/", {"format": "json"})
        assert answer.is_async, "or Django would gather all of it first"
        return [part async for part in answer.streaming_content]

    told = [json.loads(line) for line in b"".join(asyncio.run(parts())).splitlines()]
    last = Entry.objects.get(kind="entries.exported")
    assert [each["seq"] for each in told] == list(range(1, last.seq))
    assert last.facts["entries"] == last.seq - 1
