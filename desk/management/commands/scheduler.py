"""`manage.py scheduler`: the clock. Sweeps jobs, lets rooms act when time alone is the reason, and may seal the ledger."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from desk import clock, jobs, starting, sweeping, tidying
from desk.ledger import sealing

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Run the clock; several may run, one leads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-sealer",
            action="store_true",
            help="the ledger is sealed by `manage.py sealer`, with its own login",
        )

    def handle(self, *, without_sealer: bool, **options: object) -> None:
        starting.check()
        stop = threading.Event()

        def on_signal(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        clock.every(jobs.SWEEP_EVERY)(sweeping.sweep)
        clock.every(0.5)(sweeping.sweep_put_off)
        clock.every(tidying.EVERY)(tidying.forget_done_jobs)
        clock.every(tidying.EVERY)(tidying.forget_expired_sessions)
        beside = [] if without_sealer else sealing.begin(stop)
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
