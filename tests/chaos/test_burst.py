"""A customer who writes five times in a row, at a worker that is quick."""

from __future__ import annotations

from conversations.drafting.models import Draft
from conversations.models import Message
from desk.jobs import Job
from tests.chaos.stack import Stack, drafts, eventually


def test_five_messages_in_a_row_leave_one_draft_about_the_last_and_the_others_say_why_not(desk: Stack) -> None:
    desk.standin.misbehave("slow", seconds=0.8)
    number = desk.shop.opened("burst@example.com")
    for more in range(4):
        assert desk.shop.write(number, f"And also, {more}?").status == 201
    last = Message.objects.filter(ticket=number, direction="in").latest("id")
    eventually(
        lambda: Draft.objects.filter(ticket=number, last_message=last, state="pending_review").exists(),
        within=20,
        what="a draft about the last message",
    )
    open_jobs = Job.objects.filter(kind="draft.generate", thread=f"ticket:{number}").exclude(state="done")
    eventually(lambda: not open_jobs.exists(), within=20, what="nothing more is on its way")
    assert drafts(number) == 1
    others = Draft.objects.filter(ticket=number).exclude(last_message=last)
    assert others.count() == 4
    assert set(others.values_list("state", "stale_because", "text")) == {("stale", "customer_wrote", "")}
