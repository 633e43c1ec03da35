"""How long receipts are kept, and what empties them then."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.drafting.kinds import ReceiptRuleSet, ReceiptsEmptied
from conversations.drafting.models import ModelCall, ReceiptRule
from conversations.drafting.queries import days_kept
from conversations.tickets import texts
from desk.actions import Actor, action, record
from desk.erasing import erase_commitments
from desk.ledger.append import Text
from desk.problems import Invalid


@action("receipt_rule.set", needs=Right.ADMINISTER)
def keep_receipts(days: int, *, reason: str, by: Actor) -> ReceiptRule:
    """Receipts are emptied after so many days from here on; those that are older go with the next round of the clock."""
    if not ReceiptRule.LEAST <= days <= ReceiptRule.MOST:
        raise Invalid(
            _("Choose from %(least)s to %(most)s days.") % {"least": ReceiptRule.LEAST, "most": ReceiptRule.MOST},
            errors={"days": [f"{ReceiptRule.LEAST} to {ReceiptRule.MOST}"]},
        )
    kept = texts.body(reason, field="reason", limit=2000)
    with connection.cursor() as cursor:
        # Two administrators at once: each entry says what truly was before.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('drafting_receipt_rule'))")
    before = days_kept()
    if before == days:
        raise Invalid(_("It is that already. Nothing was changed."), errors={"days": ["is another than now"]})
    rule = ReceiptRule.objects.create(days=days, reason=kept, person_id=by.id if by.kind == "person" else None)
    record(
        ReceiptRuleSet(days=days, before=before),
        by=by,
        subject=rule.ref,
        commits={"reason": Text(kept, f"{rule.ref}:reason")},
    )
    return rule


@action("text.erased")
def empty_receipts(calls: Sequence[ModelCall], *, days: int, by: Actor) -> int:
    """Empty receipts of one ticket that were kept for so many days; what is counted of them stays. Returns how many.

    The database refuses it for younger ones. That their words are gone, and which entries committed to them, is recorded as
    for a customer who is erased.
    """
    ticket = calls[0].ticket
    keys = [call.pk for call in calls]
    emptied = (
        ModelCall.objects.filter(pk__in=keys, ticket=ticket, emptied_at=None)
        .exclude(request_sealed=b"")
        .update(request_sealed=b"", placeholders_sealed=b"", response_sealed=b"", emptied_at=timezone.now())
    )
    erase_commitments(sources=[f"{call.ref}:request" for call in calls], subject=ticket.ref, by=by)
    record(ReceiptsEmptied(count=emptied, days=days), by=by, subject=ticket.ref, thread=ticket.ref)
    return emptied
