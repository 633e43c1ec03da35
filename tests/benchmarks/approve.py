"""Approving a draft, the whole action, against a bare transaction of four statements on the same server."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from conversations.drafting.models import Draft
from conversations.review.actions import Seen, approve
from desk.actions import Actor
from tests.benchmarks import client, floor
from tests.benchmarks.drafts import pending_drafts
from tests.benchmarks.measuring import in_turns
from tests.benchmarks.staging import cast
from tests.benchmarks.statements import watch
from tests.benchmarks.table import Figure
from tests.drafts import TEXT

WARM, TIMES, WATCHED = 40, 300, 60
CLIENTS, DRAFTS_EACH = 16, 150


def decide(draft: int, by: Actor) -> None:
    """Approve as a page or a program does: it knows the draft's number and the version that was on the screen."""
    approve(Draft(pk=draft), by=by, seen=Seen(2))


def measure() -> Iterator[Figure]:
    by = cast().ana.actor()
    staged = [draft.pk for draft in pending_drafts(WARM + TIMES + WATCHED + CLIENTS * DRAFTS_EACH)]
    alone, crowd = iter(staged[: WARM + TIMES + WATCHED]), staged[WARM + TIMES + WATCHED :]
    floor.lay(CLIENTS)

    bare = floor.Bare(TEXT)
    ours, theirs = in_turns(lambda: decide(next(alone), by), bare.decide, times=TIMES, warm=WARM)
    bare.close()
    yield Figure(name="approve, one client, median", ours=ours.median, floor=theirs.median, unit="ms", at_most=6)
    yield Figure(name="approve, one client, p99", ours=ours.p99, floor=theirs.p99, unit="ms", at_most=6)

    seen = watch(lambda: decide(next(alone), by), times=WATCHED)
    print("\nWhere the time of an approval goes\n" + "\n".join(seen.lines()))

    many = client.together(CLIENTS, drafts=crowd, person=by.id)
    yield Figure(
        name=f"approve, {CLIENTS} clients",
        ours=statistics.median(many.ours),
        floor=statistics.median(many.floor),
        unit="/s",
        at_least=0.15,
    )
