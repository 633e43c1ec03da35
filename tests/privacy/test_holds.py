"""A ticket that has to be kept: a ground, an end, and two people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from conversations.models import Erasure, Hold
from conversations.privacy.actions import LONGEST_HOLD, approve_hold, end_hold, place_hold
from conversations.privacy.actions.holds import HoldOver, SecondPersonRequired
from desk.actions import SYSTEM
from desk.jobs import TryLater
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast
from tests.invariants.test_walls import careless
from tests.privacy.due import ask, carry_out

SOON = timedelta(days=30)


def placed(cast: Cast, **more: object) -> Hold:
    wanted = {"ground": "legal_claim", "expires_at": timezone.now() + SOON, "note": "Their lawyer wrote.", **more}
    return place_hold(cast.ticket(), by=cast.sam.actor(), **wanted)  # type: ignore[arg-type]


def test_a_hold_that_two_people_want_holds_an_erasure_up_until_it_ends(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = approve_hold(placed(cast), by=cast.ada.actor())
    asked = ask(cast.carla, monkeypatch)
    with pytest.raises(TryLater, match="held"):
        carry_out(asked)
    assert cast.last_message(hold.ticket).text
    end_hold(hold, by=cast.sam.actor())
    assert carry_out(asked).state == Erasure.State.DONE
    assert Hold.objects.get().note == ""
    kinds = Entry.objects.filter(kind__startswith="hold.").order_by("seq")
    assert [(entry.kind, entry.facts) for entry in kinds] == [
        ("hold.placed", {"ground": "legal_claim", "days": 30}),
        ("hold.approved", {"ground": "legal_claim"}),
        ("hold.ended", {"ground": "legal_claim"}),
    ]


def test_what_one_person_wants_holds_nothing_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = placed(cast)
    with pytest.raises(SecondPersonRequired):
        approve_hold(hold, by=cast.sam.actor())
    with pytest.raises(IntegrityError, match="privacy_hold_second_person"):
        careless(lambda: Hold.objects.update(approved_by=hold.placed_by_id, approved_at=timezone.now()), by=SYSTEM)
    assert carry_out(ask(cast.carla, monkeypatch)).state == Erasure.State.DONE


def test_a_hold_that_is_over_holds_nothing_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = approve_hold(placed(cast, expires_at=timezone.now() + timedelta(seconds=1)), by=cast.ada.actor())
    asked = ask(cast.carla, monkeypatch)
    import time

    time.sleep(1.1)
    with pytest.raises(HoldOver):
        approve_hold(hold, by=cast.ada.actor())
    assert carry_out(asked).state == Erasure.State.DONE


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ground": "because"}, "ground"),
        ({"expires_at": timezone.now() - SOON}, "expires_at"),
        ({"expires_at": timezone.now() + LONGEST_HOLD + SOON}, "expires_at"),
    ],
)
def test_what_is_missing_is_said(cast: Cast, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        placed(cast, **wrong)
    assert set(refused.value.fields["errors"]) == {field}


def test_agents_and_programs_hold_nothing_up(cast: Cast) -> None:
    ticket = cast.ticket()
    for by in (cast.ana.actor(), SYSTEM):
        with pytest.raises(NotAllowed):
            place_hold(ticket, ground="safety", expires_at=timezone.now() + SOON, by=by)


def test_a_hold_is_kept_as_it_was_placed(cast: Cast) -> None:
    hold = placed(cast)
    for change in ({"ground": "safety"}, {"expires_at": timezone.now() + 2 * SOON}, {"note": ""}):
        with pytest.raises(IntegrityError, match="kept as it was placed"):
            careless(lambda change=change: Hold.objects.filter(pk=hold.pk).update(**change), by=SYSTEM)  # type: ignore[misc]
