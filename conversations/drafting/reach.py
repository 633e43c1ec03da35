"""Whom a call may reach: servers of this machine, and providers outside whose terms an administrator wrote down.

A key in the environment alone sends nothing but what the demo brought along.
"""

from __future__ import annotations

from django.conf import settings

from conversations.drafting.contracts import Contract
from conversations.drafting.versions import is_external
from conversations.tickets.kinds import DemoImported, MessageReceived
from conversations.tickets.models import Ticket
from desk.data_keys import Unreadable, opened, sealed
from desk.ledger.models import Entry


def contract_with(address: str) -> Contract | None:
    """The terms under which a provider is asked now."""
    return Contract.objects.filter(address=address, ended_at=None).first()


def may_be_asked(address: str, ticket: Ticket) -> bool:
    """Whether words of this ticket may go to an address: there is a key, and it is ours, under terms, or the words are
    the demo's.
    """
    if not is_external(address):
        return bool(key_of(address, None))
    contract = contract_with(address)
    return bool(key_of(address, contract)) and (contract is not None or is_of_the_demo(ticket))


def is_of_the_demo(ticket: Ticket) -> bool:
    """Whether all that was ever written in a ticket came with the demo."""
    if not settings.DEMO:
        return False
    told = Entry.objects.filter(thread=ticket.ref, kind__in=[DemoImported.kind, MessageReceived.kind])
    return set(told.values_list("kind", flat=True)) == {DemoImported.kind}


def key_of(address: str, contract: Contract | None) -> str:
    """The key for an address: that of its contract, else the environment's for the environment's own address.

    A server of this machine that the environment does not name is asked without one. "" where there is none.
    """
    if contract is not None and contract.key_sealed:
        try:
            return opened(contract.ref, bytes(contract.key_sealed), _context(contract))
        except Unreadable:
            return ""
    if address == settings.ENV.openai_base_url:
        return settings.ENV.openai_api_key
    return "none" if contract is not None or not is_external(address) else ""


def sealed_key(contract: Contract, key: str) -> bytes:
    """A key for the column `key_sealed`. Inside an action."""
    return sealed(contract.ref, key, _context(contract))


def _context(contract: Contract) -> str:
    return f"drafting_contract|key|{contract.pk}"
