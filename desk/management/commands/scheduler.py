"""`manage.py scheduler`: the clock. Sweeps jobs and lets rooms act when time alone is the reason."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from desk import clock, jobs, tidying
from desk.data_keys import check_at_start

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Run the clock; several may run, one leads."

    def handle(self, **options: object) -> None:
        check_at_start()
        stop = threading.Event()

        def on_signal(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        clock.every(jobs.SWEEP_EVERY)(jobs.sweep)
        clock.every(0.5)(jobs.sweep_put_off)
        clock.every(tidying.EVERY)(tidying.forget_done_jobs)
        clock.every(tidying.EVERY)(tidying.forget_expired_sessions)
        while not stop.is_set():
            try:
                if clock.lead():
                    clock.tick()
            except DatabaseError:
                log.warning("scheduler_lost_database")
                connection.close()
                stop.wait(1)
            stop.wait(0.5)
        connection.close()
