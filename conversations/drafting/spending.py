"""The budget of a day: reserved in the transaction of a receipt, before a byte leaves, and settled when the call is over.

Every call is counted, also where no limit is set. The day's row is locked by counting on it, so that calls that begin at once
see each other: none of them gets through on what another has taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from conversations.drafting.budgets import Limit, Spent
from conversations.drafting.costs import cost_of
from conversations.drafting.models import ModelCall
from desk.rows import Asked, Reading
from desk.statements import run, write

BYTES_A_TOKEN = 3  # on the safe side: four in English, fewer in other languages
ANSWER_TOKENS = 1_000  # more than an answer of the usual length has
NOT_BILLED = frozenset({"unreachable", "rate_limited", "server_error", "refused", "wrong_key", "no_key", "tried_again"})
"""Failures for which no provider asks money."""


class BudgetSpent(Exception):
    """Nothing may leave: the day's budget does not reach for this call. `code` is budget_spent or no_price."""

    def __init__(self, code: str = "budget_spent") -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Used:
    """Tokens, and money in the currency of the prices."""

    tokens: int
    money: Decimal


def limits(team_id: int | None) -> dict[int | None, Limit]:
    """What holds today, of all together (None) and of a team, where somebody set something."""
    return {limit.team_id: limit for limit in _limits.all(team=team_id)}


def foresee_limits(team_id: int | None) -> None:
    """Have `limits` asked along with the next statement of the action."""
    _limits.foresee(team=team_id)


_limits = Reading(
    Limit.objects.filter(Q(team=None) | Q(team=Asked("team"))).order_by("team_id", "-id").distinct("team_id")
)


def used_up(team_id: int | None) -> bool:
    """Whether nothing is left for today, as far as can be seen without waiting for anybody."""
    for team, limit in limits(team_id).items():
        spent = Spent.objects.filter(day=timezone.localdate(), team=team).first() or Spent(tokens=0, money=Decimal(0))
        if (limit.tokens is not None and spent.tokens >= limit.tokens) or (
            limit.money is not None and spent.money >= limit.money
        ):
            return True
    return False


def reserve_budget(call: ModelCall, *, team_id: int | None, model: str) -> None:
    """Take what a call may cost out of the day's budgets, inside the action that stores its receipt, which says so then.

    Raises BudgetSpent.
    """
    prompt = call.request_bytes // BYTES_A_TOKEN
    money = cost_of(model, prompt_tokens=prompt, completion_tokens=ANSWER_TOKENS)
    held = limits(team_id)
    if money is None and any(limit.money is not None for limit in held.values()):
        raise BudgetSpent("no_price")
    wanted = Used(prompt + ANSWER_TOKENS, money or Decimal(0))
    for team in [None] if team_id is None else [None, team_id]:
        day = timezone.localdate(call.created_at)
        if (limit := held.get(team)) is None:
            write(_COUNT, [day, team, wanted.tokens, wanted.money])
            continue
        total = _count(day, team, wanted)
        if (limit.tokens is not None and total.tokens > limit.tokens) or (
            limit.money is not None and total.money > limit.money
        ):
            raise BudgetSpent
    call.reserved_tokens, call.reserved_money, call.reserved_team = wanted.tokens, money, team_id


def settle(call: ModelCall, *, tokens: int = 0, money: Decimal | None = None, billed: bool = True) -> tuple[str, ...]:
    """Put what a call truly took in the place of what was reserved. Inside an action; the second time does nothing.

    What the provider did not count counts as reserved; a call that is not `billed` took nothing. Returns the fields of the
    call that changed, for its caller to save.
    """
    if call.reserved_tokens is None:
        return ()
    reserved = Used(call.reserved_tokens, call.reserved_money or Decimal(0))
    used = (
        Used(tokens or reserved.tokens, reserved.money if money is None else money) if billed else Used(0, Decimal(0))
    )
    for team in [None] if call.reserved_team is None else [None, call.reserved_team]:
        write(
            "UPDATE drafting_spent SET tokens = greatest(0, tokens + %s), money = greatest(0, money + %s) "
            "WHERE day = %s AND team_id IS NOT DISTINCT FROM %s",
            [used.tokens - reserved.tokens, used.money - reserved.money, timezone.localdate(call.created_at), team],
        )
    call.reserved_tokens = call.reserved_money = call.reserved_team = None
    return "reserved_tokens", "reserved_money", "reserved_team"


def count(used: Used) -> None:
    """What was used beside tickets, such as by an evaluation, on the budget of all. Inside an action."""
    _count(timezone.localdate(), None, used)


def _count(day: date, team_id: int | None, used: Used) -> Used:
    return Used(*run(_COUNT, [day, team_id, used.tokens, used.money]).fetchone())


_COUNT = (
    "INSERT INTO drafting_spent (day, team_id, tokens, money) VALUES (%s, %s, %s, %s) ON CONFLICT (day, team_id) "
    "DO UPDATE SET tokens = drafting_spent.tokens + EXCLUDED.tokens, money = drafting_spent.money + EXCLUDED.money "
    "RETURNING tokens, money"
)
