"""What people decide, and what customers say is wrong."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.review.models import Concern, Decision
from desk.ledger.kinds import Code, Facts, Ref, because, kind, names
from desk.ledger.texts import kept_in


class _Decided(Facts):
    """What every decision on a draft says: which version, by which way, on which evidence."""

    draft: Ref
    version: int
    via: Code
    settings: Ref | None
    call: Ref | None


class _Sent(_Decided):
    """What leaves was read: in which language it is, and whether the person had `stated` to read it or stated none."""

    language: Code | None
    reads: Literal["stated", "unstated"]


@kind("draft.approved", says="{actor} approved version {version} of {draft} as written")
class DraftApproved(_Sent):
    pass


@kind(
    "draft.edited",
    says="{actor} changed version {version} of {draft} and approved it ({words_changed:word|words} changed)",
)
class DraftEdited(_Sent):
    words_changed: int


@kind("draft.rejected", says="{actor} rejected version {version} of {draft}: {reason}")
class DraftRejected(_Decided):
    reason: Code
    next: Code


@kind("draft.set_aside", says="{actor} set version {version} of {draft} aside to write")
class DraftSetAside(_Decided):
    pass


@kind("reply.written", says="{actor} wrote a reply in {thread}")
class ReplyWritten(Facts):
    via: Code
    disclosure: Code


@kind("decision.undone", says="{actor} took a decision back before anything was sent")
class DecisionUndone(Facts):
    kind_undone: Code


@kind("decision.withdrawn", says="A decided reply in {thread} came back into review before it was sent: {because}")
class DecisionWithdrawn(Facts):
    because: Code


@kind(
    "evidence.exported",
    says="{actor} downloaded the evidence of {subject}: {entries:entry|entries} of {size} that were sealed",
)
class EvidenceExported(Facts):
    entries: int
    size: int
    via: Code


@kind("ticket.escalated", says="{actor} escalated {thread} to {to}")
class TicketEscalated(Facts):
    to: Ref | Code


@kind("concern.raised", says="The customer says that something in {thread} is wrong")
class ConcernRaised(Facts):
    message: Ref | None
    owner: Ref | None


@kind("concern.settled", says="{actor} settled what the customer said was wrong in {thread}")
class ConcernSettled(Facts):
    pass


kept_in("decision", Decision, "text", "note", "instruction")
kept_in("concern", Concern, "text")


@names("decision")
def decisions(refs: set[str]) -> dict[str, str]:
    return {ref: _("decision %(number)s") % {"number": ref.partition(":")[2]} for ref in refs}


because(
    {
        "draft": gettext_lazy(
            "What a model wrote is never sent by itself. This is who read which version, changed it, and answered for it."
        ),
        "reply": gettext_lazy("A reply that a person wrote is a decision, too."),
        "decision": gettext_lazy("A decision may be taken back until it has left; that it was is part of the record."),
        "concern": gettext_lazy("A customer who says that something is wrong has a right to see that a person looked."),
        "evidence": gettext_lazy(
            "Who took evidence out of the house is recorded, as what they looked at is about people."
        ),
    }
)
