"""What this room holds of customers, and how it goes."""

from __future__ import annotations

from conversations.privacy.models import Erasure, Hold
from desk.erasing import accounts_for, erases

accounts_for(Erasure)
accounts_for(Hold, erased=("note",))


@erases("ticket")
def blank_holds(number: int) -> None:
    """Holds that are over: one that stands would have kept the ticket."""
    Hold.objects.filter(ticket=number).exclude(note="").update(note="")
