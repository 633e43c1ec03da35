"""What a worker process does: it takes up what it was nudged about, goes on with what is due, and looks by itself.

A nudge says no more than that there is work of a kind. Of each kind at most so many jobs run side by side (`at_once`),
and whoever finishes one takes the next, so a nudge that finds no place is dropped and nothing is lost. Every few
seconds the worker looks whether something is due, nudged or not: with Valkey away or hanging, work goes on.
"""

from __future__ import annotations

import threading

import structlog
from django.db import DatabaseError, connection

from desk import jobs

log = structlog.get_logger(__name__)

_stopping = threading.Event()
_lock = threading.Lock()
_places: dict[str, threading.BoundedSemaphore] = {}


def attend(name: str) -> None:
    """Work because of a nudge about a kind of job. One of a newer worker's kinds is left to that."""
    if name in jobs.kinds():
        work_through(name)


def work_through(name: str) -> None:
    """Carry out jobs of a kind until none is due, the one that waits longest first, if this process has a place for one."""
    places = _places_of(name)
    while places.acquire(blocking=False):
        try:
            while not _stopping.is_set() and (held := jobs.claim_next(name)):
                jobs.carry_out(held)
        finally:
            places.release()
        # A nudge that came between the last look and the release found no place: what it was about is found here.
        if _stopping.is_set() or not jobs.is_due(name):
            return


def look_by_oneself() -> None:
    """Begin to look for work every few seconds, in a thread that ends with the process."""
    threading.Thread(target=_look, name="look", daemon=True).start()


def finish() -> None:
    """Take up nothing new; what is being worked on comes to its end."""
    _stopping.set()


def _look() -> None:
    while not _stopping.wait(jobs.SWEEP_EVERY):
        try:
            due = [name for name in jobs.kinds() if jobs.is_due(name)]
        except DatabaseError as error:
            log.warning("look_failed", reason=type(error).__name__)
            due = []
        finally:
            connection.close()
        for name in due:
            for _ in range(jobs.kinds()[name]):
                # Not after its parent: the process waits for this one when it ends.
                threading.Thread(target=_work_aside, args=(name,), name="work", daemon=False).start()


def _work_aside(name: str) -> None:
    try:
        work_through(name)
    except DatabaseError as error:
        log.warning("work_interrupted", reason=type(error).__name__)
    finally:
        connection.close()


def _places_of(name: str) -> threading.BoundedSemaphore:
    with _lock:
        return _places.setdefault(name, threading.BoundedSemaphore(jobs.kinds()[name]))
