"""One question to a model, by the settings of its draft: whom, with which key, how long, how many at once, and who else.

No transaction is open here.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings

from conversations.drafting.breaker import Place, Remembered, foresee, guarded, place
from conversations.drafting.provider import Completion, Provider, ProviderFailed
from conversations.drafting.reach import contract_with, key_of
from conversations.drafting.versions import Shape, is_external, shape_of

_FIRST_SHARE = 0.6
"""How much of the deadline the first model has where another may answer in its place."""
_NOT_ANOTHERS = frozenset({"no_key", "wrong_key", "not_activated"})
"""Failures that another model of the same provider would have too."""


def ask(
    shape: Shape,
    body: Mapping[str, Any],
    *,
    held: Place,
    before_send: Callable[[bytes], str],
    cancelled: threading.Event | None = None,
) -> Completion:
    """The answer, of the model or, where the terms allow it, of the other one. Raises ProviderFailed, Cancelled or Busy.

    `held` is of `place_for`. All of it takes no longer than MODEL_DEADLINE.
    """
    held.taken()
    contract = contract_with(shape.address) if is_external(shape.address) else None
    provider = _provider(shape.address, key_of(shape.address, contract))
    deadline = settings.ENV.model_deadline
    others = shape.fallback and (contract is None or contract.allows_fallback)
    asked = [(shape.model, deadline * _FIRST_SHARE), (shape.fallback, deadline * (1 - _FIRST_SHARE))]
    for model, seconds in asked if others else [(shape.model, deadline)]:
        try:
            with guarded(shape.address, model, seconds=seconds):
                return provider.complete(
                    {**body, "model": model}, before_send=before_send, cancelled=cancelled, seconds=seconds
                )
        except ProviderFailed as failure:
            if model == asked[-1][0] or not others or failure.code in _NOT_ANOTHERS:
                raise
    raise AssertionError("unreachable")


def place_for(shape: Shape, *, beforehand: float = 0) -> AbstractContextManager[Place]:
    """Around `ask`, and so many seconds of work before it: one of the places at the model's address.

    Inside `statements.read_together` it is asked for along with the next statement, and so is what is known of the model.
    """
    foresee(shape.address, shape.model)
    return place(shape.address, most=settings.ENV.model_at_once, seconds=settings.ENV.model_deadline + beforehand)


def warm() -> None:
    """Load what the first call needs (half a second); sends nothing."""
    address = shape_of(None).address
    _provider(address, key_of(address, None)).warm()


@functools.lru_cache(maxsize=8)
def _provider(address: str, key: str) -> Provider:
    """One client for each address and key, kept alive between calls."""
    return Provider(address, key, "", memory=Remembered(address))
