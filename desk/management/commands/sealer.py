"""`manage.py sealer`: seals the ledger, with a login that adds checkpoints and changes nothing else (desk.roles)."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from django.core.management.base import BaseCommand

from desk import roles
from desk.ledger import sealing


class Command(BaseCommand):
    help = "Seal the ledger; several may run, one seals. For `scheduler --without-sealer`."

    def handle(self, **options: object) -> None:
        stop = threading.Event()

        def on_signal(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        with roles.as_sealer():
            roles.watch_connections()
            threads = sealing.begin(stop)
            stop.wait()
            for thread in threads:
                thread.join(1)
