"""Versions of the model settings, as far as a test wants them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.actions import add_person
from accounts.models import Person, Team
from conversations.drafting.actions import (
    Kept,
    Wish,
    activate,
    ask_activation,
    finish_version,
    keep_case,
    make_version,
)
from conversations.drafting.evaluations import Evaluation
from conversations.drafting.model_settings import Activation, ModelSettings
from desk.actions import SYSTEM
from tests.cast import PASSWORD, Cast
from tests.invariants.test_walls import careless

MODEL = "countersign-standin-1"


def second_admin() -> Person:
    """Adam, who can agree to what Ada wants."""
    found = Person.objects.filter(email="adam@desk.test").first()
    return found or add_person(
        email="adam@desk.test", name="Adam Second", roles=["admin"], password=PASSWORD, by=SYSTEM
    )


def wish(**more: Any) -> Wish:
    return Wish(**{"name": "Warmer", "reason": "Replies read cold.", "model": MODEL, "tone": "formal", **more})


def made(cast: Cast, **more: Any) -> ModelSettings:
    """A draft of a version, by Ada."""
    return make_version(wish(**more), made_from=None, by=cast.ada.actor())


def evaluated(cast: Cast, **more: Any) -> ModelSettings:
    """A finished version that was evaluated, without asking a model."""
    version = finish_version(made(cast, **more), by=cast.ada.actor())
    careless(
        lambda: Evaluation.objects.create(
            settings=version, person=cast.ada, state="done", cases=1, asked_at=timezone.now(), ended_at=timezone.now()
        ),
        by=SYSTEM,
    )
    return version


def active(cast: Cast, *, team: Team | None = None, **more: Any) -> Activation:
    """A version that Ada made and asked for, and Adam made active."""
    asked = ask_activation(evaluated(cast, **more), team=team, reason="Try it.", by=cast.ada.actor())
    return activate(asked, by=second_admin().actor())


def question(cast: Cast) -> None:
    """One question for evaluations, which the shelf of tests answers."""
    keep_case(
        Kept(
            "Refund",
            "Where is my refund? I sent the jacket back two weeks ago. +44 7700 900123",
            "en",
            ["refunds-and-returns"],
        ),
        by=cast.ada.actor(),
    )
