"""What the recognisers find of what people write: the figures that `make bench` prints hold, kind by kind."""

from __future__ import annotations

from functools import cache

import pytest

from tests.redaction.corpus import LANGUAGES, STAYS, STRUCTURED, examples, read
from tests.redaction.corpus.scoring import Scores, count, score


@cache
def _scores(language: str = "") -> Scores:
    return score(example for example in examples() if language in ("", example.language))


def test_the_corpus_is_as_large_and_as_mixed_as_is_said_of_it() -> None:
    all_of_it = list(examples())
    assert len(all_of_it) >= 400
    assert set(count(all_of_it)) == set(LANGUAGES)
    assert sum(not example.made for example in all_of_it) >= 100
    assert {mark.kind for example in all_of_it for mark in example.marks} == {"name", *STRUCTURED, *STAYS}
    assert any(example.held_out for example in all_of_it if not example.made)


def test_a_mark_says_where_its_words_stand() -> None:
    text, (mark,) = read("Dear [[name:Anna]], hello")
    assert text == "Dear Anna, hello"
    assert text[mark.start : mark.end] == "Anna"


@pytest.mark.parametrize("kind", STRUCTURED)
def test_what_has_a_form_is_found(kind: str) -> None:
    found = _scores()[kind]
    assert found.recall >= 0.95, [missed.words for missed in _scores().missed if missed.kind == kind]
    assert found.precision >= 0.95, [missed.words for missed in _scores().missed if missed.kind == f"+{kind}"]


def test_what_has_a_form_is_found_all_kinds_together() -> None:
    assert _scores().over(STRUCTURED).recall >= 0.97


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_found_in_each_language(language: str) -> None:
    names = score(example for example in examples() if example.language == language)["name"]
    assert names.recall >= 0.85
    assert names.precision >= 0.9


def test_order_numbers_and_products_named_like_people_stay() -> None:
    stays = _scores()
    assert stays.false_hits < 0.03, [missed.words for missed in stays.missed if missed.kind in STAYS]


def test_what_was_held_out_is_found_nearly_as_well() -> None:
    held = score(example for example in examples() if example.held_out)
    assert held.over(STRUCTURED).recall >= 0.93
    assert held["name"].recall >= 0.85
    assert held.false_hits < 0.03
