"""Whom drafts may be asked of, on what terms, and for how much a day."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.rights import Right
from conversations.drafting.budgets import Limit
from conversations.drafting.contracts import LONGEST, TERMS, Contract
from conversations.drafting.kinds_of_settings import EVERYBODY, ContractBegun, ContractEnded, LimitSet
from conversations.drafting.reach import contract_with, key_of, sealed_key
from conversations.drafting.versions import is_external
from conversations.tickets import texts
from desk.actions import Actor, action, record
from desk.ledger.append import Text
from desk.problems import Invalid, NotAllowed, Problem


class Ended(Problem):
    code, status, title = "ended", 409, _("These terms have ended already")
    detail = _("Somebody was first. Nothing was changed.")


@action("contract.begun", needs=Right.ADMINISTER)
def begin_contract(
    address: str, *, terms: dict[str, str], key: str = "", allows_fallback: bool = False, by: Actor
) -> Contract:
    """Let a provider outside be asked, by what is written down of it; other terms take the place of those before.

    `terms` has a text for each of TERMS. An empty `key` keeps the one before, or leaves it to the environment.
    """
    if by.kind != "person":
        raise NotAllowed
    address = address.strip().rstrip("/")
    if urlsplit(address).scheme not in {"http", "https"} or not is_external(address) or len(address) > 300:
        raise Invalid(
            _("Give the address of a provider outside of this machine, beginning with https://."),
            errors={"address": ["begins with https://"]},
        )
    kept = {name: texts.remark(terms.get(name, ""), limit=_most(name)) for name in TERMS}
    if missing := [name for name, text in kept.items() if not text]:
        raise Invalid(
            _("All of it has to be written down: customers may ask. Say “none” where there is none."),
            errors={name: [str(_("Please write something."))] for name in missing},
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('drafting_contract'))")
    before = contract_with(address)
    if before is not None:
        _end(before, by)
    contract = Contract.objects.create(
        address=address, allows_fallback=allows_fallback, began_by_id=UUID(by.id), began_at=timezone.now(), **kept
    )
    key = key.strip() or _key_before(before)
    if key:
        contract.key_sealed = sealed_key(contract, key)
        contract.save(update_fields=["key_sealed"])
    record(
        ContractBegun(before=before.ref if before else None, allows_fallback=allows_fallback, has_key=bool(key)),
        by=by,
        subject=contract.ref,
        commits={name: Text(text, f"{contract.ref}:{name}") for name, text in kept.items()},
    )
    return contract


@action("contract.ended", needs=Right.ADMINISTER)
def end_contract(contract: Contract, *, by: Actor) -> None:
    """Nothing is asked of this provider any more, from this commit on. Raises Ended."""
    if by.kind != "person":
        raise NotAllowed
    locked = Contract.objects.select_for_update(no_key=True).get(pk=contract.pk)
    if locked.ended_at is not None:
        raise Ended
    _end(locked, by)
    record(ContractEnded(), by=by, subject=locked.ref)


@action("limit.set", needs=Right.ADMINISTER)
def set_limit(team: Team | None, *, tokens: int | None, money: Decimal | None, by: Actor) -> Limit:
    """What may be used in a day, by a team or by all together; None is no limit. Holds for the next call."""
    if (tokens is not None and not 0 <= tokens < 10**12) or (money is not None and not 0 <= money < 10**9):
        raise Invalid(_("A budget is a number from nought on."), errors={"tokens": ["0 or more"]})
    limit = Limit.objects.create(
        team=team,
        tokens=tokens,
        money=money,
        person_id=UUID(by.id) if by.kind == "person" else None,
        set_at=timezone.now(),
    )
    record(
        LimitSet(
            whom=team.ref if team else EVERYBODY,
            tokens=tokens,
            hundredths=None if money is None else round(money * 100),
            currency=settings.ENV.model_currency.lower(),
        ),
        by=by,
        subject=limit.ref,
    )
    return limit


def _end(contract: Contract, by: Actor) -> None:
    contract.ended_at, contract.ended_by_id = timezone.now(), UUID(by.id)
    contract.save(update_fields=["ended_at", "ended_by"])


def _most(name: str) -> int:
    return {"provider": 120, "region": 200, "owner": 200}.get(name, LONGEST)


def _key_before(before: Contract | None) -> str:
    return key_of(before.address, before) if before is not None and before.key_sealed else ""
