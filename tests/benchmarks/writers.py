"""Sixteen writers: what the ledger costs them, and what a sealer beside them does."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from multiprocessing import get_context

from accounts.actions import add_person
from desk.actions import SYSTEM
from tests.benchmarks import client, floor
from tests.benchmarks.drafts import pending_drafts
from tests.benchmarks.sealer import run
from tests.benchmarks.sealing import use_key
from tests.benchmarks.staging import unhurried
from tests.benchmarks.table import Figure

WRITERS = 16


def measure() -> Iterator[Figure]:
    floor.lay_ledger()
    folder = use_key()
    with unhurried():
        people = [
            str(
                add_person(
                    email=f"writer-{n}@desk.test", name=f"Writer {n}", roles=["agent"], password="", by=SYSTEM
                ).pk
            )
            for n in range(WRITERS)
        ]
    both = 2 * WRITERS * client.DRAFTS_EACH
    drafts = [draft.pk for draft in pending_drafts(both)]
    if not floor.is_laid():
        floor.lay(WRITERS)
    sealer = get_context("spawn").Process(target=run, args=(str(folder / "key"),), daemon=True)
    sealer.start()
    ours, alone = client.together(drafts=drafts, people=people, floor="approve", sealer=sealer.pid)
    os.kill(sealer.pid or 0, signal.SIGKILL)
    name = f"{WRITERS} writers"
    yield Figure(name=f"{name}, with a sealer", ours=ours, floor=alone, unit="/s", at_least=0.95)
    drafts = [draft.pk for draft in pending_drafts(both)]
    ours, without = client.together(drafts=drafts, people=people, floor="approve without entries")
    yield Figure(name=f"{name}, with entries", ours=ours, floor=without, unit="/s", at_least=0.75)
    for side, goal in (("bare with entries", 0.3), ("bare with entries, freed", None)):
        ours, bare = client.together(drafts=[], people=people, ours=side)
        yield Figure(name=f"{name}, {side}", ours=ours, floor=bare, unit="/s", at_least=goal)
    shutil.rmtree(folder)
