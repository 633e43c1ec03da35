"""What happens to customers' data."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.privacy.models import Hold
from desk.ledger.kinds import Code, Facts, because, kind, names, words
from desk.ledger.texts import kept_in


@kind(
    "customer.erasure_requested",
    says="{subject} is to be erased in {days:day|days} (said by {source}); until then nothing is done with their data",
)
class ErasureRequested(Facts):
    source: Code
    days: int


@kind("customer.erasure_cancelled", says="The erasure of {subject} was taken back by {actor}")
class ErasureCancelled(Facts):
    days_left: int


@kind("customer.erased", says="{subject} was erased, with {tickets:ticket|tickets} and the key of what was encrypted")
class CustomerErased(Facts):
    tickets: int


@kind("customer.exported", says="{actor} exported what is kept of {subject} ({tickets:ticket|tickets})")
class CustomerExported(Facts):
    tickets: int


@kind("hold.placed", says="{actor} wants {thread} kept for {days:day|days}: {ground}")
class HoldPlaced(Facts):
    ground: Code
    days: int


@kind("hold.approved", says="{actor} approved that {thread} is kept: {ground}")
class HoldApproved(Facts):
    ground: Code


@kind("hold.ended", says="{actor} ended the keeping of {thread}")
class HoldEnded(Facts):
    ground: Code


kept_in("hold", Hold, "note")


@names("hold")
def holds(refs: set[str]) -> dict[str, str]:
    return {ref: _("hold %(number)s") % {"number": ref.partition(":")[2]} for ref in refs}


words(
    {
        "restricted": gettext_lazy("the customer wants to be erased"),
        "legal_claim": gettext_lazy("a legal claim"),
        "legal_duty": gettext_lazy("a law demands it"),
        "authority": gettext_lazy("an authority asked for it"),
        "safety": gettext_lazy("the safety of people"),
    }
)


because(
    {
        "hold": gettext_lazy("Keeping data that somebody wants erased needs a ground, an end and a second person."),
    }
)
