"""The pages about customers' data."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from conversations.models import Erasure, Hold
from desk.jobs import Job
from tests.cast import Cast
from tests.portal.pages import words
from tests.privacy.due import ask, carry_out


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return words(answer.content.decode())


def test_from_asking_to_holding_to_taking_back(cast: Cast) -> None:
    ticket = cast.ticket()
    carla = ticket.customer
    sam, ada = signed_in(cast.sam), signed_in(cast.ada)
    data = f"/privacy/customers/{carla.pk}/"
    assert "Erase this customer" in shown(sam, data)
    assert "Will be erased on" in words(sam.post(f"{data}erase/", follow=True).content.decode())
    assert "Carla Jones" in shown(sam, "/privacy/requests/")
    assert "0 of 1 tickets erased" in shown(sam, "/privacy/requests/")
    until = (timezone.localdate() + timedelta(days=20)).isoformat()
    form = {"ticket": ticket.number, "ground": "legal_claim", "until": until, "note": "Their lawyer wrote."}
    sam.post(f"{data}hold/", form)
    hold = Hold.objects.get()
    assert "Waits for a second person" in shown(sam, data)
    assert "A second person has to approve this" not in shown(sam, data)
    assert sam.post(f"/privacy/holds/{hold.pk}/approve/").status_code == 409
    ada.post(f"/privacy/holds/{hold.pk}/approve/")
    assert "Approved by Ada Novak" in shown(sam, data)
    assert "Held up" in shown(ada, "/privacy/requests/")
    sam.post(f"/privacy/holds/{hold.pk}/end/")
    erasure = Erasure.objects.get()
    sam.post(f"/privacy/requests/{erasure.pk}/cancel/")
    assert "No open requests" in shown(sam, "/privacy/requests/")
    assert "Taken back" in shown(sam, "/privacy/requests/")
    assert "Erase this customer" in shown(sam, data)


def test_what_was_typed_comes_back_when_something_is_missing(cast: Cast) -> None:
    ticket = cast.ticket()
    sam = signed_in(cast.sam)
    data = f"/privacy/customers/{ticket.customer_id}/"
    sam.post(f"{data}erase/")
    form = {"ticket": ticket.number, "ground": "safety", "until": "2001-01-01", "note": "Kept for a reason."}
    answer = sam.post(f"{data}hold/", form)
    assert answer.status_code == 400
    assert "Kept for a reason." in answer.content.decode()
    assert "within a year" in words(answer.content.decode())
    for wrong in ("", "tomorrow", "2026-02-31"):
        assert sam.post(f"{data}hold/", {**form, "until": wrong}).status_code == 400


def test_an_agent_takes_the_wish_down_and_loses_sight_of_it(cast: Cast) -> None:
    ticket = cast.ticket()
    ana = signed_in(cast.ana)
    data = f"/privacy/customers/{ticket.customer_id}/"
    assert "Erase this customer" in shown(ana, data)
    ana.post(f"{data}erase/")
    assert ana.get(data).status_code == 404
    assert ana.get(f"/tickets/{ticket.number}/").status_code == 404
    assert ana.get("/privacy/requests/").status_code == 404
    assert signed_in(cast.aud).post(f"{data}erase/").status_code == 404
    assert signed_in(cast.olga).post(f"{data}erase/").status_code == 404


def test_after_it_the_pages_say_so_and_hold_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = cast.ticket()
    carry_out(ask(ticket.customer, monkeypatch))
    sam = signed_in(cast.sam)
    for path in (
        f"/privacy/customers/{ticket.customer_id}/",
        f"/customers/{ticket.customer_id}/",
        f"/tickets/{ticket.number}/",
        "/privacy/requests/",
        "/ledger/",
    ):
        page = shown(sam, path)
        assert "Carla" not in page, path
        assert "carla@" not in page, path
    assert "Erased." in shown(sam, f"/privacy/customers/{ticket.customer_id}/")


def test_a_job_that_gave_up_is_shown_and_tried_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask(cast.ticket().customer, monkeypatch)
    Job.objects.filter(key=f"customer.erase:{asked.pk}").update(state="dead")
    sam = signed_in(cast.sam)
    assert "The erasing gave up" in shown(sam, "/privacy/requests/")
    sam.post(f"/privacy/requests/{asked.pk}/again/")
    assert Job.objects.get(key=f"customer.erase:{asked.pk}").state == "queued"
