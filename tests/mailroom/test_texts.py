"""The words that a person wrote once: complete in every language, and changed only under a new version."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

import pytest

from conversations.mailroom import texts

# A text that changes gets a new version, here and in its file: what customers were told when stays clear.
PINNED = {
    "en": (2, "9decb4b21a0730d3"),
    "de": (2, "c3d288d5698cf6a6"),
    "es": (2, "75b3a2ce14d2d715"),
    "fr": (2, "fd3a58f03525718d"),
}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_changed_text_has_a_new_version(language: str) -> None:
    words = dict(texts.words(language))
    version = words.pop("version")
    digest = hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:16]
    assert (version, digest) == PINNED[language]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_language_has_every_text_with_its_places(language: str) -> None:
    words, english = texts.words(language), texts.words("en")
    assert _places(words) == _places(english)
    assert set(words["disclosure"]) == {"person", "drafted", "drafted_changed"}


def _places(words: object) -> object:
    if isinstance(words, dict):
        return {key: _places(value) for key, value in words.items()}
    return sorted(re.findall(r"\{\w*\}", words)) if isinstance(words, str) else None


def test_the_english_disclosures_are_the_promised_words() -> None:
    assert texts.disclosure("person", "en", "Orders") == "Written by Orders."
    assert texts.disclosure("drafted", "en", "Orders") == "Drafted with AI, approved by Orders."
    assert texts.disclosure("drafted_changed", "en", "Orders") == "Drafted with AI, changed and approved by Orders."


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_text_says_that_somebody_checked(language: str) -> None:
    claims = re.compile(r"\b(?:check|verif|geprüft|überprüft|comprobad|verificad|vérifi)", re.IGNORECASE)
    assert not claims.search(json.dumps(texts.words(language), ensure_ascii=False))


def test_a_language_without_texts_gets_english_and_a_region_its_language() -> None:
    assert texts.disclosure("person", "it", "Orders") == "Written by Orders."
    assert texts.disclosure("person", "de-AT", "Orders") == "Geschrieben von Orders."
    assert texts.nearest("xx", "fr") == "fr"
    assert texts.nearest("") == "en"


def test_the_name_of_a_team_is_no_template() -> None:
    assert texts.disclosure("person", "en", "{link} {0}") == "Written by {link} {0}."


def test_a_wait_is_promised_in_full_hours_never_less() -> None:
    assert texts.in_words(timedelta(hours=1), "de") == "1 Stunde"
    assert texts.in_words(timedelta(minutes=61), "en") == "2 hours"
    assert texts.in_words(timedelta(minutes=5), "fr") == "1 heure"


@pytest.mark.parametrize(
    "line",
    ["people only", "People only.", "  „Nur Menschen“ ", "nur Menschen bitte!", "SOLO PERSONAS",
     "sólo personas, por favor", "Uniquement des humains", "uniquement des personnes, s’il vous plaît", "Stop AI!!"],
)  # fmt: skip
def test_one_word_in_a_mail_is_understood_in_every_language(line: str) -> None:
    assert texts.asks_for_people_only(line)


@pytest.mark.parametrize("line", ["", "people", "are you people only human?", "stop airing this", "only people know"])
def test_other_lines_are_not_taken_for_it(line: str) -> None:
    assert not texts.asks_for_people_only(line)
