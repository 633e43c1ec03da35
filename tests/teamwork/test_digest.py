"""Who is away gets one mail about all that they have not read, and no mail about it twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from conversations.teamwork import tasks
from conversations.teamwork.actions import NOTICE_MAIL
from conversations.teamwork.models import Notice
from conversations.teamwork.queries import AWAY_AFTER, BETWEEN_MAILS
from conversations.tickets.actions import add_note
from desk import jobs
from desk.jobs import Job
from desk.ledger.models import Entry
from tests.cast import Cast
from tests.mailroom.conftest import impatient, mail_server  # noqa: F401 - fixtures
from tests.mailroom.mail_server import MailServer


def mention(cast: Cast, times: int = 1) -> None:
    for _ in range(times):
        add_note(cast.ticket(), text="@Ben Okafor, secret words", by=cast.ana.actor())


def time_passes(by: timedelta) -> None:
    for field in ("created_at", "mailed_at"):
        for notice in Notice.objects.exclude(**{field: None}):
            Notice.objects.filter(pk=notice.pk).update(**{field: getattr(notice, field) - by})


def run_jobs() -> None:
    while held := jobs.claim_next(NOTICE_MAIL):
        jobs.carry_out(held)


def test_one_mail_about_all_that_was_not_read(cast: Cast, mail_server: MailServer) -> None:  # noqa: F811
    mention(cast, 3)
    assert tasks.write_to_those_away() == 0
    time_passes(AWAY_AFTER)
    assert tasks.write_to_those_away() == 1
    assert tasks.write_to_those_away() == 0
    run_jobs()
    read = mail_server.mail
    assert read["To"] == cast.ben.email
    text = read.get_content()
    assert text.count("Ana Ruiz mentioned you in a note.") == 3
    assert "secret" not in text
    assert "Carla" not in text
    assert (read["Auto-Submitted"], read["Subject"]) == ("auto-generated", "3 unread notices")
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.facts, entry.subject) == ("digest.queued", {"count": 3}, cast.ben.ref)


def test_the_next_mail_waits_and_says_only_what_is_new(cast: Cast, mail_server: MailServer) -> None:  # noqa: F811
    mention(cast)
    time_passes(AWAY_AFTER)
    tasks.write_to_those_away()
    mention(cast)
    time_passes(AWAY_AFTER)
    assert tasks.write_to_those_away() == 0
    time_passes(BETWEEN_MAILS)
    assert tasks.write_to_those_away() == 1
    run_jobs()
    assert len(mail_server.mails) == 2


def test_who_has_read_it_meanwhile_gets_no_mail(cast: Cast, mail_server: MailServer) -> None:  # noqa: F811
    mention(cast)
    time_passes(AWAY_AFTER)
    tasks.write_to_those_away()
    Notice.objects.update(seen_at=timezone.now())
    run_jobs()
    assert mail_server.mails == []


def test_a_server_that_is_away_is_asked_again_and_one_that_falls_silent_is_not(
    cast: Cast,
    mail_server: MailServer,  # noqa: F811
    settings: Any,
) -> None:
    mention(cast)
    time_passes(AWAY_AFTER)
    tasks.write_to_those_away()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    run_jobs()
    assert Job.objects.get(kind=NOTICE_MAIL).state == Job.State.QUEUED
    settings.EMAIL_PORT = port
    mail_server.behaviour.answers = {"dot": "drop"}
    Job.objects.filter(kind=NOTICE_MAIL).update(run_after=timezone.now())
    run_jobs()
    assert Job.objects.get(kind=NOTICE_MAIL).state == Job.State.DONE
