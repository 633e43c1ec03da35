"""What this room holds of customers, and how it goes: what came of a form that may be sent twice."""

from __future__ import annotations

from conversations.portal.once import forget
from desk.erasing import erases


@erases("ticket")
def forget_forms(number: int) -> None:
    forget(number)
