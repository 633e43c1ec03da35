"""The one Celery task: there is work of this kind. The rows say what; see desk.worker."""

from __future__ import annotations

from celery.signals import worker_init, worker_ready, worker_shutting_down

from desk import starting, worker
from desk.celery import app
from desk.turns import take_turns_quickly


@app.task(name="desk.run_job", ignore_result=True)
def run_job(job_kind: str) -> None:
    worker.attend(job_kind)


@worker_init.connect
def _begin(**_: object) -> None:
    starting.check()
    take_turns_quickly()
    # Before the broker answers: a worker whose broker is away works all the same.
    worker.look_by_oneself()


@worker_ready.connect
def _settle(**_: object) -> None:
    starting.settle()


@worker_shutting_down.connect
def _end(**_: object) -> None:
    worker.finish()
