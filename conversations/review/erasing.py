"""What this room holds of customers, and how it goes."""

from __future__ import annotations

from conversations.review.models import Concern, Decision
from desk.erasing import accounts_for, erases

accounts_for(
    Decision, erased=("text", "text_hash", "note", "instruction", "files_digest"), ours=("via", "ended_because")
)
accounts_for(Concern, erased=("text",))


@erases("ticket")
def blank_decisions(number: int) -> None:
    """What was decided stays, who did and when; the words go."""
    Decision.objects.filter(ticket=number).exclude(text_hash="").update(text="", text_hash="", note="", instruction="")
    Concern.objects.filter(ticket=number).update(text="")
