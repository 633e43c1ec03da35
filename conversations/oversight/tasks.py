"""Verifying the whole ledger in the background, so that it can be watched and cancelled."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import connection

from conversations.oversight.actions import VERIFY, finish_verification, give_up_verification, note_progress
from conversations.oversight.models import Verification
from desk.actions import SYSTEM, Actor
from desk.jobs import Claim, Job, LeaseLost, job
from desk.ledger.policy import policy_in_force
from desk.ledger.verify import Brought, verify_ledger
from desk.ledger.verify.report import Progress
from desk.problems import Invalid

EVERY = 0.5  # seconds between two looks at whether it is still wanted


class Unwanted(Exception):
    """Somebody cancelled it, or another worker has it."""


def gave_up(dead: Job, by: Actor) -> None:
    give_up_verification(int(dead.target), "worker_lost", by=by)


@job(VERIFY, attempts=3, died=gave_up, at_once=1)
def verify(claim: Claim) -> None:
    """The same that `ledger verify` does with the policy in force. It holds no lock, and nobody waits for it."""
    asked = Verification.objects.filter(pk=int(claim.job.target), state=Verification.State.OPEN).first()
    if asked is None:
        return
    begun = time.monotonic()
    try:
        with _watched(claim, asked.pk) as told:
            report = verify_ledger(Brought(policy=policy_in_force()), progress=told)
    except Unwanted:
        if claim.lost.is_set():
            raise LeaseLost(claim.job.key) from None
        return
    with suppress(Invalid):  # cancelled at the last moment
        milliseconds = round(1000 * (time.monotonic() - begun))
        finish_verification(asked, report, milliseconds=milliseconds, claim=claim, by=SYSTEM)


@contextmanager
def _watched(claim: Claim, key: int) -> Iterator[Progress]:
    """What is told of progress is written down beside the verifier's own snapshot, on a connection of its own."""
    far: list[tuple[str, int, int]] = []
    over, unwanted = threading.Event(), threading.Event()

    def look() -> None:
        while not over.wait(EVERY):
            try:
                if far:
                    what, done, whole = far[-1]
                    note_progress(key, what=what, done=done, whole=whole)
                if not Verification.objects.filter(pk=key, state=Verification.State.OPEN).exists():
                    unwanted.set()
            finally:
                connection.close()

    def told(what: str, done: int, whole: int) -> None:
        far[:] = [(what, done, whole)]
        if unwanted.is_set() or claim.lost.is_set():
            raise Unwanted

    watcher = threading.Thread(target=look, name="verification", daemon=True)
    watcher.start()
    try:
        yield told
    finally:
        over.set()
        watcher.join(timeout=2)
