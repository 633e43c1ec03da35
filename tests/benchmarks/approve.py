"""Approving a draft, the whole action, against a bare transaction of four statements on the same server."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.actions import add_person
from conversations.drafting.models import Draft
from conversations.review.actions import Seen, approve
from desk.actions import SYSTEM, Actor
from tests.benchmarks import client, floor
from tests.benchmarks.drafts import pending_drafts
from tests.benchmarks.measuring import in_turns
from tests.benchmarks.staging import cast, unhurried
from tests.benchmarks.statements import watch
from tests.benchmarks.table import Figure
from tests.drafts import TEXT

WARM, TIMES, WATCHED = 40, 400, 60
CLIENTS = 16


def decide(draft: int, by: Actor) -> None:
    """Approve as a page or a program does: it knows the draft's number and the version that was on the screen."""
    approve(Draft(pk=draft), by=by, seen=Seen(2))


def measure() -> Iterator[Figure]:
    by = cast().ana.actor()
    drafts = [draft.pk for draft in pending_drafts(WARM + TIMES + WATCHED)]
    left = iter(drafts)
    floor.lay(CLIENTS)

    bare = floor.Bare(TEXT)
    ours, theirs = in_turns(lambda: decide(next(left), by), bare.decide, times=TIMES, warm=WARM)
    bare.close()
    yield Figure(name="approve, one client, median", ours=ours.median, floor=theirs.median, unit="ms", at_most=6)
    yield Figure(name="approve, one client, p99", ours=ours.p99, floor=theirs.p99, unit="ms", at_most=6)

    seen = watch(lambda: decide(next(left), by), times=WATCHED)
    print("\nWhere the time of an approval goes\n" + "\n".join(seen.lines()) + "\n", flush=True)

    crowd = [draft.pk for draft in pending_drafts(CLIENTS * client.DRAFTS_EACH)]
    together, bare_together = client.together(drafts=crowd, people=_people(CLIENTS))
    yield Figure(name=f"approve, {CLIENTS} clients", ours=together, floor=bare_together, unit="/s", at_least=0.15)


def _people(count: int) -> list[str]:
    """Who decides at the same time: each a person of their own, as at a desk."""
    with unhurried():
        return [
            str(add_person(email=f"agent-{n}@desk.test", name=f"Agent {n}", roles=["agent"], password="", by=SYSTEM).pk)
            for n in range(count)
        ]
