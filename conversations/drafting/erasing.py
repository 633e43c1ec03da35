"""What this room holds of customers, and how it goes."""

from __future__ import annotations

from conversations.drafting.budgets import Limit, Spent
from conversations.drafting.contracts import TERMS, Contract
from conversations.drafting.endpoints import Endpoint, Slot
from conversations.drafting.evaluations import Case, Evaluation, Outcome
from conversations.drafting.model_settings import Activation, ModelSettings
from conversations.drafting.models import (
    Draft,
    Flag,
    FlagRule,
    ModelCall,
    NumberPattern,
    ReceiptRule,
    SettingsVersion,
    Stop,
)
from desk.erasing import accounts_for, erases
from desk.statements import write

accounts_for(SettingsVersion, ours=("fingerprint", "model", "provider", "prompt_version", "redactor_version"))
# Model settings, terms, budgets and questions are the organisation's own words; receipts of evaluations hold no customer's.
accounts_for(
    ModelSettings, ours=("name", "reason", "address", "model", "fallback", "guidance", "languages", "left_out")
)
accounts_for(Activation, ours=("reason",))
accounts_for(Contract, ours=(*TERMS, "address", "key_sealed"))
accounts_for(Case, ours=("subject_sealed", "question_sealed", "language", "expects", "from_demo"))
accounts_for(Evaluation)
accounts_for(Outcome, ours=("request_sealed", "text_sealed", "error", "flagged"))
accounts_for(Limit)
accounts_for(Spent)
accounts_for(Endpoint, ours=("address", "model", "form", "without", "last_error"))
accounts_for(Slot, ours=("address",))
# Why drafting was stopped is said by those who answer for the desk, to everyone who drafts.
accounts_for(Stop, ours=("value", "reason"))
accounts_for(FlagRule, ours=("reason",))
accounts_for(NumberPattern, ours=("pattern", "example"))
accounts_for(ReceiptRule, ours=("reason",))
# Passages of articles are the organisation's own and stay; notes and what was looked up go.
accounts_for(
    Draft,
    erased=("text", "sentences", "unanswered", "risks", "instruction", "passages"),
    ours=("language", "risk", "failure", "returned_because", "stale_because"),
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
    write(_OWN_PASSAGES_ALONE, [number])


_OWN_PASSAGES_ALONE = """
    UPDATE drafting_draft SET passages = coalesce(
        (SELECT jsonb_agg(p) FROM jsonb_array_elements(passages) AS p WHERE p->>'ref' LIKE 'passage:%%'), '[]')
     WHERE ticket_id = %s AND passages <> '[]'
"""
