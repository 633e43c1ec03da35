"""Words that a person wrote once and that the desk sends as they stand: one file a language, with a version.

Changing a text means a new `version` in its file; a test holds each text to its version.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "de", "es", "fr")
DEFAULT = "en"
_NO_WORD = re.compile(r"[^\w']+")


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The first answer to a new ticket. `language` is that of the text, which may not be the one that was asked for."""

    subject: str
    text: str
    language: str


@cache
def words(language: str) -> dict[str, Any]:
    """All texts of a language that has them."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name(f"{language}.json").read_text(encoding="utf-8"))
    return found


def nearest(*wanted: str) -> str:
    """The first of these languages that has texts (`de-AT` counts as `de`), else English."""
    return next((short for each in wanted if (short := each.lower()[:2]) in LANGUAGES), DEFAULT)


def disclosure(kind: str, language: str, team_name: str) -> str:
    """How a reply came about, in words for the customer. `kind`: person, drafted or drafted_changed."""
    text: str = words(nearest(language))["disclosure"][kind]
    return text.format(team=team_name)


def how_to_reach(language: str, link: str) -> str:
    """The line under each reply: where to choose people only, and where a person is reached."""
    text: str = words(nearest(language))["how_to_reach"]
    return text.format(link=link)


def acknowledgement(
    *, language: str, name: str, number: str, wait: timedelta, how: str, link: str, organisation: str
) -> Acknowledgement:
    """The first answer: that the message is here, how AI is used, how long it takes. `name` may be empty.

    `how`: a model `may` draft; the customer has to be asked first (`ask`); or only `people` see the ticket.
    """
    used = nearest(language)
    own = words(used)["acknowledgement"]
    greeting = own["greeting"].format(name=name) if name else own["greeting_without_name"]
    text = own["text"].format(
        greeting=greeting,
        number=number,
        wait=in_words(wait, used),
        how=own["how"][how].format(link=link),
        organisation=organisation,
    )
    return Acknowledgement(subject=acknowledgement_subject(used, number), text=text, language=used)


def acknowledgement_subject(language: str, number: str) -> str:
    text: str = words(nearest(language))["acknowledgement"]["subject"]
    return text.format(number=number)


def in_words(wait: timedelta, language: str) -> str:
    """A time to wait, in full hours: promised is the longer time."""
    hours = max(1, math.ceil(wait.total_seconds() / 3600))
    forms = words(nearest(language))["wait"]
    text: str = forms["one" if hours == 1 else "other"]
    return text.format(hours=hours)


def asks_for_people_only(line: str) -> bool:
    """Whether a line of a mail says nothing but that only people shall answer, in any of the languages."""
    return _plain(line) in _people_only()


@cache
def _people_only() -> frozenset[str]:
    said = set()
    for language in LANGUAGES:
        for words_for_it in map(_plain, words(language)["people_only"]):
            said.add(words_for_it)
            for please in map(_plain, words(language)["please"]):
                said |= {f"{words_for_it} {please}", f"{please} {words_for_it}"}
    return frozenset(said)


def _plain(line: str) -> str:
    folded = unicodedata.normalize("NFKC", line).casefold().replace("’", "'")
    return " ".join(_NO_WORD.sub(" ", folded).replace("'", " ").split())
