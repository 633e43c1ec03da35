"""GET and PATCH customers/{id}/."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from conversations.models import Customer
from conversations.tickets.actions import set_consent
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from tests.api.calls import Caller, caller, problem
from tests.cast import CARLA, Cast
from tests.drafts import pending_draft


def test_a_customer_is_told_with_how_their_choice_came_about(ana: Caller, cast: Cast) -> None:
    carla = cast.ticket().customer
    told = ana.get(f"customers/{carla.pk}/").json()
    assert told.pop("created_at")
    assert told == {
        "id": str(carla.pk),
        "name": "Carla Jones",
        "email": CARLA,
        "phone": "",
        "language": "en",
        "ai_consent": None,
        "ai_consent_source": "",
        "ai_consent_at": None,
    }
    set_consent(carla, consent=True, source="form", by=SYSTEM)
    told = ana.get(f"customers/{carla.pk}/").json()
    assert (told["ai_consent"], told["ai_consent_source"]) == (True, "form")
    assert told["ai_consent_at"]


def test_what_the_customer_said_about_models_takes_effect_at_once(ana: Caller, cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    told = ana.patch(f"customers/{ticket.customer_id}/", {"ai_consent": False}).json()
    assert (told["ai_consent"], told["ai_consent_source"]) == (False, "api")
    assert ana.get(f"tickets/{ticket.number}/").json()["no_draft_because"] == "opted_out"
    draft.refresh_from_db()
    assert draft.state == "withdrawn"
    assert Entry.objects.get(kind="customer.consent_set").facts == {"consent": "no", "source": "api"}


def test_what_is_said_twice_is_written_down_once(ana: Caller, cast: Cast) -> None:
    carla = cast.ticket().customer
    for _ in range(2):
        assert ana.patch(f"customers/{carla.pk}/", {"ai_consent": True}).json()["ai_consent"] is True
    assert Entry.objects.filter(kind="customer.consent_set").count() == 1


def test_name_and_phone_are_changed_and_the_rest_stays(ana: Caller, cast: Cast) -> None:
    carla = cast.ticket().customer
    told = ana.patch(f"customers/{carla.pk}/", {"name": "Carla  Miller", "phone": "+49 30 901820"}).json()
    assert (told["name"], told["phone"], told["email"], told["ai_consent"]) == (
        "Carla Miller",
        "+49 30 901820",
        CARLA,
        None,
    )
    assert ana.patch(f"customers/{carla.pk}/", {}).json()["name"] == "Carla Miller"


def test_what_one_request_says_of_a_customer_is_taken_whole_or_not_at_all(ana: Caller, cast: Cast) -> None:
    carla = cast.ticket().customer
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_trial() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;"
            "CREATE TRIGGER refuse_trial BEFORE UPDATE OF ai_consent ON tickets_customer FOR EACH ROW "
            "WHEN (NEW.ai_consent IS NOT NULL) EXECUTE FUNCTION refuse_trial()"
        )
    answer = ana.patch(f"customers/{carla.pk}/", {"name": "Carla Miller", "ai_consent": False})
    assert answer.status_code == 500
    assert Customer.objects.get().name == "Carla Jones"
    assert not Entry.objects.filter(kind="customer.changed").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ai_consent": None}, "ai_consent"),
        ({"ai_consent": "no"}, "ai_consent"),
        ({"name": 7}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"phone": "1" * 41}, "phone"),
    ],
)
def test_what_is_wrong_is_said_by_field_and_nothing_is_changed(
    ana: Caller, cast: Cast, wrong: dict[str, Any], field: str
) -> None:
    carla = cast.ticket().customer
    told = problem(ana.patch(f"customers/{carla.pk}/", {"name": "Somebody", **wrong}), 400, "invalid")
    assert field in told["errors"]
    assert Customer.objects.get().name == "Carla Jones"


def test_somebody_whose_tickets_one_does_not_see_is_nobody(olga: Caller, ana: Caller, shop: Caller, cast: Cast) -> None:
    carla = cast.ticket(team=cast.returns).customer
    for who in (olga, ana):
        problem(who.get(f"customers/{carla.pk}/"), 404, "not_found")
        problem(who.patch(f"customers/{carla.pk}/", {"ai_consent": False}), 404, "not_found")
    assert shop.get(f"customers/{carla.pk}/").status_code == 200
    problem(shop.get(f"customers/{uuid4()}/"), 404, "not_found")
    problem(shop.get("customers/carla/"), 404, "not_found")


def test_an_auditor_reads_and_changes_nothing(aud: Caller, cast: Cast) -> None:
    carla = cast.ticket().customer
    assert aud.get(f"customers/{carla.pk}/").status_code == 200
    problem(aud.patch(f"customers/{carla.pk}/", {"ai_consent": False}), 403, "not_allowed")
    assert Customer.objects.get().ai_consent is None


def test_it_wants_the_scopes(cast: Cast) -> None:
    carla = cast.ticket().customer
    problem(caller(cast, cast.ana, "tickets:write").get(f"customers/{carla.pk}/"), 403, "scope_missing")
    problem(caller(cast, cast.ana, "tickets:read").patch(f"customers/{carla.pk}/", {}), 403, "scope_missing")
