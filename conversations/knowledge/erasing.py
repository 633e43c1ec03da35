"""What this room holds of the staff, and how it goes. Articles and shared macros are the organisation's own words."""

from __future__ import annotations

from uuid import UUID

from conversations.knowledge.models import (
    Article,
    ArticleVersion,
    LookedUp,
    Lookup,
    Macro,
    Passage,
    PassageVector,
    UsableNote,
)
from desk.actions import SYSTEM
from desk.erasing import accounts_for, erase_commitments, erases
from desk.ledger.models import Salt

accounts_for(Article, ours=("slug", "language", "title", "body", "tags", "visibility"))
accounts_for(ArticleVersion, ours=("title", "body", "visibility"))
accounts_for(UsableNote)
accounts_for(Lookup, ours=("name", "address", "shape", "fields", "secret_sealed"))
accounts_for(LookedUp, erased=("key", "values"), ours=("state",))
accounts_for(Passage, ours=("heading", "text", "language", "search"))
accounts_for(PassageVector, ours=("model", "whole", "headings"))
# One's own goes with its owner; a customer is named in none: macros have placeholders for that.
accounts_for(Macro, erased=("name", "shortcut", "body"), ours=("language",))


@erases("ticket")
def forget_what_was_looked_up(number: int) -> None:
    LookedUp.objects.filter(ticket=number).delete()


@erases("person")
def delete_own_macros(pk: UUID) -> None:
    for macro in Macro.objects.filter(owner=pk):
        sources = Salt.objects.filter(source__startswith=f"{macro.ref}:").values_list("source", flat=True).distinct()
        erase_commitments(sources=list(sources), subject=macro.ref, by=SYSTEM)
        macro.delete()
