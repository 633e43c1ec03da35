"""The door from a person to requests about customers' data."""

from __future__ import annotations

from conversations.privacy.models import Erasure, Hold
from desk.problems import NotFound


def erasure_at(pk: int) -> Erasure:
    """An erasure, or NotFound. The page is open to those alone who answer for data: they see all."""
    found = Erasure.objects.select_related("customer").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def hold_at(pk: int) -> Hold:
    found = Hold.objects.select_related("ticket").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
