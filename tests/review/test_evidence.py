"""Evidence of a ticket, from its page and over the API; and that who looked is on record."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person
from conversations.drafting.actions.generate import record_call
from conversations.drafting.models import Draft
from conversations.tickets.models import Ticket
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from desk.ledger.seal import seal
from tests.api.calls import caller, problem
from tests.cast import Cast
from tests.drafts import pending_draft
from tests.ledger.conftest import keyed, outside, statement

__all__ = ["keyed", "outside"]


@pytest.fixture
def ticket(keyed: Cast) -> Ticket:
    found = keyed.ticket()
    seal()
    return found


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="accounts.backends.PersonBackend")
    return client


def content(answer: Any) -> list[str]:
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def test_the_page_explains_and_hands_over_and_shows_who_took_it_before(ticket: Ticket, keyed: Cast) -> None:
    client, address = signed_in(keyed.aud), f"/tickets/{ticket.number}/evidence/"
    page = client.get(address).content.decode()
    assert "A bundle that outsiders can check" in page
    assert "Nobody so far." in page
    assert not Entry.objects.filter(kind="evidence.exported").exists(), "reading the page takes nothing along"
    answer = client.post(address)
    assert f'filename="ticket-{ticket.number}-evidence.zip"' in answer["Content-Disposition"]
    assert "entries.jsonl" in content(answer)
    assert "Aud Berger downloaded the evidence of ticket" in client.get(address).content.decode()
    assert f'href="{address}"' in client.get(f"/tickets/{ticket.number}/").content.decode()


def test_who_may_not_read_the_ledger_finds_no_evidence(ticket: Ticket, keyed: Cast) -> None:
    client = signed_in(keyed.ana)
    assert client.get(f"/tickets/{ticket.number}/evidence/").status_code == 404
    assert client.post(f"/tickets/{ticket.number}/evidence/").status_code == 404
    assert "/evidence/" not in client.get(f"/tickets/{ticket.number}/").content.decode()
    assert signed_in(keyed.aud).get("/tickets/999999/evidence/").status_code == 404


def test_before_anything_is_sealed_the_page_says_so(keyed: Cast) -> None:
    found = keyed.ticket()
    answer = signed_in(keyed.aud).post(f"/tickets/{found.number}/evidence/")
    assert answer.status_code == 409
    assert "Nothing of this is sealed yet" in answer.content.decode()


def test_the_api_hands_over_the_same(ticket: Ticket, keyed: Cast) -> None:
    path = f"tickets/{ticket.number}/evidence/"
    assert "ticket.html" in content(caller(keyed, keyed.sam).get(path))
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.facts["via"], entry.actor) == ("evidence.exported", "api", keyed.sam.ref)
    service = caller(keyed, keyed.ada, "ledger:read", service="Archive")
    assert "ticket.html" in content(service.get(path))
    problem(caller(keyed, keyed.ana).get(path), 403, "not_allowed")
    problem(caller(keyed, keyed.sam, "tickets:read").get(path), 403, "scope_missing")
    problem(caller(keyed, keyed.sam).get("tickets/999999/evidence/"), 404, "not_found")


def test_whoever_looks_at_what_a_model_saw_is_on_record(ticket: Ticket, keyed: Cast) -> None:
    bare, read = pending_draft(ticket), Entry.objects.filter(kind="receipt.read")
    assert signed_in(keyed.ana).get(f"/drafts/{bare.pk}/saw/").status_code == 200
    assert caller(keyed, keyed.ana).get(f"drafts/{bare.pk}/").status_code == 200
    assert not read.exists(), "no model was asked, so there is nothing to see"


def test_the_page_and_the_api_both_record_it(keyed: Cast) -> None:
    ticket = keyed.ticket()
    draft, read = with_receipt(ticket), Entry.objects.filter(kind="receipt.read").order_by("seq")
    signed_in(keyed.ana).get(f"/drafts/{draft.pk}/saw/")
    caller(keyed, keyed.sam).get(f"drafts/{draft.pk}/")
    assert [(entry.actor, entry.subject, entry.thread, entry.facts["via"]) for entry in read] == [
        (keyed.ana.ref, draft.ref, ticket.ref, "page"),
        (keyed.sam.ref, draft.ref, ticket.ref, "api"),
    ]
    assert caller(keyed, keyed.olga).get(f"drafts/{draft.pk}/").status_code == 404
    assert read.count() == 2


def with_receipt(ticket: Ticket) -> Draft:
    """A draft with the receipt of a call, as the pipeline leaves it."""
    draft = pending_draft(ticket)
    statement("UPDATE drafting_draft SET state = 'generating' WHERE id = %s", draft.pk)
    record_call(draft, b'{"messages": []}', replaced={"email": 1}, placeholders={}, by=SYSTEM)
    statement("UPDATE drafting_draft SET state = 'pending_review' WHERE id = %s", draft.pk)
    return draft
