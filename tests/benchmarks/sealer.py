"""The sealer, as the scheduler runs it, in a process of its own that can be made to stand still."""

from __future__ import annotations

import os
import threading


def run(key: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "desk.settings"
    import django

    django.setup()
    from django.conf import settings

    from desk.ledger import seal

    settings.ENV.ledger_key = key
    seal.run(threading.Event())
