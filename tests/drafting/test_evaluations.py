"""A version tried beside the running one, on kept questions, over the real wire."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conversations.drafting.actions import (
    Kept,
    ask_evaluation,
    cancel_evaluation,
    finish_version,
    keep_case,
    retire_case,
    set_limit,
)
from conversations.drafting.actions.evaluations import BeingEvaluated, BudgetUsedUp, NoCases
from conversations.drafting.budgets import Spent
from conversations.drafting.evaluating import question_of
from conversations.drafting.evaluations import Case, Evaluation, Outcome
from desk import jobs
from desk.jobs import Job
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast
from tests.drafting.settings_made import made, question
from tests.drafting.shelf import fill
from tests.standin import StandIn


def evaluate() -> None:
    """What a worker does."""
    for job in Job.objects.filter(kind="settings.evaluate", state=Job.State.QUEUED):
        jobs.run(job.pk)


def test_both_versions_are_tried_and_the_outcome_is_side_by_side(cast: Cast, standin: StandIn, client: Client) -> None:
    fill()
    question(cast)
    version = made(cast)
    asked = ask_evaluation(version, by=cast.ada.actor())
    version.refresh_from_db()
    assert version.state == "finished", "what is evaluated is what is activated"
    client.force_login(cast.sam)
    page = client.get(f"/settings/models/evaluations/{asked.pk}/").content.decode()
    assert "data-at-work" in page
    evaluate()
    asked.refresh_from_db()
    assert asked.state == "done"
    new, running = (Outcome.objects.get(side=side) for side in ("new", "running"))
    assert (new.error, running.error) == ("", "")
    assert new.accepted
    assert new.claims == new.sourced > 0
    assert new.found_source
    assert new.replaced >= 1
    assert new.leaked == 0
    assert new.tokens > 100
    told = Entry.objects.get(kind="evaluation.finished").facts
    assert (told["cases"], told["accepted"], told["accepted_before"], told["against"]) == (1, 1, 1, "environment")
    page = client.get(f"/settings/models/evaluations/{asked.pk}/").content.decode()
    assert "1 of 1" in page
    assert "Statements with a source: " in page
    assert Spent.objects.get(team=None).tokens == new.tokens + running.tokens


def test_no_name_leaves_and_the_tone_does(cast: Cast, standin: StandIn) -> None:
    fill()
    question(cast)
    ask_evaluation(made(cast, tone="formal", guidance="Never say sorry twice."), by=cast.ada.actor())
    evaluate()
    sent = standin.seen()["bodies"]
    assert len(sent) == 2
    assert not any("900123" in body for body in sent)
    assert "tone: formal" in sent[0]
    assert "Never say sorry twice." in sent[0]
    assert "tone:" not in sent[1]


def test_questions_are_encrypted_and_their_words_are_in_no_entry(cast: Cast) -> None:
    question(cast)
    case = Case.objects.get()
    assert b"refund" not in bytes(case.question_sealed)
    assert question_of(case)[1].startswith("Where is my refund?")
    assert "refund" not in Entry.objects.get(kind="case.kept").canonical


def test_a_model_that_fails_is_an_outcome_and_the_rest_goes_on(cast: Cast, standin: StandIn) -> None:
    fill()
    question(cast)
    standin.misbehave("400", times=1)
    asked = ask_evaluation(made(cast), by=cast.ada.actor())
    evaluate()
    asked.refresh_from_db()
    assert asked.state == "done"
    assert Outcome.objects.get(side="new").error == "refused"
    assert Outcome.objects.get(side="running").accepted


def test_one_runs_at_a_time_and_can_be_cancelled(cast: Cast, standin: StandIn) -> None:
    with pytest.raises(NoCases):
        ask_evaluation(made(cast), by=cast.ada.actor())
    question(cast)
    version = made(cast)
    asked = ask_evaluation(version, by=cast.ada.actor())
    with pytest.raises(BeingEvaluated):
        ask_evaluation(version, by=cast.ada.actor())
    cancel_evaluation(asked, by=cast.ada.actor())
    with pytest.raises(Invalid):
        cancel_evaluation(asked, by=cast.ada.actor())
    evaluate()
    assert standin.seen()["requests"] == 0
    assert Evaluation.objects.get().state == "cancelled"


def test_without_a_budget_nothing_is_tried(cast: Cast) -> None:
    question(cast)
    set_limit(None, tokens=0, money=None, by=cast.ada.actor())
    with pytest.raises(BudgetUsedUp):
        ask_evaluation(made(cast), by=cast.ada.actor())


def test_only_administrators_keep_questions_and_evaluate(cast: Cast, client: Client) -> None:
    question(cast)
    version = finish_version(made(cast), by=cast.ada.actor())
    for person in (cast.ana, cast.sam, cast.aud):
        with pytest.raises(NotAllowed):
            ask_evaluation(version, by=person.actor())
        with pytest.raises(NotAllowed):
            retire_case(Case.objects.get(), by=person.actor())
    with pytest.raises(Invalid):
        keep_case(Kept("Refund", "Where is it?", "en", []), by=cast.ada.actor())
    client.force_login(cast.sam)
    assert "Where is my refund?" in client.get("/settings/models/cases/").content.decode()
    assert client.post("/settings/models/cases/", _typed()).status_code == 403
    client.force_login(cast.ada)
    assert client.post("/settings/models/cases/", {**_typed(), "question": ""}).status_code == 400
    assert client.post("/settings/models/cases/", _typed()).status_code == 302
    newest = Case.objects.latest("pk")
    assert client.post(f"/settings/models/cases/{newest.pk}/retire/").status_code == 302
    assert Case.objects.filter(retired_at=None).count() == 1


def _typed() -> dict[str, Any]:
    return {
        "subject": "Labels",
        "question": "How do I print a label?",
        "language": "en",
        "expects": "return-labels, size-exchange",
    }
