"""The explorer: what each filter finds, a page at a time, how far each entry is proved, and what hostile addresses get."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations.oversight.models import SavedSearch
from conversations.oversight.searching import NAMES, Search
from desk.actions import SYSTEM
from desk.erasing import erase
from desk.ledger import seal
from desk.ledger.models import Checkpoint, Cosignature, Entry
from desk.ledger.notes import COSIGNED, Note, Signer
from tests.cast import CARLA, Cast
from tests.drafts import pending_draft
from tests.invariants.test_walls import careless
from tests.ledger.conftest import keyed, outside

__all__ = ["keyed", "outside"]


@pytest.fixture
def aud(cast: Cast, client: Client) -> Client:
    client.force_login(cast.aud)
    return client


def found(**asked: Any) -> list[Entry]:
    search = Search.of({name: str(value) for name, value in asked.items()})
    assert not search.faults
    newest = search.newest(500)
    assert newest == [*search.oldest(500, after=0)][::-1], "both ways are the same"
    head = Entry.objects.latest("seq").seq
    assert search.count(up_to=head) == len(newest)
    assert [entry for some in search.stream(up_to=head, at_once=3) for entry in some] == newest[::-1]
    return newest


def test_a_person_is_found_as_who_acted_and_as_whom_it_is_about(cast: Cast) -> None:
    cast.token(cast.ana, "tickets:read")
    told = found(person=cast.ana.pk)
    assert {"person.added", "token.issued"} <= {entry.kind for entry in told}
    assert all(cast.ana.ref in {entry.actor, entry.subject} for entry in told)
    assert {cast.ana.ref} == {entry.actor for entry in found(person=cast.ana.pk, kind="token.issued")}


def test_a_kind_and_a_whole_noun(cast: Cast) -> None:
    cast.ticket()
    assert {entry.kind for entry in found(kind="ticket.opened")} == {"ticket.opened"}
    assert {entry.kind for entry in found(kind="team")} == {"team.added", "team.joined"}


def test_a_ticket(cast: Cast) -> None:
    one, other = cast.ticket(), cast.ticket()
    assert {entry.thread for entry in found(ticket=f"#{one.number}")} == {one.ref} != {other.ref}


def test_a_ticket_that_is_looked_for_leads_to_its_evidence(cast: Cast, aud: Client) -> None:
    number = cast.ticket().number
    assert f'href="/tickets/{number}/evidence/"' in aud.get("/ledger/", {"ticket": number}).content.decode()
    assert "/evidence/" not in aud.get("/ledger/").content.decode()


def test_a_customer_is_found_by_address_and_named_by_id_from_there_on(cast: Cast, aud: Client) -> None:
    one, other = cast.ticket(), cast.ticket(email="tess@example.com", name="Tess Holm")
    told = found(customer=CARLA.upper())
    assert {cast.carla.ref, one.ref} <= {ref for entry in told for ref in (entry.subject, entry.thread)}
    assert other.ref not in {entry.thread for entry in told}
    assert "customer.added" in {entry.kind for entry in told}
    page = aud.get("/ledger/", {"customer": CARLA}).content.decode()
    assert CARLA not in page, "no link or form of the page holds the address"
    assert f'<option value="{cast.carla.pk}" selected>Carla Jones</option>' in page
    assert f'query" value="customer={cast.carla.pk}' in page


def test_a_time_from_and_to(cast: Cast) -> None:
    day = Entry.objects.latest("seq").at
    assert found(since=day.date(), until=day.date())
    assert not found(since="2999-01-01")
    assert not found(until="1999-12-31")
    middle = Entry.objects.get(pk=4).at
    assert {entry.seq for entry in found(until=middle.isoformat())} == {1, 2, 3}
    assert min(entry.seq for entry in found(since=middle.isoformat())) == 4


def test_a_version_of_settings_or_of_the_prompt(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    told = found(version=draft.settings_id)
    assert told
    assert {entry.facts["settings"] for entry in told} == {f"settings:{draft.settings_id}"}
    assert found(version=draft.settings.prompt_version) == told
    assert found(version=draft.settings.prompt_version, size=1) == []


def test_filters_narrow_each_other(cast: Cast) -> None:
    ticket = cast.ticket()
    told = found(customer=CARLA, kind="ticket", ticket=ticket.number, size=Entry.objects.latest("seq").seq)
    assert told
    assert {(entry.thread, entry.kind.partition(".")[0]) for entry in told} == {(ticket.ref, "ticket")}
    assert not found(person=cast.ben.pk, kind="ticket.opened")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("person", "' OR 1=1 --", "Nobody here has this id."),
        ("person", "00000000-0000-4000-8000-000000000000", "Nobody here has this id."),
        ("kind", "ticket.dropped'; DROP TABLE ledger_entry; --", "There is no such kind of entry."),
        ("ticket", "１２", "A ticket is looked for by its number."),
        ("ticket", "9" * 40, "A ticket is looked for by its number."),
        ("customer", "\u202e\x00nobody@example.com", "No customer has this"),
        ("since", "2026-02-31", "A time is written as"),
        ("until", "9999-12-31", "A time is written as"),
        ("until", "yesterday", "A time is written as"),
        ("version", "{}[]%s%%", "No draft was ever made"),
        ("size", "-1", "The size of the ledger is a number"),
    ],
)
def test_what_cannot_be_looked_for_is_said_and_shows_nothing(aud: Client, name: str, value: str, sentence: str) -> None:
    answer = aud.get("/ledger/", {name: value})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert 'class="entry"' not in page, "a filter that means nothing must not look as if it had found all"
    assert 'name="format"' not in page


def test_junk_beside_the_filters_is_left_aside(aud: Client) -> None:
    junk = dict.fromkeys(NAMES, "\x00") | {"before": "x" * 9000, "after": "²", "facts__x": "1", "🦄": "🦄"}
    assert aud.get("/ledger/", junk).status_code == 200
    assert "entry-1" in aud.get("/ledger/", {"before": "9" * 17}).content.decode()


def test_pages_follow_each_other_also_where_a_filter_means_one_of_several_things(
    aud: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.oversight.ledger.PAGE", 3)
    cast.ticket()
    cast.ticket()
    wanted = [entry.seq for entry in found(customer=CARLA)]
    seen, address = [], f"/ledger/?customer={CARLA}"
    for _page in range(20):
        page = aud.get(address).content.decode()
        seen += [int(seq) for seq in re.findall(r'id="entry-(\d+)"', page)]
        link = re.search(r'href="([^"]+)">\s*Older', page)
        if link is None:
            break
        address = link[1].replace("&amp;", "&")
    assert seen == wanted
    assert "Newer" in page
    back = re.search(r'href="([^"]+)">\s*Newer', page)
    assert back
    assert (
        str(wanted[-4 if len(wanted) % 3 == 0 else -(len(wanted) % 3) - 1])
        in aud.get(back[1].replace("&amp;", "&")).content.decode()
    )


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("person", "ledger_entry_actor|ledger_entry_subject"),
        ("kind", "ledger_entry_kind"),
        ("ticket", "ledger_entry_thread"),
        ("customer", "ledger_entry_actor|ledger_entry_subject|ledger_entry_thread"),
        ("version", "ledger_entry_settings"),
    ],
)
def test_each_filter_is_served_by_an_index(cast: Cast, asked: str, index: str) -> None:
    draft = pending_draft(cast.ticket())
    value = {
        "person": cast.ana.pk,
        "kind": "ticket.opened",
        "ticket": draft.ticket_id,
        "customer": CARLA,
        "version": draft.settings_id,
    }[asked]
    search = Search.of({asked: str(value)})
    with connection.cursor() as cursor:
        # With few rows anything is quick: what is asked here is whether the index can serve at all.
        cursor.execute("SET LOCAL enable_seqscan = off; ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_pkey")
        with CaptureQueriesContext(connection) as queries:
            search.newest(5)
        asked_for = [each["sql"] for each in queries if "ledger_entry" in each["sql"]]
        assert len(asked_for) == index.count("|") + 1
        plans = []
        for sql in asked_for:
            cursor.execute(f"EXPLAIN {sql}")
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    for plan in plans:
        assert re.search(index, plan), plan
        assert "Seq Scan on ledger_entry" not in plan, plan


def test_an_entry_says_below_which_checkpoint_it_is_sealed_and_whether_that_is_witnessed(
    keyed: Cast, client: Client, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    client.force_login(keyed.aud)
    seal.seal()
    first = Checkpoint.objects.get()
    keyed.ticket()
    seal.seal()
    second = Checkpoint.objects.latest("size")
    keyed.ticket()

    def proofs() -> dict[int, str]:
        page = client.get("/ledger/").content.decode()
        parts = re.findall(r'id="entry-(\d+)".*?<p class="faint">(.*?)</p>', page, re.DOTALL)
        return {int(seq): " ".join(re.sub(r"<[^>]+>", "", said).split()) for seq, said in parts}

    said = proofs()
    assert f"first below the checkpoint of {first.size} entries: its proof" in said[first.size]
    assert f"first below the checkpoint of {second.size} entries: its proof" in said[first.size + 1]
    assert said[second.size + 1] == "Not sealed yet"
    witness = Signer.new("witness.example.org", type=COSIGNED)
    policy = outside / "policy"
    policy.write_text(f"log {second.key.verifier}\nwitness w {witness.verifier}\nquorum w\n")
    monkeypatch.setattr(settings.ENV, "ledger_policy", str(policy))
    assert "not witnessed yet" in proofs()[first.size]
    Cosignature.objects.create(
        checkpoint=first,
        witness=witness.name,
        key=str(witness.verifier),
        line=str(witness.cosign(Note.parse(first.note).text, time=1_750_000_000)),
        seen_at=first.at,
    )
    said = proofs()
    assert "witnessed as the policy asks" in said[first.size]
    assert "not witnessed yet" in said[first.size + 1]


def test_a_search_is_kept_for_oneself_and_deleted(aud: Client, cast: Cast) -> None:
    cast.ticket()
    before = Entry.objects.latest("seq").seq
    answer = aud.post("/ledger/searches/", {"query": f"customer={CARLA}&kind=ticket", "name": " Carla’s\ntickets "})
    assert answer.status_code == 302
    saved = SavedSearch.objects.get()
    assert (saved.name, saved.person, saved.query) == (
        "Carla’s tickets",
        cast.aud,
        {"customer": str(cast.carla.pk), "kind": "ticket"},
    )
    assert answer["Location"] in aud.get("/ledger/").content.decode().replace("&amp;", "&")
    other = Client()
    other.force_login(cast.sam)
    assert "Carla’s tickets" not in other.get("/ledger/").content.decode()
    assert other.post(f"/ledger/searches/{saved.pk}/delete/").status_code == 404
    assert aud.post(f"/ledger/searches/{saved.pk}/delete/").status_code == 302
    assert aud.post(f"/ledger/searches/{2**70}/delete/").status_code == 404
    entries = Entry.objects.filter(seq__gt=before).exclude(kind="person.signed_in").order_by("seq")
    assert [(entry.kind, entry.facts) for entry in entries] == [
        ("search.saved", {"narrowed_by": ["customer", "kind"]}),
        ("search.deleted", {}),
    ]


def test_what_is_no_search_is_not_kept(aud: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for fields, sentence in (
        ({"query": "kind=nothing", "name": "x"}, "There is no such kind of entry."),
        ({"query": "kind=ticket", "name": " \n"}, "A search needs a name of at most 60 characters."),
        ({"query": "kind=ticket", "name": "x" * 61}, "A search needs a name of at most 60 characters."),
    ):
        answer = aud.post("/ledger/searches/", fields)
        assert (answer.status_code, sentence in answer.content.decode()) == (400, True)
    monkeypatch.setattr("conversations.oversight.actions.MOST_SEARCHES", 0)
    assert "You have 0 searches." in aud.post("/ledger/searches/", {"query": "", "name": "x"}).content.decode()
    assert not SavedSearch.objects.exists()


def test_searches_go_with_whom_they_are_for_and_with_who_kept_them(aud: Client, cast: Cast) -> None:
    cast.ticket()
    for query, name in ((f"customer={CARLA}", "one"), ("kind=ticket", "About Carla Jones"), ("kind=ticket", "stays")):
        aud.post("/ledger/searches/", {"query": query, "name": name})
    careless(lambda: erase("customer", cast.carla.pk), by=SYSTEM)
    assert [each.name for each in SavedSearch.objects.all()] == ["stays"]
    careless(lambda: erase("person", cast.aud.pk), by=SYSTEM)
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/",
        "/ledger/kinds/",
        "/ledger/kinds/ticket.opened/",
        "/ledger/checkpoints/",
        "/ledger/compare/",
        "/ledger/verify/",
    ],
)
def test_who_reads_the_ledger(cast: Cast, client: Client, path: str) -> None:
    assert client.get(path).status_code == 302
    for who, status in ((cast.ana, 404), (cast.olga, 404), (cast.sam, 200), (cast.ada, 200), (cast.aud, 200)):
        client.force_login(who)
        before = Entry.objects.latest("seq").seq
        assert client.get(path).status_code == status
        assert Entry.objects.latest("seq").seq == before, "looking writes nothing"


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/export/",
        "/ledger/searches/",
        "/ledger/searches/1/delete/",
        "/ledger/verify/",
        "/ledger/verify/1/cancel/",
    ],
)
def test_who_may_not_read_it_can_do_nothing_there(cast: Cast, client: Client, path: str) -> None:
    client.force_login(cast.ana)
    before = Entry.objects.latest("seq").seq
    assert client.post(path, {"format": "csv", "name": "x"}).status_code == 404
    assert Entry.objects.latest("seq").seq == before
