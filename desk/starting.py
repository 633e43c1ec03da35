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


SWITCH_AFTER = 0.0005
"""Seconds for which a thread may keep Python's lock from others. With Python's own five milliseconds, each answer of the
database waits that long while another thread writes to sockets, makes a page or composes a mail."""


def settle() -> None:
    """Leave what was loaded up to now out of full collections, as it stays for good; and have threads take turns quickly.

    Collections would go through all of it, time and again, and hold up every page, socket and job for a tenth of a second
    and more.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    sys.setswitchinterval(SWITCH_AFTER)
