"""What happens around the ledger itself: who had it verified, and who took entries out of the house."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext_lazy as _

from desk.ledger.kinds import Code, Facts, Ref, because, kind, words


@kind("verification.asked", says="{actor} asked that the whole ledger be verified")
class VerificationAsked(Facts):
    pass


@kind("verification.cancelled", says="{actor} cancelled a verification of the ledger")
class VerificationCancelled(Facts):
    pass


@kind("verification.failed", says="A verification of the ledger could not be finished ({error})")
class VerificationFailed(Facts):
    error: Code


@kind("ledger.verified", says="The ledger was verified for {asked_by}, {entries:entry|entries}: {verdict}")
class LedgerVerified(Facts):
    asked_by: Ref
    entries: int
    checkpoints: int
    verdict: Literal["ledger_holds", "ledger_broken"]
    findings: int
    first_bad: int | None


@kind(
    "entries.exported", says="{actor} exported {entries:entry|entries} of the ledger, up to entry {up_to}, as {format}"
)
class EntriesExported(Facts):
    """`narrowed_by` are the names of the filters; what was typed into them stays out of the ledger."""

    entries: int
    up_to: int
    format: Literal["csv", "json"]
    narrowed_by: list[Code]


@kind("search.saved", says="{actor} saved a search in the ledger")
class SearchSaved(Facts):
    narrowed_by: list[Code]


@kind("search.deleted", says="{actor} deleted a saved search in the ledger")
class SearchDeleted(Facts):
    pass


words({"ledger_holds": _("it holds"), "ledger_broken": _("it is broken"), "json": "JSON", "csv": "CSV"})
because(
    {
        "verification": _(
            "Asking whether the ledger holds, and stopping it, are worth knowing when the answer is missing."
        ),
        "ledger": _(
            "When the ledger was last found to hold, and by whose wish, is the first thing that an auditor asks."
        ),
        "entries": _("Who looked is recorded, too: entries are about people, and an export leaves the house."),
        "search": _("Every write here has an entry; this one says nothing of what was looked for."),
    }
)
