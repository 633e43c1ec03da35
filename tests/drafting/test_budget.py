"""The budget of a day: reserved before a call, settled after it, and never overdrawn however many begin at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from conversations.drafting.actions import fail_draft, record_call, request_draft, set_limit
from conversations.drafting.budgets import Limit, Spent
from conversations.drafting.models import Draft, ModelCall
from conversations.drafting.spending import ANSWER_TOKENS, BudgetSpent, used_up
from conversations.drafting.states import DraftState
from conversations.tickets.models import Ticket
from conversations.tickets.states import Lane, Why
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.api.calls import caller
from tests.cast import Cast
from tests.drafting.shelf import fill
from tests.drafting.test_pipeline import drafted, work
from tests.standin import StandIn

REQUEST = json.dumps({"model": "m", "messages": [{"role": "user", "content": "x" * 3_000}]}).encode()
RESERVED = len(REQUEST) // 3 + ANSWER_TOKENS


def spent(team: Any = None) -> int:
    return sum(Spent.objects.filter(team=team).values_list("tokens", flat=True))


def call(draft: Draft) -> ModelCall:
    return record_call(draft, REQUEST, replaced={}, placeholders={}, by=SYSTEM)


def queued(cast: Cast, **more: Any) -> Draft:
    ticket = cast.ticket(**more)
    return Draft.objects.get(ticket=ticket)


def test_a_call_is_counted_as_what_it_took(cast: Cast, standin: StandIn) -> None:
    draft = drafted(cast)
    made = ModelCall.objects.get(draft=draft)
    assert made.reserved_tokens is None
    assert spent() == spent(cast.orders) == made.prompt_tokens + made.completion_tokens > 0
    assert spent(cast.returns) == 0


@pytest.mark.parametrize(
    ("error", "taken"), [("timeout", RESERVED), ("worker_lost", RESERVED), ("server_error", 0), ("unreachable", 0)]
)
def test_what_failed_is_given_back_unless_it_may_have_been_billed(cast: Cast, error: str, taken: int) -> None:
    draft = queued(cast)
    made = call(draft)
    assert spent() == spent(cast.orders) == RESERVED
    fail_draft(draft.pk, because="provider", error=error, by=SYSTEM, call_id=made.pk)
    assert spent() == spent(cast.orders) == taken
    assert ModelCall.objects.get().reserved_tokens is None


def test_a_call_that_the_budget_does_not_reach_for_leaves_nothing(cast: Cast) -> None:
    set_limit(None, tokens=RESERVED, money=None, by=cast.ada.actor())
    first, second = queued(cast), queued(cast, email="other@example.com")
    call(first)
    with pytest.raises(BudgetSpent):
        call(second)
    assert spent() == RESERVED
    assert ModelCall.objects.count() == 1


def test_a_teams_budget_is_its_own(cast: Cast) -> None:
    set_limit(cast.orders, tokens=RESERVED, money=None, by=cast.ada.actor())
    first, second = queued(cast), queued(cast, email="other@example.com")
    call(first)
    with pytest.raises(BudgetSpent):
        call(second)
    call(queued(cast, email="third@example.com", team=cast.returns))
    set_limit(cast.orders, tokens=None, money=None, by=cast.ada.actor())
    call(queued(cast, email="fourth@example.com"))


def test_money_is_held_by_the_price_and_without_one_nothing_is_asked(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_limit(None, tokens=None, money=Decimal("0.01"), by=cast.ada.actor())
    draft = queued(cast)
    with pytest.raises(BudgetSpent) as refused:
        call(draft)
    assert refused.value.code == "no_price"
    prices = {settings.ENV.openai_model: (Decimal(2), Decimal(4))}
    monkeypatch.setattr(settings.ENV, "model_prices", prices)
    call(draft)
    with pytest.raises(BudgetSpent):
        call(queued(cast, email="other@example.com"))


def test_a_used_up_budget_sends_tickets_to_people_and_says_so(cast: Cast, standin: StandIn, client: Client) -> None:
    fill()
    early = cast.ticket(email="early@example.com")
    set_limit(None, tokens=10, money=None, by=cast.ada.actor())
    work()
    early.refresh_from_db()
    assert (early.lane, early.lane_why) == (Lane.WRITE, Why.BUDGET), "it was asked for before the limit"
    assert standin.seen()["requests"] == 0
    set_limit(None, tokens=0, money=None, by=cast.ada.actor())
    assert used_up(None)
    ticket = cast.ticket()
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, Why.BUDGET)
    assert not Draft.objects.filter(ticket=ticket).exists()
    told = caller(cast, cast.ana).get(f"tickets/{ticket.number}/").json()
    assert told["no_draft_because"] == "budget"
    set_limit(None, tokens=None, money=None, by=cast.ada.actor())
    assert request_draft(Ticket.objects.get(pk=ticket.pk), by=SYSTEM) is not None


def test_calls_that_begin_at_once_do_not_overdraw(company: Cast) -> None:
    fits = 3
    set_limit(None, tokens=fits * RESERVED, money=None, by=company.ada.actor())
    drafts = [queued(company, email=f"c{number}@example.com") for number in range(8)]

    def begin(draft: Draft) -> bool:
        try:
            call(draft)
        except BudgetSpent:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        begun = list(threads.map(begin, drafts))
    assert sum(begun) == fits
    assert spent() == fits * RESERVED == spent(company.orders)
    assert ModelCall.objects.count() == fits


def test_only_administrators_set_it_and_the_page_shows_what_was_used(cast: Cast, client: Client) -> None:
    with pytest.raises(NotAllowed):
        set_limit(None, tokens=1, money=None, by=cast.sam.actor())
    with pytest.raises(Invalid):
        set_limit(None, tokens=-1, money=None, by=cast.ada.actor())
    call(queued(cast))
    client.force_login(cast.sam)
    assert client.post("/settings/models/budget/", {"tokens": "5"}).status_code == 403
    client.force_login(cast.ada)
    assert client.post("/settings/models/budget/", {"tokens": "many"}).status_code == 400
    page = client.post("/settings/models/budget/", {"tokens": "900000", "money": "12.50"}, follow=True)
    assert f"{RESERVED} of 900000 tokens used today" in page.content.decode()
    client.post("/settings/models/budget/", {"team": str(cast.orders.pk), "tokens": "5"})
    assert Limit.objects.get(team=cast.orders).tokens == 5
    facts = [entry.facts for entry in Entry.objects.filter(kind="limit.set").order_by("seq")]
    assert facts[0] == {"whom": "everybody", "tokens": 900000, "hundredths": 1250, "currency": "usd"}


def test_a_draft_that_fails_for_want_of_budget_says_so_in_its_entry(cast: Cast, standin: StandIn) -> None:
    set_limit(None, tokens=10, money=None, by=cast.ada.actor())
    draft = drafted(cast)
    assert (draft.state, draft.failure) == (DraftState.FAILED, "budget")
    assert Entry.objects.get(kind="draft.failed").facts == {"because": "budget", "error": "budget_spent"}
