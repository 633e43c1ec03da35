"""Macros: kept by everybody for themselves, and for others by who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team
from accounts.rights import Right, allows
from conversations.knowledge.actions.articles import Keeping, take_away, write
from conversations.knowledge.kinds import MacroRetired, MacroSaved
from conversations.knowledge.models import Article, Macro
from conversations.knowledge.placeholders import unknown, without_placeholders
from conversations.knowledge.problems import MacroChanged, ShortcutTaken
from conversations.tickets import texts
from conversations.tickets.language import guess
from desk.actions import Actor, action, record
from desk.ledger.append import Text
from desk.problems import Invalid, NotAllowed, NotFound

LONGEST_NAME = 80
LONGEST_BODY = 20_000
_SHORTCUT = re.compile(r"[a-z0-9äöüßáéíóúñàèçêô][a-z0-9äöüßáéíóúñàèçêô_-]{0,29}")


@dataclass(frozen=True, slots=True)
class Wording:
    """A macro as somebody wants it. `audience` is `everyone`, `team:<id>` or `private`; no language: for any.

    `usable`: drafts may rest on it.
    """

    name: str
    shortcut: str
    body: str
    language: str = ""
    audience: str = "private"
    usable: bool = False


@action("macro.saved")
def save_macro(wanted: Wording, *, by: Actor, macro: Macro | None = None, seen: int | None = None) -> Macro:
    """Keep a new macro, or the next version of one; `seen` is the version that was on the screen.

    Raises Invalid with a sentence for each field, MacroChanged when somebody else was faster, ShortcutTaken, and NotAllowed
    for a macro of others without the right to keep those. A retired macro is there no more: NotFound.
    """
    row = _locked(macro) if macro else Macro()
    if macro:
        _may_keep(row, by)
        if seen != row.version:
            raise MacroChanged
    kept = _checked(wanted)
    row.name, row.shortcut, row.body, row.language = kept.name, kept.shortcut, kept.body, kept.language
    row.usable = kept.usable
    _address(row, kept.audience, by)
    _may_keep(row, by)
    row.version = row.version + 1 if macro else 1
    row.updated_at = timezone.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "knowledge_macro_shortcut" not in str(error):
            raise
        raise ShortcutTaken(row.shortcut) from None
    record(
        MacroSaved(version=row.version, language=row.language or "any", audience=row.audience),
        by=by,
        subject=row.ref,
        commits={"body": Text(row.body, f"{row.ref}:body:{row.version}")},
    )
    _as_a_source(row, by=by)
    return row


@action("macro.retired")
def retire_macro(macro: Macro, *, by: Actor) -> Macro:
    """Offer a macro no more. Texts that were made from it stay what they are."""
    row = _locked(macro)
    _may_keep(row, by)
    row.retired_at = timezone.now()
    row.save(update_fields=["retired_at"])
    record(MacroRetired(version=row.version), by=by, subject=row.ref)
    _as_a_source(row, by=by)
    return row


def _as_a_source(row: Macro, *, by: Actor) -> None:
    """What drafts may rest on of a macro: an article of its own that the staff alone see, kept in step with it."""
    there = Article.objects.filter(macro=row).first()
    if row.usable and row.retired_at is None:
        keeping = Keeping(visibility=Article.Visibility.INTERNAL, usable=True)
        language = row.language or guess(row.body)
        if there and there.language != language:
            if there.withdrawn_at is None:
                take_away(there, by=by)
            Article.objects.filter(pk=there.pk).update(macro=None)
            Article.objects.filter(slug=there.slug, language=language).update(macro=row)
        write(row, f"macro-{row.pk}", language, row.name, without_placeholders(row.body), [], keeping, by=by)
    elif there and there.withdrawn_at is None:
        take_away(there, by=by)


def _locked(macro: Macro) -> Macro:
    row = Macro.objects.select_for_update(no_key=True).filter(pk=macro.pk, retired_at=None).first()
    if row is None:
        raise NotFound
    return row


def _may_keep(macro: Macro, by: Actor) -> None:
    """One's own is one's own; what others use takes the right."""
    if macro.owner_id is not None:
        if by.kind != "person" or UUID(by.id) != macro.owner_id:
            raise NotFound
    elif not allows(by, Right.KEEP_TEXTS):
        raise NotAllowed(needs=Right.KEEP_TEXTS)


def _address(row: Macro, audience: str, by: Actor) -> None:
    noun, _colon, key = audience.partition(":")
    if noun == "private" and by.kind != "person":
        raise Invalid(_("Choose who it is for."))
    row.owner_id = UUID(by.id) if noun == "private" else None
    row.team_id = int(key) if noun == "team" else None


def _checked(wanted: Wording) -> Wording:
    """What may be kept of it, or Invalid with a sentence for each field."""
    kept = Wording(
        name=texts.name(wanted.name)[:LONGEST_NAME],
        shortcut=texts.name(wanted.shortcut).lower().removeprefix("/"),
        body=texts.remark(wanted.body.replace("\r\n", "\n").replace("\r", "\n"), limit=LONGEST_BODY + 1),
        language=wanted.language,
        audience=wanted.audience,
        usable=wanted.usable,
    )
    wrong = {field: sentence for field, check in _CHECKS.items() if (sentence := check(kept))}
    if wrong:
        raise Invalid(" ".join(wrong.values()), errors={field: [sentence] for field, sentence in wrong.items()})
    return kept


def _body_is_wrong(wanted: Wording) -> str:
    if not wanted.body:
        return _("A macro needs a text.")
    if len(wanted.body) > LONGEST_BODY:
        return _("A macro has at most %(most)s characters.") % {"most": LONGEST_BODY}
    names = ", ".join(unknown(wanted.body))
    return (
        _("Nothing is known by the name %(names)s; see the list of placeholders.") % {"names": names} if names else ""
    )


def _audience_is_wrong(wanted: Wording) -> str:
    noun, _colon, key = wanted.audience.partition(":")
    if noun == "team" and key.isascii() and key.isdecimal() and len(key) < 10 and Team.objects.filter(pk=key).exists():
        return ""
    return "" if wanted.audience in {"everyone", "private"} else _("Choose who it is for.")


def _usable_is_wrong(wanted: Wording) -> str:
    if not wanted.usable:
        return ""
    if wanted.audience != "everyone":
        return _("Drafts may rest only on a macro that is everyone's.")
    if not without_placeholders(wanted.body):
        return _("Each line has a placeholder: nothing is left that a draft could rest on.")
    return ""


_CHECKS: dict[str, Callable[[Wording], str]] = {
    "name": lambda wanted: "" if wanted.name else _("A macro needs a name."),
    "shortcut": lambda wanted: (
        ""
        if _SHORTCUT.fullmatch(wanted.shortcut)
        else _("A shortcut is up to 30 letters, digits, hyphens and underscores, without a space.")
    ),
    "body": _body_is_wrong,
    "language": lambda wanted: (
        "" if wanted.language in {"", *dict(settings.LANGUAGES)} else _("Choose one of the languages.")
    ),
    "audience": _audience_is_wrong,
    "usable": _usable_is_wrong,
}
