"""What this room holds of customers, and how it goes."""

from __future__ import annotations

from conversations.drafting.models import Draft, Flag, FlagRule, ModelCall, SettingsVersion, Stop
from desk.erasing import accounts_for, erases

accounts_for(SettingsVersion, ours=("fingerprint", "model", "provider", "prompt_version", "redactor_version"))
# Why drafting was stopped is said by those who answer for the desk, to everyone who drafts.
accounts_for(Stop, ours=("value", "reason"))
accounts_for(FlagRule, ours=("reason",))
# Passages are of the organisation's own articles.
accounts_for(
    Draft,
    erased=("text", "sentences", "unanswered", "risks", "instruction"),
    ours=("passages", "language", "risk", "failure", "returned_because"),
)
accounts_for(Flag, erased=("words", "seen_in"), ours=("answer",))
accounts_for(
    ModelCall,
    erased=("request_sealed", "placeholders_sealed", "response_sealed"),
    ours=("redaction", "state", "error", "model"),
)


@erases("ticket")
def blank_drafts(number: int) -> None:
    """What models wrote, what people asked of them, and the receipts; their key is destroyed with the customer."""
    Flag.objects.filter(draft__ticket=number).update(words="", seen_in="")
    ModelCall.objects.filter(ticket=number).update(request_sealed=b"", placeholders_sealed=b"", response_sealed=b"")
    Draft.objects.filter(ticket=number).update(text="", sentences=[], unanswered=[], risks=[], instruction="")
