"""A worker that is gone from one moment to the next, at the worst of moments."""

from __future__ import annotations

import time

from conversations.drafting.models import Draft, ModelCall
from conversations.models import Sending, Ticket
from desk.jobs import Job
from desk.ledger.models import Entry
from tests.chaos.stack import Stack, bystander, drafts, eventually, waits_for
from tests.mailroom.mail_server import HANG


def test_a_worker_killed_between_the_answer_and_the_commit_leaves_one_draft_and_one_killed_after_data_one_unknown_mail(
    desk: Stack,
) -> None:
    """Both in the hands of one worker: a text that the model has given, and a mail that the server has heard."""
    desk.mail.behaviour.answers = {"dot": HANG}
    sent = desk.shop.opened("after-data@example.com", ai_consent=False)
    eventually(lambda: desk.mails_to("after-data@example.com") == 1, within=10, what="the server heard the mail")

    desk.standin.misbehave("slow", seconds=1.5, times=1)
    number = desk.shop.opened("between@example.com")
    eventually(lambda: ModelCall.objects.filter(ticket=number).exists(), within=10, what="the model is asked")
    draft = Draft.objects.get(ticket=number)
    with bystander(desk.postgres.url) as other:
        other.execute("SELECT 1 FROM drafting_draft WHERE id = %s FOR UPDATE", [draft.pk])
        eventually(lambda: waits_for(other, url=desk.postgres.url), within=10, what="the answer is to be stored")
        assert desk.standin.seen()["requests"] == 1
        assert ModelCall.objects.get(ticket=number).state == "sent"
        desk.programs["worker"].kill()
    killed = time.monotonic()
    desk.mail.behaviour.answers = {}
    desk.programs["worker"].start()

    eventually(lambda: drafts(number) == 1, within=30 - (time.monotonic() - killed), what="a draft before people")
    assert Draft.objects.filter(ticket=number).count() == 1
    assert [call.state for call in ModelCall.objects.filter(ticket=number).order_by("id")] == ["failed", "answered"]
    kinds = [entry.kind for entry in Entry.objects.filter(thread=f"ticket:{number}", subject=draft.ref).order_by("seq")]
    assert kinds == ["draft.requested", "draft.begun", "draft.begun", "draft.prepared"]
    job = Job.objects.get(key=f"draft.generate:{draft.pk}")
    assert (job.state, job.attempts) == (Job.State.DONE, 2)

    sending = Sending.objects.get(message__ticket=sent)
    eventually(
        lambda: not Sending.objects.filter(pk=sending.pk, state="sending").exists(), within=20, what="it is settled"
    )
    sending.refresh_from_db()
    assert (sending.state, sending.last_error) == ("unknown", "worker_lost")
    assert desk.mails_to("after-data@example.com") == 1
    assert Ticket.objects.get(pk=sent).lane == "trouble"


def test_a_worker_told_to_stop_finishes_what_it_has_and_takes_nothing_new(desk: Stack) -> None:
    desk.standin.misbehave("slow", seconds=1.0)
    numbers = [desk.shop.opened(f"stop{each}@example.com") for each in range(16)]
    eventually(lambda: ModelCall.objects.filter(ticket__in=numbers).count() >= 4, within=30, what="four are asked")
    began = time.monotonic()
    desk.programs["worker"].stop()
    assert time.monotonic() - began < 4
    begun = Job.objects.filter(kind="draft.generate", thread__in=[f"ticket:{number}" for number in numbers], attempts=1)
    assert begun.count() < 16
    assert drafts(*numbers) == begun.count()
    assert not Job.objects.filter(state="running").exists()
    desk.standin.behave()
    desk.programs["worker"].start()
    eventually(lambda: drafts(*numbers) == 16, within=20, what="all are drafted")
    assert ModelCall.objects.filter(ticket__in=numbers).count() == 16
