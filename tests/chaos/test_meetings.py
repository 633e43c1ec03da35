"""Two actions on one ticket, in every order in which they can take their locks: no deadlock, no loss, no contradiction."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest

from tests.cast import Cast
from tests.chaos.meeting import Meeting, meet
from tests.chaos.scenes import SCENES, holds


def _pairs(scene: str, company: Cast) -> Iterator[tuple[str, str]]:
    _, can = SCENES[scene](company)
    yield from itertools.product(can, can)


def _meet(scene: str, company: Cast, first: str, second: str, *, after: int) -> Meeting:
    ticket, can = SCENES[scene](company)
    came = meet(can[first], can[second], after=after)
    try:
        holds(ticket)
    except AssertionError as error:
        raise AssertionError(f"{scene}: {first} after {after} statements met {second}: {came}") from error
    return came


@pytest.mark.parametrize("scene", SCENES)
def test_whoever_meets_on_a_ticket_nothing_is_lost_and_nothing_leaves_that_may_not(company: Cast, scene: str) -> None:
    """A sample of the orders; the whole of them is a long test."""
    dice, waited = random.Random(scene), 0
    pairs = list(_pairs(scene, company))
    for first, second in dice.sample(pairs, len(pairs) // 2):
        came = _meet(scene, company, first, second, after=dice.randint(3, 14))
        waited += came.waited
    assert waited > 10, "they really met"
    # Some orders meet in a deadlock; the database ends one of the two, and its action is tried again unseen.


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("scene", SCENES)
def test_in_every_order_of_locks(company: Cast, scene: str) -> None:
    for first, second in _pairs(scene, company):
        for after in itertools.count(1):
            if not _meet(scene, company, first, second, after=after).held:
                break
    # Some orders meet in a deadlock; the database ends one of the two, and its action is tried again unseen.
