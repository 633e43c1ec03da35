"""What is asked before a process of the desk begins its work: whether it can read what is kept, and may not do too much."""

from __future__ import annotations

import gc
import sys

import psycopg
from django.conf import settings

from desk import data_keys, roles


def check() -> None:
    """End this process with a sentence when it must not start. While the database is away, roles are asked at its return."""
    roles.watch_connections()
    try:
        # On a connection of its own: a server that is loaded inside an event loop may not use Django's.
        with psycopg.connect(settings.ENV.database_url, connect_timeout=5) as database:
            faults = [data_keys.fault_at_start(database), roles.fault_at_start(database)]
    except psycopg.OperationalError:
        return
    for fault in faults:
        if fault:
            sys.exit(fault)


def settle() -> None:
    """Leave what was loaded up to now out of full collections: it stays for good.

    They would go through all of it, time and again, and hold up every page, socket and job for a tenth of a second and more.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
