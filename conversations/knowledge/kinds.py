"""What happens to articles and macros.

The texts of articles are the organisation's own and hold nothing personal, so entries hold a hash. A macro may be one
person's own, so its entries hold a salted commitment.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.knowledge.models import Article, Lookup, Macro
from desk.ledger.kinds import Code, Facts, Hash, Ref, because, kind, names, words
from desk.ledger.texts import kept


@kind("article.saved", says="{actor} saved version {version} of {subject} ({language}, {passages:passage|passages})")
class ArticleSaved(Facts):
    version: int
    language: Code
    passages: int
    body: Hash


@kind("article.withdrawn", says="{actor} withdrew {subject} (version {version})")
class ArticleWithdrawn(Facts):
    version: int


@kind("note.allowed", says="{actor} allowed drafts for {thread} to rest on {subject}")
class NoteAllowed(Facts):
    pass


@kind("note.barred", says="{actor} no longer allows drafts for {thread} to rest on {subject}")
class NoteBarred(Facts):
    pass


@kind("lookup.saved", says="{actor} saved version {version} of {subject} ({use})")
class LookupSaved(Facts):
    version: int
    use: Code
    address: Hash


@kind("lookup.answered", says="{subject} was asked for {thread}: {state}, {values} facts")
class LookupAnswered(Facts):
    state: Code
    values: int


@kind("macro.saved", says="{actor} saved version {version} of {subject} for {audience}")
class MacroSaved(Facts):
    version: int
    language: Code
    audience: Ref | Code


@kind("macro.retired", says="{actor} retired {subject}")
class MacroRetired(Facts):
    version: int


@names("article")
def articles(refs: set[str]) -> dict[str, str]:
    ids = [int(ref.partition(":")[2]) for ref in refs]
    return {
        article.ref: _("the article “%(title)s”") % {"title": article.title}
        for article in Article.objects.filter(pk__in=ids)
    }


@names("lookup")
def lookups(refs: set[str]) -> dict[str, str]:
    ids = [int(ref.partition(":")[2]) for ref in refs]
    return {row.ref: _("the lookup “%(name)s”") % {"name": row.name} for row in Lookup.objects.filter(pk__in=ids)}


words(
    {
        "found": gettext_lazy("found"),
        "nothing": gettext_lazy("not known there"),
        "no_answer": gettext_lazy("no answer"),
        "in_use": gettext_lazy("in use"),
        "not_in_use": gettext_lazy("not in use"),
    }
)


@kept("macro", "body", moves_on=True)
def macro_texts(sources: Collection[str]) -> dict[str, str]:
    """`macro:3:body:2` is there while the macro stands at version 2."""
    named = {source: source.split(":") for source in sources}
    keys = {parts[1] for parts in named.values() if len(parts) == 4 and parts[1].isdecimal()}
    bodies = {(str(row.pk), str(row.version)): row.body for row in Macro.objects.filter(pk__in=keys)}
    found = {source: bodies.get((parts[1], parts[-1])) for source, parts in named.items()}
    return {source: body for source, body in found.items() if body is not None}


@names("macro")
def macros(refs: set[str]) -> dict[str, str]:
    """A macro of one's own is nobody else's to read, its name included."""
    ids = [int(ref.partition(":")[2]) for ref in refs]
    return {
        macro.ref: _("the macro “%(name)s”") % {"name": macro.name}
        if macro.owner_id is None
        else _("a macro of their own")
        for macro in Macro.objects.filter(pk__in=ids)
    }


because(
    {
        "article": gettext_lazy(
            "Drafts rest on articles. Which version said what, and when, shows whether a draft was right at that time."
        ),
        "lookup": gettext_lazy(
            "What is fetched about a customer from other systems, and where from, is known afterwards."
        ),
        "note": gettext_lazy("An internal note that a model may read is one of which somebody said so."),
        "macro": gettext_lazy("A text that many send as it stands is worded once, by somebody."),
    }
)
