"""The job that sends: one message to the mail server, at most once.

queued ── offer: temporary no ──▶ queued, tried again for 48 hours, then failed
  │  └─── offer: no for good ───▶ failed
  ▼
sending ─ 250 ─▶ sent    clear no ─▶ queued or failed    silence, or the worker died ─▶ unknown
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from conversations.mailroom import queries
from conversations.mailroom.actions import put_off
from conversations.mailroom.addresses import AddressUnusable
from conversations.mailroom.compose import FileMissing, envelope_of
from conversations.mailroom.handover import Handover, NotTaken, Silence
from conversations.tickets.actions import begin_sending, finish_sending, withdraw_sending
from conversations.tickets.actions.sendings import DELIVER, NotWaiting
from conversations.tickets.models import Sending
from conversations.tickets.states import SendingState
from desk.actions import SYSTEM, Actor
from desk.jobs import Claim, Job, TryLater, job

TRIED_FOR = timedelta(hours=48)
SHORTEST_WAIT, LONGEST_WAIT = 30.0, 1800.0  # seconds

log = structlog.get_logger(__name__)


def given_up(work: Job, by: Actor) -> None:
    """The job died: what it was sending needs a person, as failed when it never left, as unknown when it may have."""
    sending = queries.sending_of(work.target)
    if sending is None or sending.state not in {SendingState.QUEUED, SendingState.SENDING}:
        return
    end = SendingState.UNKNOWN if sending.state == SendingState.SENDING else SendingState.FAILED
    finish_sending(sending, None, end=end, error="job_dead", by=by)


@job(DELIVER, died=given_up)
def deliver(claim: Claim) -> None:
    """Send one message, if it still waits to be sent."""
    sending = queries.sending_of(claim.job.target)
    if sending is None or sending.state not in {SendingState.QUEUED, SendingState.SENDING}:
        return
    if sending.state == SendingState.QUEUED and sending.message.ticket.restricted:
        # Its customer wants to be erased, and it was on its way when they said so.
        with suppress(NotWaiting):
            withdraw_sending(sending, because="restricted", by=SYSTEM)
        return
    if sending.state == SendingState.SENDING:
        if queries.another_delivers(sending, claim.job):
            raise TryLater("being_sent", after=SHORTEST_WAIT, counts=False)
        # Its worker vanished between "begun" and an answer. Sending again could be a second mail.
        _finish(sending, claim, SendingState.UNKNOWN, "worker_lost")
        return
    try:
        envelope = envelope_of(sending.message)
    except AddressUnusable:
        _finish(sending, claim, SendingState.FAILED, "address_unusable")
        return
    except FileMissing:
        _finish(sending, claim, SendingState.FAILED, "file_missing")
        return
    with Handover(envelope) as server:
        try:
            server.offer()
            begin_sending(sending, claim, mail_id=envelope.mail_id, by=SYSTEM)
            server.deliver()
        except NotWaiting:
            return  # Taken back while the server was asked; it has nothing.
        except NotTaken as no:
            _not_taken(sending, claim, no)
        except Silence as silence:
            _finish(sending, claim, SendingState.UNKNOWN, silence.code)
        else:
            _finish(sending, claim, SendingState.SENT)


def _not_taken(sending: Sending, claim: Claim, no: NotTaken) -> None:
    tried_for = timezone.now() - (sending.first_tried_at or timezone.now())
    if no.for_good:
        _finish(sending, claim, SendingState.FAILED, no.code)
    elif tried_for >= TRIED_FOR:
        _finish(sending, claim, SendingState.FAILED, f"expired.{no.code}")
    else:
        try:
            put_off(sending, claim, error=no.code, by=SYSTEM)
        except NotWaiting:
            return
        # As long again as it has taken so far, so that waits double.
        wait = min(max(tried_for.total_seconds(), SHORTEST_WAIT), LONGEST_WAIT)
        raise TryLater(no.code, after=wait * random.uniform(0.8, 1.2), counts=False)  # noqa: S311 - spreads load, no secret


def _finish(sending: Sending, claim: Claim, end: SendingState, error: str = "") -> None:
    """Write down how it ended. A database that restarts just now gets seconds: else `sent` becomes `unknown`."""
    for pause in (0.5, 1.0, 2.0, 4.0, None):
        try:
            finish_sending(sending, claim, end=end, error=error, by=SYSTEM)
            return
        except NotWaiting:
            log.warning("sending_settled_elsewhere", end=end)
            return
        except (OperationalError, InterfaceError):
            if pause is None:
                raise
            connection.close()
            time.sleep(pause)
