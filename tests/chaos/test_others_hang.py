"""A model or a mail server that hangs or errs, while everything else goes on."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from conversations.drafting.models import Draft, ModelCall
from conversations.models import Sending, Ticket
from desk import jobs
from desk.jobs import Job
from desk.plan import Plan, desk_parts
from tests.chaos.stack import MODEL_DEADLINE, Stack, drafts, eventually
from tests.mailroom.mail_server import DROP, HANG


def test_a_model_that_hangs_holds_up_neither_mails_nor_decisions_and_others_not_for_longer_than_its_deadline(
    desk: Stack,
) -> None:
    ready = desk.shop.opened("ready-before@example.com")
    eventually(lambda: drafts(ready) == 1, within=10, what="a draft to decide about")
    desk.standin.misbehave("hang")
    began = time.monotonic()
    numbers = [desk.shop.opened(f"hangs{number}@example.com") for number in range(8)]
    eventually(lambda: ModelCall.objects.filter(ticket__in=numbers).count() == 4, within=4, what="four are being asked")

    approved = time.monotonic()
    assert desk.ana.approve(Draft.objects.get(ticket=ready).pk).status == 200
    eventually(lambda: _sent(ready) == 2, within=4, what="the approved reply is sent")
    eventually(lambda: _sent(*numbers) == 8, within=8, what="every acknowledgement is sent")
    assert time.monotonic() - approved < 4
    assert ModelCall.objects.filter(ticket__in=numbers, state="sent").count() == 4, "the model still hangs"

    desk.standin.behave()
    eventually(lambda: drafts(*numbers) == 4, within=MODEL_DEADLINE + 5, what="the other four are drafted")
    assert time.monotonic() - began < MODEL_DEADLINE + 9
    eventually(
        lambda: (
            Counter(Ticket.objects.filter(pk__in=numbers).values_list("lane", "lane_why"))
            == {("review", ""): 4, ("write", "provider"): 4}
        ),
        within=5,
        what="the four that hung are left to people",
    )


def test_one_ticket_after_another_meets_another_fault_of_the_model_and_each_comes_to_its_own_end(desk: Stack) -> None:
    def meet(fault: str) -> int:
        desk.standin.misbehave(fault, times=1)
        faulted = desk.standin.seen()["faulted"]
        number = desk.shop.opened(f"meets-{fault}@example.com")
        eventually(lambda: desk.standin.seen()["faulted"] == faulted + 1, within=8, what=f"{fault} is met")
        return number

    dripping = meet("drip")
    for passing in ("429", "500", "cut"):
        number = meet(passing)
        eventually(lambda n=number: drafts(n) == 1, within=5, what=f"after {passing} the model is asked again")
        assert [call.state for call in ModelCall.objects.filter(ticket=number).order_by("id")] == ["failed", "answered"]
    for number in (meet("bad_json"), dripping):
        eventually(lambda n=number: drafts(n, state="failed") == 1, within=MODEL_DEADLINE + 3, what="it is given up")
        assert Ticket.objects.filter(pk=number, lane="write", lane_why="provider").exists()


def test_a_mail_server_that_hangs_holds_up_no_drafts_and_what_it_never_heard_is_sent_later(desk: Stack) -> None:
    desk.mail.behaviour.answers = {"mail": HANG}
    numbers = [desk.shop.opened(f"mute{number}@example.com") for number in range(8)]
    hung = Job.objects.filter(kind="sending.deliver", state="running")
    eventually(lambda: hung.count() == 3, within=8, what="three at a time are with the server")
    later = [desk.shop.opened(f"later{number}@example.com") for number in range(4)]
    eventually(lambda: drafts(*numbers, *later) == 12, within=8, what="each is drafted")
    assert hung.count() == 3, "the others wait for these"
    desk.let_go_of_mails()
    eventually(lambda: _sent(*numbers) == 5, within=8, what="those that were not with the server")
    deferred = Sending.objects.filter(message__ticket__in=numbers, state="queued")
    assert deferred.count() == 3
    Job.objects.filter(kind="sending.deliver", state="queued").update(run_after=timezone.now() - timedelta(seconds=1))
    eventually(lambda: _sent(*numbers) == 8, within=8, what="those that were put off")
    assert {desk.mails_to(f"mute{number}@example.com") for number in range(8)} == {1}


@pytest.mark.parametrize(
    ("answers", "state", "mails"), [({"dot": DROP}, "unknown", 1), ({"rcpt": "550 No such user"}, "failed", 0)]
)
def test_what_a_mail_server_leaves_open_or_refuses_is_in_trouble_and_never_repeated(
    desk: Stack, answers: dict[str, str], state: str, mails: int
) -> None:
    number = desk.shop.opened(f"dropped-{state}@example.com", ai_consent=False)
    eventually(lambda: _sent(number) == 1, within=8, what="the acknowledgement is sent")
    desk.mail.behaviour.answers = answers
    replied = desk.ana.call(
        "POST", f"tickets/{number}/messages/", {"body": "Your refund was paid on Monday.", "from": "agent"}
    )
    assert replied.status == 201
    sending = Sending.objects.get(message=replied.body["id"])
    eventually(lambda: Sending.objects.filter(pk=sending.pk, state=state).exists(), within=8, what=state)
    desk.mail.behaviour.answers = {}
    assert Ticket.objects.get(pk=number).lane == "trouble"
    # Whatever nudges, sweeps and looks there are: the job is done.
    time.sleep(jobs.SWEEP_EVERY / 2)
    assert Job.objects.get(key=f"sending.deliver:{sending.pk}").state == Job.State.DONE
    assert desk.mails_to(f"dropped-{state}@example.com") == 1 + mails


def test_a_worker_has_more_threads_than_the_kinds_that_can_hang_may_take() -> None:
    plan = Plan(var=Path(), port=1, demo=True, given={}, standin_port=None, catcher_port=None)
    (worker,) = [part for part in desk_parts(plan, {}) if part.name == "worker"]
    threads = int(worker.command[[*worker.command].index("--concurrency") + 1])
    known = jobs.kinds()
    assert known["draft.generate"] + known["sending.deliver"] < threads


def _sent(*numbers: int) -> int:
    return Sending.objects.filter(message__ticket__in=numbers, state="sent").count()
