"""Why a decision cannot be taken now. Nothing is lost: what was typed comes back in `text`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.languages import name_of_language
from desk.problems import Problem


class AlreadyDecided(Problem):
    """Somebody was first; says who and when."""

    code, status, title = "already_decided", 409, _("Somebody decided this before you")

    def __init__(self, *, name: str, at: datetime, what: str, text: str = "") -> None:
        """`what` is a decision's kind, or `answered` for a reply in the ticket."""
        words, sentence = _FIRST[what]
        super().__init__(
            str(sentence) % {"name": name},
            by=name,
            at=at.isoformat(),
            decision=words,
            **({"text": text} if text else {}),
        )


_FIRST = {
    "approved": (
        "approved",
        _("%(name)s approved this draft before you. Nothing of yours was sent; your text is kept."),
    ),
    "edited": (
        "changed and approved",
        _("%(name)s changed and approved this draft before you. Nothing of yours was sent; your text is kept."),
    ),
    "rejected": (
        "rejected",
        _("%(name)s rejected this draft before you. Nothing of yours was sent; your text is kept."),
    ),
    "set_aside": (
        "set aside to write",
        _("%(name)s set this draft aside before you. Nothing of yours was sent; your text is kept."),
    ),
    "answered": (
        "answered",
        _("%(name)s answered this ticket before you. Nothing of yours was sent; your text is kept."),
    ),
}
"""What programs read in `decision`, which stays the same in every language, and what people read."""

_BECAUSE = {
    "customer_wrote": _("The customer wrote again. Read the new message; your text is kept and nothing was sent."),
    "changed": _("The draft changed while you were reading. Look at it again; your text is kept and nothing was sent."),
    "settings_changed": _(
        "Other model settings hold by now, and a new draft is made. Nothing was sent; your text is kept."
    ),
    "article_changed": _(
        "An article under the draft says something else by now, and a new draft is made. Nothing was sent; your text is kept."
    ),
    "article_withdrawn": _(
        "An article that the draft rested on was withdrawn, and a new draft is made. Nothing was sent; your text is kept."
    ),
    "joined": _("Another ticket was merged into this one. Read it; your text is kept and nothing was sent."),
    "merged": _("This ticket was merged into another. Answer there; nothing was sent, and your text is kept."),
    "opted_out": _("The customer chose people only. Write the reply yourself; nothing was sent."),
    "stopped": _("Drafting has been stopped here. Write the reply yourself; nothing was sent."),
}


class DraftStale(Problem):
    """What was on the screen is not what is there now."""

    code, status, title = "draft_stale", 409, _("This has moved underneath you")

    def __init__(self, *, because: str, version: int | None, text: str = "") -> None:
        super().__init__(
            _BECAUSE.get(
                because, _("The draft is no longer waiting for a decision. Nothing was sent; your text is kept.")
            ),
            because=because,
            version=version,
            **({"text": text} if text else {}),
        )


class FlagsUnacknowledged(Problem):
    code, status, title = "flags_unacknowledged", 409, _("Something in the text must be looked at first")

    def __init__(self, flags: list[dict[str, object]], *, text: str = "") -> None:
        foreign = [str(flag["words"]) for flag in flags if flag["kind"] == "other_customer"]
        super().__init__(
            gettext(
                "This belongs to another customer and must go: %(words)s. Change the text. Nothing was sent; your text is kept."
            )
            % {"words": ", ".join(f"“{words}”" for words in foreign)}
            if foreign
            else _(
                "Say of each marked passage whether it is true or a false alarm, or change the words. Nothing was sent."
            ),
            flags=flags,
            **({"text": text} if text else {}),
        )


class PlaceholdersOpen(Problem):
    """A macro's placeholder still stands in the text; the customer would read it."""

    code, status, title = "placeholders_open", 409, _("A placeholder is not filled in")

    def __init__(self, placeholders: Sequence[str], *, text: str = "") -> None:
        super().__init__(
            gettext("Write what belongs there instead of %(placeholders)s. Nothing was sent; your text is kept.")
            % {"placeholders": ", ".join(placeholders)},
            placeholders=list(placeholders),
            **({"text": text} if text else {}),
        )


class LanguageNotRead(Problem):
    """Who decides a draft must read it; says who does."""

    code, status, title = "language_not_read", 409, _("This draft needs somebody who reads it")

    def __init__(self, language: str, readers: Sequence[str], *, text: str = "") -> None:
        """`language` is a code; `readers` are the names of colleagues who see the ticket and read it."""
        said = {"language": name_of_language(language), "readers": ", ".join(readers)}
        sentence = (
            gettext(
                "It is in %(language)s, which is not among the languages that you read. %(readers)s could decide it."
            )
            if readers
            else gettext(
                "It is in %(language)s, which is not among the languages that you read, and nobody who sees this ticket reads it."
            )
        )
        super().__init__(
            f"{sentence % said} {gettext('Nothing was sent; your text is kept.')}",
            language=language,
            readers=list(readers),
            **({"text": text} if text else {}),
        )
