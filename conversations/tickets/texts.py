"""Text as it may be kept: what people write is kept as they wrote it, without what no text needs."""

from __future__ import annotations

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.redaction.cleaning import clean
from desk.problems import Invalid

MAX_TEXT = 100_000  # characters
MAX_SUBJECT = 300
_SPACE = re.compile(r"\s+")


def body(text: str, *, field: str = "body", limit: int = MAX_TEXT) -> str:
    """A message: line ends made equal, control and invisible characters gone. Refused when empty or too long."""
    kept = clean(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not kept:
        raise Invalid(_("Please write something."), errors={field: ["may not be empty"]})
    if len(kept) > limit:
        raise Invalid(
            gettext("The text has %(length)s characters; at most %(limit)s can be taken.")
            % {"length": f"{len(kept):,}", "limit": f"{limit:,}"},
            errors={field: ["too long"]},
            text=kept,
        )
    return kept


def subject(text: str, fallback: str) -> str:
    """One line of at most 300 characters; without one, the beginning of the message."""
    line = _SPACE.sub(" ", clean(text)).strip() or _SPACE.sub(" ", fallback).strip()[:80]
    return line if len(line) <= MAX_SUBJECT else line[: MAX_SUBJECT - 1] + "…"


def remark(text: str, *, limit: int) -> str:
    """What may be empty: a note to a rejection, where a fact was seen. Cut where it is too long."""
    return clean(text).strip()[:limit]


def name(text: str) -> str:
    return _SPACE.sub(" ", clean(text)).strip()[:200]
