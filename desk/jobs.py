"""Durable jobs: a row in the transaction of the action that wants the work, Celery to run it soon, a lease and a fence
so that it takes effect once.

    @job("draft.generate")
    def generate(claim: Claim) -> None: ...

An action calls `enqueue(...)`. After its commit a worker is nudged (desk.worker); what the nudge lost is found by desk.sweeping.
A worker claims (attempts and fence go up, committed before the work), works without a transaction, and the action that
stores the result calls `claim.complete()`: its transaction commits only if the fence still stands.

    queued ──claim──▶ running ──complete──▶ done
      ▲                  │ fault, or lease over
      └── after backoff ─┘──── five attempts ──▶ dead ── retry (a person) ──▶ queued
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

import structlog
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from prometheus_client import Counter as Metric

from desk import statements
from desk.actions import Actor, action, nudge, record
from desk.ledger.kinds import Code, Facts, because, kind

LEASE = 12.0  # seconds
RENEW_EVERY = 4.0
SWEEP_EVERY = 5.0
ATTEMPTS = 5
AT_ONCE = 3

log = structlog.get_logger(__name__)
finished = Metric("countersign_jobs_total", "Jobs by how a run of them ended", ["kind", "end"])


class Job(models.Model):
    """One piece of work that survives every crash."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"

    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=120, unique=True)
    thread = models.CharField(max_length=80, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    last_error = models.CharField(max_length=64, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "desk_job"
        app_label = "desk"
        indexes: ClassVar = [
            models.Index(fields=["run_after"], name="desk_job_due", condition=Q(state="queued")),
            models.Index(fields=["lease_until"], name="desk_job_leased", condition=Q(state="running")),
            models.Index(fields=["thread"], name="desk_job_dead", condition=Q(state="dead")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.state}"

    @property
    def ref(self) -> str:
        return f"job:{self.pk}"

    @property
    def target(self) -> str:
        """What the job is about: the part of its key behind the kind."""
        return self.key.partition(":")[2]


because({"job": _("Work that the desk gave up on is work that somebody has to look at.")})


@kind("job.died", says="A background job ({job_kind}) gave up after {attempts:try|tries}")
class JobDied(Facts):
    job_kind: Code
    attempts: int
    error: Code


@kind("job.retried", says="{actor} asked for another try of a background job ({job_kind})")
class JobRetried(Facts):
    job_kind: Code


class LeaseLost(RuntimeError):
    """Somebody else has the job now; what this worker did must not count."""


class TryLater(Exception):
    """Raised by a job that cannot finish now, for a reason which is nobody's fault; `after` in seconds."""

    def __init__(self, code: str, *, after: float, counts: bool = True) -> None:
        super().__init__(code)
        self.code, self.after, self.counts = code, after, counts


@dataclass(slots=True)
class Claim:
    """A worker's hold on a job: good while its fence stands."""

    job: Job
    fence: int
    lost: threading.Event = field(default_factory=threading.Event)
    completed: bool = False

    def hold(self) -> None:
        """Inside an action, after its other locks: refuse to go on unless the job is still ours."""
        self._ours(_HOLD)

    def complete(self) -> None:
        """Inside the action that stores the result: done, in the same transaction, or `LeaseLost`."""
        self._ours(_COMPLETE)
        self.completed = True

    def will_hold(self) -> None:
        """Have `hold` go along with the next statement, and behind it: let that be the one that takes the other locks."""
        statements.foresee(_HOLD, self._it)

    def will_complete(self) -> None:
        """The same for `complete`, which has to follow."""
        statements.foresee(_COMPLETE, self._it)

    @property
    def _it(self) -> list[int]:
        return [self.job.pk, self.fence]

    def _ours(self, statement: str) -> None:
        """Run a statement about the job if the fence still stands."""
        if not statements.rows(statement, self._it):
            self.lost.set()
            raise LeaseLost(self.job.key)


_STANDS = "id = %s AND fence = %s AND state = 'running'"
_HOLD = f"SELECT 1 FROM desk_job WHERE {_STANDS} FOR NO KEY UPDATE"  # noqa: S608 - fixed text
_COMPLETE = f"UPDATE desk_job SET state = 'done', lease_until = NULL, last_error = '' WHERE {_STANDS} RETURNING 1"  # noqa: S608


@dataclass(frozen=True, slots=True)
class _Kind:
    run: Callable[[Claim], None]
    attempts: int
    died: Callable[[Job, Actor], None] | None
    at_once: int


_kinds: dict[str, _Kind] = {}


def job(
    name: str, *, attempts: int = ATTEMPTS, died: Callable[[Job, Actor], None] | None = None, at_once: int = AT_ONCE
) -> Callable[[Callable[[Claim], None]], Callable[[Claim], None]]:
    """Declare how jobs of a kind are run. `died` runs in the transaction in which the last attempt is given up.

    `at_once` is the most of this kind that one worker process runs side by side, so that a kind which hangs (a model, a
    mail server) never takes the threads of the others.
    """

    def register(run: Callable[[Claim], None]) -> Callable[[Claim], None]:
        _kinds[name] = _Kind(run, attempts, died, at_once)
        return run

    return register


def kinds() -> dict[str, int]:
    """Every kind of job, and how many of it one worker process runs side by side."""
    return {name: known.at_once for name, known in _kinds.items()}


def enqueue(name: str, target: str | int, *, thread: str = "", run_after: datetime | None = None) -> Job:
    """Ask for work, inside an action. One job a (kind, target): asking again returns the one that is there."""
    key = f"{name}:{target}"
    # In the database's time, as everything that is compared with it: a clock that is ahead would make the job wait.
    # One statement, where get_or_create takes four: a look, a savepoint, the insert, the savepoint's release.
    made = statements.run(_ENQUEUE, [name, key, thread, run_after]).fetchone()
    if made is None:
        return Job.objects.get(key=key)
    found = Job.from_db(DEFAULT_DB_ALIAS, _COLUMNS, made)
    if found.run_after <= found.created_at:
        nudge(found.kind)
    return found


_COLUMNS = [field.attname for field in Job._meta.concrete_fields]  # noqa: SLF001 - documented by Django
_ENQUEUE = f"""
    INSERT INTO desk_job (kind, key, thread, state, attempts, run_after, fence, last_error, created_at)
    VALUES (%s, %s, %s, 'queued', 0, coalesce(%s, statement_timestamp()), 0, '', statement_timestamp())
    ON CONFLICT (key) DO NOTHING RETURNING {", ".join(_COLUMNS)}
"""  # noqa: S608 - the names of our own columns


def enqueue_for(when: datetime, name: str, target: str | int, *, thread: str) -> None:
    """Ask for work at some time, inside an action. If it lies ahead nobody is nudged, so nobody waits for the answer."""
    if when <= timezone.now():
        enqueue(name, target, thread=thread)
    else:
        statements.write(_ENQUEUE, [name, f"{name}:{target}", thread, when])


# statement_timestamp() is stable within a statement, so that an index on the time can be used.
DUE = "state = 'queued' AND run_after <= statement_timestamp()"
LEFT = "state = 'running' AND lease_until < statement_timestamp()"
_FREE = "FOR NO KEY UPDATE SKIP LOCKED"
_THIS = f"(SELECT id FROM desk_job WHERE id = %(job)s AND (({DUE}) OR ({LEFT})) {_FREE})"  # noqa: S608 - fixed text
_NEXT = f"""coalesce(
    (SELECT id FROM desk_job WHERE kind = %(kind)s AND {LEFT} ORDER BY lease_until LIMIT 1 {_FREE}),
    (SELECT id FROM desk_job WHERE kind = %(kind)s AND {DUE} ORDER BY run_after LIMIT 1 {_FREE})
)"""  # noqa: S608 - fixed text


def claim(job_id: int) -> Claim | None:
    """Take a job that is due; None if another has it or there is nothing to do."""
    return _take(_THIS, job=job_id)


def claim_next(name: str) -> Claim | None:
    """Take the job of this kind that waits longest, before it one whose worker is gone; None when nothing is due."""
    return _take(_NEXT, kind=name)


def is_due(name: str) -> bool:
    """Whether a job of this kind is there to be claimed."""
    return bool(statements.run(f"SELECT {_NEXT} IS NOT NULL", {"kind": name}).fetchone()[0])


def _take(which: str, **of: int | str) -> Claim | None:
    taken = statements.run(
        f"""
        UPDATE desk_job SET state = 'running', attempts = attempts + 1, fence = fence + 1,
               lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
        WHERE id = {which} RETURNING {", ".join(_COLUMNS)}
        """,  # noqa: S608 - one of the two texts above
        {"lease": LEASE, **of},
    ).fetchone()
    if taken is None:
        return None
    found = Job.from_db(DEFAULT_DB_ALIAS, _COLUMNS, taken)
    return Claim(found, found.fence)


def run(job_id: int) -> None:
    """Claim one job and run it to an end."""
    held = claim(job_id)
    if held is not None:
        carry_out(held)


def carry_out(held: Claim) -> None:
    """Run a claimed job to an end: done, to be tried again, or dead."""
    what = _kinds[held.job.kind]
    structlog.contextvars.bind_contextvars(job=held.job.pk, job_kind=held.job.kind)
    stop = threading.Event()
    renewer = threading.Thread(target=_renew, args=(held, stop), name="lease", daemon=True)
    renewer.start()
    try:
        if held.job.attempts > what.attempts:
            # Its last worker vanished without a word: the job may be what kills workers.
            give_up(held, "worker_lost", by=Actor("system", via="task"))
            return
        what.run(held)
        if not held.completed:
            with transaction.atomic():
                held.complete()
        finished.labels(held.job.kind, "done").inc()
    except LeaseLost:
        finished.labels(held.job.kind, "lease_lost").inc()
        log.warning("job_lease_lost")
    except TryLater as later:
        _again(held, later.code, after=later.after, counts=later.counts)
    except Exception as error:  # whatever it was, the job must not be lost
        log.exception("job_failed")
        _again(held, _code(error), after=_backoff(held.job.attempts))
    finally:
        stop.set()
        renewer.join(timeout=1)
        structlog.contextvars.unbind_contextvars("job", "job_kind")


def _code(error: Exception) -> str:
    code = getattr(error, "code", None)
    return code if isinstance(code, str) and code else type(error).__name__


def _word(code: str) -> str:
    """A code of anybody's as one of the ledger's, so that giving up never fails over what it was called."""
    return re.sub(r"[^a-z0-9_.:+-]", "_", code.lower()).lstrip("_.:+-")[:64] or "fault"


def _backoff(attempts: int) -> float:
    """Seconds before the next attempt: 1, 4, 16, 64, with jitter."""
    return float(4 ** max(0, attempts - 1)) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, no secret


def _again(held: Claim, code: str, *, after: float, counts: bool = True) -> None:
    what, code = _kinds[held.job.kind], _word(code)
    if counts and held.job.attempts >= what.attempts:
        try:
            give_up(held, code, by=Actor("system", via="task"))
        except LeaseLost:
            log.warning("job_lease_lost")
        return
    Job.objects.filter(pk=held.job.pk, fence=held.fence, state=Job.State.RUNNING).update(
        state=Job.State.QUEUED,
        lease_until=None,
        last_error=code,
        attempts=F("attempts") if counts else F("attempts") - 1,
        run_after=Now() + timedelta(seconds=after),
    )
    finished.labels(held.job.kind, "again").inc()


@action("job.died")
def give_up(held: Claim, code: str, *, by: Actor) -> None:
    """Mark a job dead, visible to people in `trouble`, with what it means told by the room that owns the kind."""
    what, code = _kinds[held.job.kind], _word(code)
    if what.died:
        what.died(held.job, by)
    gone = Job.objects.filter(pk=held.job.pk, fence=held.fence, state=Job.State.RUNNING).update(
        state=Job.State.DEAD, lease_until=None, last_error=code
    )
    if not gone:
        raise LeaseLost(held.job.key)
    held.completed = True
    record(
        JobDied(job_kind=held.job.kind, attempts=held.job.attempts, error=code),
        by=by,
        subject=held.job.ref,
        thread=held.job.thread,
        job=held.job,
    )
    finished.labels(held.job.kind, "dead").inc()


@action("job.retried")
def retry(what: Job, *, by: Actor) -> Job:
    """Give a dead job another five tries. The door to the job's ticket is the caller's to check."""
    locked = Job.objects.select_for_update(no_key=True).get(pk=what.pk)
    if locked.state == Job.State.DEAD:
        Job.objects.filter(pk=locked.pk).update(state=Job.State.QUEUED, attempts=0, run_after=Now())
        locked.refresh_from_db()
        nudge(locked.kind)
    record(JobRetried(job_kind=locked.kind), by=by, subject=locked.ref, thread=locked.thread)
    return locked


def _renew(held: Claim, stop: threading.Event) -> None:
    """Keep the lease while the work goes on; when the fence is gone, tell the work."""
    deadline = time.monotonic() + LEASE
    while not stop.wait(RENEW_EVERY):
        began = time.monotonic()
        try:
            kept = Job.objects.filter(pk=held.job.pk, fence=held.fence, state=Job.State.RUNNING).update(
                lease_until=Now() + timedelta(seconds=LEASE)
            )
        except DatabaseError:
            kept = 1 if time.monotonic() < deadline else 0
        else:
            deadline = began + LEASE
        finally:
            # Needed for a moment every few seconds, a connection belongs back into the pool.
            connection.close()
        if not kept:
            if not held.completed:
                held.lost.set()
            return


def trouble(thread: str) -> Any:
    """Dead jobs of a ticket, for the people who look after it."""
    return Job.objects.filter(thread=thread, state=Job.State.DEAD)
