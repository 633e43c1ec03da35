"""Hints: "something was committed". They wake the feed and nudge a worker; losing all of them loses seconds.

One daemon thread publishes from a bounded queue, so that no request ever waits for Valkey: publishing from a request to
a broker that accepts and never answers holds it for over 25 s (measured, even with `retry=False`).
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import redis
import structlog
from django.conf import settings
from prometheus_client import Counter

if TYPE_CHECKING:
    from kombu import Producer

CHANNEL = "countersign:head"
TIMEOUT = 0.2  # seconds
MOST_WAITING = 1000
"""Messages for workers. When nobody takes them, more of them tell nothing new, and would fill Valkey in hours."""

log = structlog.get_logger(__name__)
dropped = Counter("countersign_hints_dropped_total", "Hints that found the queue full or Valkey away")

_queue: queue.Queue[tuple[int, tuple[str, ...]]] = queue.Queue(maxsize=1000)
_lock = threading.Lock()
_publisher: tuple[int, threading.Thread] | None = None


def after_commit(head: int, job_kinds: Sequence[str] = ()) -> None:
    """Hand over what was just committed; returns at once, whatever Valkey does."""
    _ensure_publisher()
    try:
        _queue.put_nowait((head, tuple(job_kinds)))
    except queue.Full:
        dropped.inc()


def wake() -> None:
    """Have feeds look at once at what has no entry (who is at work on what)."""
    after_commit(-1)


def nudge_about(job_kinds: Sequence[str]) -> None:
    """Nudge workers about jobs of these kinds that nobody took (the sweeper's part)."""
    if job_kinds:
        after_commit(0, job_kinds)


def flushed(timeout: float = 5.0) -> bool:
    """Wait until all hints handed over so far were published or dropped (for commands that end, and for tests)."""
    done = threading.Event()

    def join() -> None:
        _queue.join()
        done.set()

    threading.Thread(target=join, daemon=True).start()
    return done.wait(timeout)


def _ensure_publisher() -> None:
    global _publisher
    if _publisher and _publisher[0] == os.getpid() and _publisher[1].is_alive():
        return
    with _lock:
        if not (_publisher and _publisher[0] == os.getpid() and _publisher[1].is_alive()):
            thread = threading.Thread(target=_publish_all, args=(_queue,), name="hints", daemon=True)
            thread.start()
            _publisher = (os.getpid(), thread)


def _publish_all(waiting: queue.Queue[tuple[int, tuple[str, ...]]]) -> None:
    line = _line()
    broker: Producer | None = None
    losing, room = False, True
    while True:
        head, job_kinds = waiting.get()
        try:
            # Workers first: what they do is waited for, and the feeds begin to work in this very process.
            if job_kinds and room:
                broker = broker or _broker()
                _send(broker, job_kinds)
            if head:
                _say(line, "PUBLISH", CHANNEL, head)
            # Behind what is waited for: it says whether the next nudge is sent.
            if job_kinds:
                room = _say(line, "LLEN", _waiting_room()) < MOST_WAITING
        except Exception as error:  # noqa: BLE001 - a hint is never worth an error; the sweeper and the feed's clock find it
            dropped.inc()
            line.disconnect()
            if broker is not None and broker.connection is not None:
                broker.connection.release()
            broker = None
            if not losing:
                log.warning("hints_lost", reason=type(error).__name__)
            losing = True
        else:
            if losing:
                log.warning("hints_arrive_again")
            losing = False
        finally:
            waiting.task_done()


def _line() -> Any:
    """A connection for this thread alone; it connects when something is said."""
    return redis.ConnectionPool.from_url(
        settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=None, health_check_interval=0
    ).make_connection()


def _say(line: Any, *command: object) -> Any:
    """The answer to a command: what a client of redis-py does for half of its processor time (measured), once a commit."""
    if line.can_read():
        line.disconnect()  # the server has hung up meanwhile
    line.send_command(*command)
    return line.read_response()


def _waiting_room() -> str:
    """The list in which Celery's messages wait in Valkey."""
    return f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}{settings.CELERY_TASK_DEFAULT_QUEUE}"


def _broker() -> Producer:
    """A connection of our own with short time-outs; Celery's pool would wait as long as its workers may."""
    from kombu import Producer

    from desk.celery import app

    return Producer(
        app.connection_for_write(
            transport_options={
                **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
                "socket_timeout": TIMEOUT,
                "socket_connect_timeout": TIMEOUT,
                "max_retries": 0,
            }
        )
    )


def _send(broker: Producer, job_kinds: Sequence[str]) -> None:
    """What `run_job.apply_async` does, without looking up what is the same each time: that is half of it (measured)."""
    from desk.tasks import run_job

    for job_kind in job_kinds:
        headers, properties, body, _ = run_job.app.amqp.as_task_v2(str(uuid4()), run_job.name, (job_kind,))
        broker.publish(
            body,
            exchange="",
            routing_key=settings.CELERY_TASK_DEFAULT_QUEUE,
            serializer=settings.CELERY_TASK_SERIALIZER,
            headers=headers,
            retry=False,
            **properties,
        )
