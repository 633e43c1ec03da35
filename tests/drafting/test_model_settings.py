"""Versions of the model settings: made, agreed to by a second person, taken back, and what they do to drafts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from conversations.drafting.actions import (
    activate,
    activations,
    ask_activation,
    change_version,
    decline_activation,
    discard_version,
    finish_version,
    make_version,
    request_draft,
    roll_back,
)
from conversations.drafting.actions.activations import (
    AskedAlready,
    IsActive,
    NotEvaluated,
    NotYet,
    ProviderNotActivated,
    SecondPersonNeeded,
    Settled,
)
from conversations.drafting.actions.model_settings import Finished
from conversations.drafting.model_settings import Activation, ModelSettings
from conversations.drafting.models import Draft
from conversations.drafting.queries import overtaken_drafts
from conversations.drafting.states import DraftState
from conversations.drafting.versions import fingerprint, in_force, shape_of
from conversations.review.actions import Seen, approve
from conversations.review.problems import DraftStale
from conversations.tickets.actions import set_team
from conversations.tickets.models import Ticket
from conversations.tickets.states import Lane
from desk import jobs
from desk.actions import SYSTEM
from desk.jobs import Job
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast
from tests.drafting.settings_made import active, evaluated, made, second_admin, wish
from tests.drafts import pending_draft
from tests.invariants.test_walls import refuses


def renew() -> None:
    """What a worker does after model settings changed."""
    for job in Job.objects.filter(kind="settings.apply", state=Job.State.QUEUED):
        jobs.run(job.pk)


def test_the_environment_is_the_first_version_and_its_mark_is_as_before(cast: Cast) -> None:
    assert in_force(cast.orders.pk) is None
    draft = pending_draft(cast.ticket())
    assert draft.settings is not None
    assert (draft.settings.made_from, draft.settings.fingerprint) == (None, fingerprint())
    assert draft.settings.name == "From the environment"


def test_a_version_is_changed_while_it_is_a_draft_and_never_after(cast: Cast) -> None:
    version = made(cast)
    change_version(version, wish(name="Warmest", temperature=70), by=cast.ada.actor())
    version.refresh_from_db()
    assert (version.name, version.temperature) == ("Warmest", 70)
    with pytest.raises(Invalid):
        change_version(version, wish(name="Warmest", temperature=70), by=cast.ada.actor())
    finish_version(version, by=cast.ada.actor())
    with pytest.raises(Finished):
        change_version(version, wish(), by=cast.ada.actor())
    with pytest.raises(Finished):
        discard_version(version, by=cast.ada.actor())
    refuses(lambda: ModelSettings.objects.filter(pk=version.pk).update(model="another"), "kept as it was")
    kinds = Entry.objects.filter(subject=version.ref).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["model_settings.made", "model_settings.changed", "model_settings.finished"]
    assert "Warmest" not in Entry.objects.get(kind="model_settings.changed").canonical


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"reason": ""},
        {"model": "two words"},
        {"address": "ftp://x"},
        {"address": "https://user:secret@example.com"},
        {"fallback": "countersign-standin-1"},
        {"tone": "rude"},
        {"temperature": 201},
        {"most_passages": 0},
        {"least_sourced": 101},
        {"languages": ["english"]},
        {"left_out": ["x" * 61]},
        {"guidance": "x" * 4001},
    ],
)
def test_what_makes_no_sense_is_refused_and_says_where(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        made(cast, **wrong)
    assert set(refused.value.fields["errors"]) == set(wrong)


def test_only_administrators_make_and_activate(cast: Cast) -> None:
    for person in (cast.ana, cast.sam, cast.aud):
        with pytest.raises(NotAllowed):
            make_version(wish(), made_from=None, by=person.actor())
    asked = ask_activation(evaluated(cast), team=None, reason="x", by=cast.ada.actor())
    for person in (cast.ana, cast.sam, cast.aud):
        with pytest.raises(NotAllowed):
            activate(asked, by=person.actor())


def test_what_was_not_evaluated_is_not_asked_for(cast: Cast) -> None:
    with pytest.raises(NotEvaluated):
        ask_activation(made(cast), team=None, reason="x", by=cast.ada.actor())


def test_a_second_administrator_agrees_and_drafts_say_which_version_made_them(cast: Cast) -> None:
    asked = ask_activation(evaluated(cast), team=None, reason="Try it.", by=cast.ada.actor())
    adam = second_admin()
    with pytest.raises(SecondPersonNeeded):
        activate(asked, by=cast.ada.actor())
    assert in_force(None) is None
    activate(asked, by=adam.actor())
    assert in_force(cast.orders.pk) == asked.settings
    draft = request_draft(cast.ticket(), by=SYSTEM)
    assert draft is not None
    assert draft.settings is not None
    assert (draft.settings.made_from, draft.settings.name) == (asked.settings, "Warmer")
    told = Entry.objects.get(kind="activation.begun")
    assert told.actor == f"person:{adam.pk}"
    assert told.facts["asked_by"] == f"person:{cast.ada.pk}"
    with pytest.raises(Settled):
        activate(asked, by=adam.actor())
    with pytest.raises(IsActive):
        ask_activation(asked.settings, team=None, reason="x", by=cast.ada.actor())


def test_the_pane_says_by_its_name_which_version_made_a_draft(cast: Cast, client: Client) -> None:
    active(cast)
    draft = pending_draft(cast.ticket())
    client.force_login(cast.ana)
    assert "countersign-standin-1 (Warmer)" in client.get(f"/tickets/{draft.ticket_id}/").content.decode()


def test_neither_does_the_database_let_one_person_do_it(cast: Cast) -> None:
    asked = ask_activation(evaluated(cast), team=None, reason="x", by=cast.ada.actor())
    second_admin()

    def alone(**more: Any) -> None:
        Activation.objects.filter(pk=asked.pk).update(
            **{"state": "active", "decided_by": cast.ada, "began_at": timezone.now(), **more}
        )

    refuses(alone, "second")
    refuses(lambda: alone(alone=True), "second")
    refuses(lambda: alone(decided_by=cast.ana), "administrator")


def test_two_versions_are_never_active_for_the_same_people(cast: Cast) -> None:
    for team in (None, cast.orders):
        running = active(cast, team=team)
        refuses(
            lambda running=running: Activation.objects.create(
                settings=running.settings,
                team=running.team,
                state="active",
                asked_by=cast.ada,
                asked_at=timezone.now(),
                decided_by=second_admin(),
                began_at=timezone.now(),
            ),
            "one_active",
        )


def test_one_request_waits_at_a_time_and_may_be_declined(cast: Cast) -> None:
    first = ask_activation(evaluated(cast), team=None, reason="x", by=cast.ada.actor())
    other = evaluated(cast, name="Colder")
    with pytest.raises(AskedAlready):
        ask_activation(other, team=None, reason="x", by=cast.ada.actor())
    ask_activation(other, team=cast.orders, reason="x", by=cast.ada.actor())
    decline_activation(first, by=cast.ada.actor())
    ask_activation(other, team=None, reason="x", by=cast.ada.actor())
    assert Entry.objects.filter(kind="activation.declined").count() == 1


def test_the_only_administrator_waits_a_day_and_auditors_are_told(
    cast: Cast, settings: Any, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = False
    asked = ask_activation(evaluated(cast), team=None, reason="x", by=cast.ada.actor())
    jobs.run(Job.objects.get(kind="auditors.tell").pk)
    assert [mail.to for mail in mailoutbox] == [[cast.aud.email]]
    assert f"/settings/models/{asked.settings_id}/" in mailoutbox[0].body
    assert Entry.objects.get(kind="auditors.told").facts["people"] == 1
    with pytest.raises(NotYet):
        activate(asked, by=cast.ada.actor())
    monkeypatch.setattr(activations, "WAITS", timedelta(0))
    activate(asked, by=cast.ada.actor())
    assert Entry.objects.get(kind="activation.begun").facts["alone"] is True


def test_in_the_demo_the_only_administrator_does_not_wait(cast: Cast) -> None:
    asked = ask_activation(evaluated(cast), team=None, reason="x", by=cast.ada.actor())
    activate(asked, by=cast.ada.actor())
    assert in_force(None) == asked.settings


def test_it_can_begin_with_one_team_and_is_everybodys_later(cast: Cast) -> None:
    running = active(cast, team=cast.orders)
    assert (in_force(cast.orders.pk), in_force(cast.returns.pk), in_force(None)) == (running.settings, None, None)
    asked = ask_activation(running.settings, team=None, reason="It went well.", by=cast.ada.actor())
    activate(asked, by=second_admin().actor())
    running.refresh_from_db()
    assert running.state == "ended"
    assert in_force(cast.returns.pk) == in_force(cast.orders.pk) == running.settings


def test_it_is_taken_back_in_one_step_as_far_as_to_the_environment(cast: Cast) -> None:
    first, second = active(cast), active(cast, name="Colder", tone="neutral")
    again = roll_back(second, by=cast.ada.actor())
    assert again is not None
    assert in_force(None) == first.settings
    assert roll_back(again, by=cast.ada.actor()) is None
    assert in_force(None) is None
    assert Activation.objects.filter(state="active").count() == 0
    facts = [entry.facts["after"] for entry in Entry.objects.filter(kind="activation.rolled_back").order_by("seq")]
    assert facts == [first.settings.ref, "environment"]
    with pytest.raises(Settled):
        roll_back(second, by=cast.ada.actor())


def test_drafts_that_wait_are_refused_at_once_and_made_anew_with_their_history(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    other = pending_draft(cast.ticket(team=cast.returns, email="other@example.com"))
    active(cast, team=cast.orders)
    # Before the job has come round to it, too.
    with pytest.raises(DraftStale) as refused:
        approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    assert refused.value.fields["because"] == "settings_changed"
    assert list(overtaken_drafts()) == [draft]
    renew()
    draft.refresh_from_db()
    assert (draft.state, draft.stale_because) == (DraftState.STALE, "settings_changed")
    fresh = Draft.objects.get(ticket=draft.ticket_id, state=DraftState.QUEUED)
    assert fresh.previous == draft
    assert Ticket.objects.get(pk=draft.ticket_id).lane == Lane.DRAFTING
    with pytest.raises(DraftStale) as refused:
        approve(draft, by=cast.ana.actor(), seen=Seen(draft.version))
    assert refused.value.fields["because"] == "settings_changed"
    approve(other, by=cast.ben.actor(), seen=Seen(other.version))


def test_a_ticket_that_moves_to_a_team_with_its_own_version_gets_a_new_draft(cast: Cast) -> None:
    active(cast, team=cast.returns)
    draft = pending_draft(cast.ticket())
    set_team(draft.ticket, cast.returns, by=cast.sam.actor())
    draft.refresh_from_db()
    assert draft.state == DraftState.STALE
    assert Draft.objects.get(previous=draft).settings.made_from is not None  # type: ignore[union-attr]


def test_what_a_version_leaves_open_is_the_environments(cast: Cast, settings: Any) -> None:
    shape = shape_of(made(cast, temperature=None))
    assert (shape.address, shape.temperature) == (settings.ENV.openai_base_url, None)


def test_a_version_with_a_provider_outside_waits_for_its_terms(cast: Cast) -> None:
    with pytest.raises(ProviderNotActivated):
        ask_activation(
            evaluated(cast, address="https://api.example.com/v1"), team=None, reason="x", by=cast.ada.actor()
        )


def test_the_pages_lead_from_a_new_version_to_an_active_one_and_back(cast: Cast, client: Client) -> None:
    adam = second_admin()
    client.force_login(cast.ada)
    assert client.get("/settings/models/").status_code == 200
    form = {
        "name": "Warmer",
        "reason": "Replies read cold.",
        "model": "countersign-standin-1",
        "tone": "formal",
        "form_of_address": "informal",
        "temperature": "0.40",
        "most_passages": "5",
        "least_sourced": "0",
    }
    assert client.get("/settings/models/new/").status_code == 200
    refused = client.post("/settings/models/new/", {**form, "model": "two words"})
    assert refused.status_code == 400
    assert "A model is named without spaces." in refused.content.decode()
    page = client.post("/settings/models/new/", form, follow=True).content.decode()
    assert "Informal (du, tú, tu)" in page
    version = ModelSettings.objects.get()
    assert client.get(f"/settings/models/{version.pk}/change/").status_code == 200
    assert "nothing to evaluate with" not in page
    none = client.post(f"/settings/models/{version.pk}/evaluate/")
    assert none.status_code == 409
    version = evaluated(cast)
    asked = client.post(f"/settings/models/{version.pk}/ask/", {"team": "", "reason": "Try it."}, follow=True)
    assert "A second administrator has to make it active" in asked.content.decode()
    key = Activation.objects.get().pk
    assert client.post(f"/settings/models/activations/{key}/confirm/").status_code == 409
    client.force_login(adam)
    assert "Make it active" in client.get(f"/settings/models/{version.pk}/").content.decode()
    done = client.post(f"/settings/models/activations/{key}/confirm/", follow=True)
    assert "Take back: the environment holds again" in done.content.decode()
    back = client.post(f"/settings/models/activations/{key}/roll-back/", follow=True)
    assert back.status_code == 200
    assert in_force(None) is None
    client.force_login(cast.aud)
    read = client.get(f"/settings/models/{version.pk}/")
    assert read.status_code == 200
    assert "Begin a new version" not in read.content.decode()
    assert client.post(f"/settings/models/{version.pk}/ask/", {"reason": "x"}).status_code == 404
    client.force_login(cast.ana)
    assert client.get("/settings/models/").status_code == 404


def test_two_administrators_at_once_leave_one_version_active(company: Cast) -> None:
    adam = second_admin()
    asked = ask_activation(evaluated(company), team=None, reason="x", by=company.ada.actor())

    def agree(_: int) -> bool:
        try:
            activate(asked, by=adam.actor())
        except Settled:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(agree, range(2))) == [False, True]
    assert Activation.objects.filter(state="active").count() == 1
