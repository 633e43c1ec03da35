"""The demo's tickets that wait for a draft: these drafts are real, asked for now, made by whatever model there is."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import connection
from django.db.models import F, QuerySet

from conversations.demo.content import tickets
from conversations.drafting.actions import request_draft
from conversations.drafting.actions.request import GENERATE
from conversations.drafting.calling import warm
from conversations.tickets.models import Ticket
from conversations.tickets.states import Lane
from desk import jobs
from desk.actions import Actor
from desk.jobs import Job

AT_ONCE = 7
PATIENCE = 60.0  # seconds; what is not done by then is the worker's, as any draft is

log = structlog.get_logger(__name__)


def warm_up() -> None:
    """Load the provider's client meanwhile: it takes half a second, in which the database works for us."""
    threading.Thread(target=warm, name="warm-up", daemon=True).start()


def request_drafts(*, by: Actor) -> None:
    """Ask for the drafts that nobody has asked for yet. Where no model may or can answer, the ticket says why."""
    for ticket in _waiting().exclude(drafts__last_message=F("last_inbound")).order_by("number"):
        request_draft(ticket, by=by)


def finish_drafts() -> bool:
    """Make the drafts in this process, beside a worker if there is one; whether all of them came to an end in time."""
    threads = [ticket.ref for ticket in _waiting()]
    open_jobs = Job.objects.filter(kind=GENERATE, thread__in=threads, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    deadline = time.monotonic() + PATIENCE
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="demo-draft") as workers:
        while (due := list(open_jobs.values_list("pk", flat=True))) and time.monotonic() < deadline:
            list(workers.map(_run, due))
            time.sleep(0.05)
    if due:
        log.warning("demo_drafts_left_to_the_worker", drafts=len(due))
    return not due


def _run(job_id: int) -> None:
    """Run one job unless another has it; this thread's connection goes back into the pool."""
    try:
        jobs.run(job_id)
    finally:
        connection.close()


def _waiting() -> QuerySet[Ticket]:
    """The demo's own tickets that wait for a draft."""
    drafted = [row for row in tickets() if row["outcome"]["lane"] == "draft"]
    return Ticket.objects.filter(
        lane=Lane.DRAFTING,
        customer__email__in={row["customer"] for row in drafted},
        subject__in={row["subject"] for row in drafted},
    )
