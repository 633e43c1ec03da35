"""`manage.py receive_mail < message.eml`: for a pipe from a mail server."""

from __future__ import annotations

import sys

import structlog
from django.core.management.base import BaseCommand

from conversations.mailroom.intake import take_in_from
from desk import hints
from desk.actions import Actor

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and comes back

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Take in one raw mail from standard input. Exit code 0: taken, or recorded as refused; 75: try again."
    requires_system_checks = ()

    def handle(self, **options: object) -> None:
        try:
            taken = take_in_from(sys.stdin.buffer, by=Actor("mail", via="mail"))
        except Exception:  # whatever it was: any other exit code makes the mail server throw the mail back
            log.exception("mail_not_taken")
            sys.exit(TRY_AGAIN)
        hints.flushed(1)
        if taken.refused:
            self.stdout.write(f"refused: {taken.refused}")
        elif taken.ticket:
            self.stdout.write(f"taken in: ticket {taken.ticket.number}")
