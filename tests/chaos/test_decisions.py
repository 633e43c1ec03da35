"""Two people at one draft, and a customer who writes while somebody approves: one decision, one mail, and who lost knows why."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
from django.db import connection

from conversations.drafting.models import Draft
from conversations.models import Decision, Message, Sending
from conversations.review.actions import Seen, approve
from conversations.review.problems import AlreadyDecided
from desk.actions import Actor
from desk.ledger.models import Entry
from tests.cast import Cast
from tests.chaos.calling import Answer, Caller
from tests.chaos.stack import Stack, drafts, eventually
from tests.drafts import pending_draft

PAIRS = 200
SOME_PAIRS = 60


@pytest.mark.parametrize("pairs", [SOME_PAIRS, pytest.param(PAIRS, marks=pytest.mark.long)])
def test_of_two_approvals_at_once_one_counts_and_the_other_learns_who_was_first(company: Cast, pairs: int) -> None:
    found = [pending_draft(company.ticket(email=f"pair{number}@example.com")) for number in range(pairs)]
    names = {company.ana.pk: company.ana.name, company.ben.pk: company.ben.name}
    with ThreadPoolExecutor(2) as both:
        for draft in found:
            start = threading.Barrier(2)
            first, second = (both.submit(_approve, start, draft, who.actor()) for who in (company.ana, company.ben))
            results = (first.result(20), second.result(20))
            (won,) = [result for result in results if isinstance(result, Decision)]
            (lost,) = [result for result in results if isinstance(result, AlreadyDecided)]
            assert lost.fields["by"] == names[won.person_id]
    assert Decision.objects.count() == Decision.objects.filter(standing=True).count() == pairs
    assert Sending.objects.filter(decision__isnull=False).count() == pairs
    assert Message.objects.filter(decision__isnull=False).count() == pairs
    assert Entry.objects.filter(kind="draft.approved").count() == pairs


def _approve(start: threading.Barrier, draft: Draft, by: Actor) -> Decision | AlreadyDecided:
    start.wait(10)
    try:
        return approve(draft, by=by, seen=Seen(draft.version))
    except AlreadyDecided as first:
        return first
    finally:
        connection.close()


def test_two_programs_that_approve_at_once_make_one_mail(desk: Stack) -> None:
    numbers = _drafted(desk, "both", 20)
    for draft, (one, other) in zip(
        Draft.objects.filter(ticket__in=numbers), cycle([(desk.ana, desk.ben), (desk.ben, desk.ana)])
    ):
        answers = _together(lambda by=one: by.approve(draft.pk), lambda by=other: by.approve(draft.pk))
        assert sorted(answer.status for answer in answers) == [200, 409]
        (lost,) = [answer for answer in answers if answer.status == 409]
        decision = Decision.objects.select_related("person").get(draft=draft)
        assert (lost.body["code"], lost.body["by"]) == ("already_decided", decision.person.name)
    eventually(lambda: _sent(numbers) == 20, within=20, what="each reply is sent")
    assert Counter(desk.mails_to(f"both{number}@example.com") for number in range(20)) == {2: 20}, (
        "and an acknowledgement"
    )


def test_a_customer_who_writes_while_an_agent_approves_is_heard_and_nothing_old_is_sent(desk: Stack) -> None:
    numbers = _drafted(desk, "while", 20)
    ends: Counter[str] = Counter()
    for number in numbers:
        draft = Draft.objects.get(ticket=number)
        typed = f"{draft.text}\nThank you for your patience."
        decided, wrote = _together(
            lambda d=draft, text=typed: _edit(desk.ana, d, text), lambda n=number: desk.shop.write(n, "Wait!")
        )
        assert wrote.status == 201
        if decided.status == 409:
            ends["refused"] += 1
            assert (decided.body["code"], decided.body["because"], decided.body["text"]) == (
                "draft_stale",
                "customer_wrote",
                typed,
            )
            assert not Decision.objects.filter(ticket=number).exists()
        else:
            ends["withdrawn"] += 1
            assert decided.status == 200
            assert Sending.objects.get(decision__ticket=number).state == "withdrawn"
            draft.refresh_from_db()
            assert (draft.state, draft.returned_because) == ("pending_review", "customer_wrote")
    assert sum(ends.values()) == 20
    eventually(lambda: drafts(*numbers) == 20, within=20, what="each last word has a draft")
    assert _sent(numbers) == 0
    for number in range(20):
        assert desk.mails_to(f"while{number}@example.com") == 1, "the acknowledgement alone"


def _edit(by: Caller, draft: Draft, text: str) -> Answer:
    return by.call("POST", f"drafts/{draft.pk}/edit/", {"version": draft.version, "text": text})


def _drafted(desk: Stack, who: str, count: int) -> list[int]:
    numbers = [desk.shop.opened(f"{who}{number}@example.com") for number in range(count)]
    eventually(lambda: drafts(*numbers) == count, within=30, what="drafts to decide about")
    return numbers


def _together(*acts: object) -> list[Answer]:
    start = threading.Barrier(len(acts))

    def act(do: object) -> Answer:
        start.wait(10)
        return do()  # type: ignore[operator,no-any-return]

    with ThreadPoolExecutor(len(acts)) as all_of_them:
        return list(all_of_them.map(act, acts))


def _sent(numbers: list[int]) -> int:
    return Sending.objects.filter(message__ticket__in=numbers, decision__isnull=False, state="sent").count()
