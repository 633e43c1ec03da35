"""`manage.py scheduler`: the clock. Sweeps jobs, lets rooms act when time alone is the reason, and seals the ledger."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from desk import clock, jobs, tidying
from desk.ledger import anchors, seal

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Run the clock; several may run, one leads."

    def handle(self, **options: object) -> None:
        stop = threading.Event()

        def on_signal(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        clock.every(jobs.SWEEP_EVERY)(jobs.sweep)
        clock.every(0.5)(jobs.sweep_put_off)
        clock.every(tidying.EVERY)(tidying.forget_done_jobs)
        clock.every(tidying.EVERY)(tidying.forget_expired_sessions)
        # Threads of their own: neither waits for the ticks below, nor they for a long backlog or a slow mail server.
        beside = [threading.Thread(target=what, args=(stop,), daemon=True) for what in (seal.run, anchors.run_mail)]
        for thread in beside:
            thread.start()
        while not stop.is_set():
            try:
                if clock.lead():
                    clock.tick()
            except DatabaseError:
                log.warning("scheduler_lost_database")
                connection.close()
                stop.wait(1)
            stop.wait(0.5)
        for thread in beside:
            thread.join(1)
        connection.close()
