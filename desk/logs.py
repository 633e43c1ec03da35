"""Structured logs: one JSON object a line, with request or job id, and no personal text.

Log events are codes, never sentences with values in them; `redact_exceptions` keeps what a message might quote (SQL
parameters, mail addresses) out of the log: of an exception only its type and the places it passed are written.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from traceback import extract_tb
from typing import Any

import structlog


def redact_exceptions(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its type and its frames: its message may hold a customer's words."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if found and found[0]:
        event["error"] = found[0].__qualname__
        event["at"] = [f"{frame.name}:{frame.lineno}" for frame in extract_tb(found[2])[-8:]]
    event.pop("stack_info", None)
    return event


class _Plain(logging.Filter):
    """Records of libraries: their arguments may hold addresses or SQL, so only the format string is kept."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.args and not record.name.startswith(("uvicorn.error", "celery.worker.consumer")):
            record.msg, record.args = str(record.msg), ()
        return True


def configure(*, level: str) -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact_exceptions,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    stream = logging.StreamHandler()
    stream.addFilter(_Plain())
    stream.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(level)
    # Each request has its own line already (desk.middleware); Django's repeats it with the path, which may hold a secret link.
    logging.getLogger("django.request").setLevel("ERROR")
    for noisy in ("httpx", "httpx2", "openai", "asyncio", "kombu", "httpcore2", "markdown_it"):
        logging.getLogger(noisy).setLevel("WARNING")
