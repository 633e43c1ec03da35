"""What holds for every text: nothing known survives, everything comes back, and a second pass finds nothing new."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.redaction.folding import fold
from conversations.redaction.known import _EVERYDAY, _PARTICLES
from conversations.redaction.redact import Known, Redacted, clean, redact, restore

_LETTERS = st.characters(categories=["Lu", "Ll"], max_codepoint=0x52F)
_WORD = st.text(_LETTERS, min_size=3, max_size=9).filter(lambda word: fold(word) not in _EVERYDAY | _PARTICLES)
_NAME = st.lists(_WORD, min_size=1, max_size=3).map(" ".join)
_DIGITS = st.text("0123456789", min_size=6, max_size=9)
_PHONE = _DIGITS.map(lambda digits: "+49 151 " + digits)
_EMAIL = st.tuples(
    st.from_regex(r"[a-z0-9]{1,8}([.+_-][a-z0-9]{1,5})?", fullmatch=True),
    st.sampled_from(["web.example", "bücher.example"]),
).map("@".join)
_KNOWN = st.builds(
    Known,
    names=st.lists(_NAME, max_size=2),
    emails=st.lists(_EMAIL, max_size=2),
    phones=st.lists(_PHONE, max_size=1),
    addresses=st.lists(_NAME.map(lambda street: f"{street} 5, 10115 Berlin"), max_size=1),
)
_FRAGMENT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "[NAME-7Q2K]",
            "\\",
            "[",
            "]",
            "[NAME-",
            "-2]",
            "4111 1111 1111 1111",
            "DE89 3704 0044 0532 0130 00",
            "+49 151 2345678",
            "030 90182000",
            "a@b.example",
            "12.05.2026",
            "Anna's",
            "ß",
            "u\u0308",
            "\u200d",
            "\r\n",
            "'s",
            "s",
        ]
    ),
)


def _spellings(value: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        [value, value.lower(), value.upper(), value.title(), fold(value), value + "'s", value + "s", f"({value})"]
    )


@st.composite
def _case(draw: st.DrawFn) -> tuple[str, Known]:
    known = draw(_KNOWN)
    values = [
        *known.names,
        *(word for name in known.names for word in name.split()),
        *known.emails,
        *known.phones,
        *known.addresses,
    ]
    pieces = draw(
        st.lists(
            _FRAGMENT if not values else st.one_of(_FRAGMENT, st.sampled_from(values).flatmap(_spellings)), max_size=8
        )
    )
    return draw(st.sampled_from(["", " ", "\n", ", "])).join(pieces), known


def _rest(redacted: Redacted) -> str:
    text = redacted.texts["message"]
    for placeholder in redacted.map:
        text = text.replace(placeholder, " ")
    return fold(text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(_case())
def test_restoring_gives_back_the_clean_text_to_the_letter(case: tuple[str, Known]) -> None:
    text, known = case
    redacted = redact({"message": text}, known=known)
    restored = restore(redacted.texts["message"], redacted.map)
    assert restored.text == clean(text)
    assert restored.unknown == []


@settings(max_examples=300, deadline=None, derandomize=True)
@given(_case())
def test_no_known_value_survives(case: tuple[str, Known]) -> None:
    text, known = case
    rest = _rest(redact({"message": text}, known=known))
    for name in known.names:
        for word in name.split():
            assert not re.search(rf"(?<![^\W\d_]){re.escape(fold(word))}(?![^\W\d_])", rest)
    for value in [*known.emails, *known.addresses]:
        assert fold(value) not in rest
    for phone in known.phones:
        digits = "[ ()./-]{0,3}".join(re.findall(r"\d", phone))
        assert not re.search(rf"(?<!\d){digits}(?!\d)", rest)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_case())
def test_redacting_again_changes_nothing(case: tuple[str, Known]) -> None:
    text, known = case
    first = redact({"message": text}, known=known)
    second = redact(first.texts, known=known, issued=first.map)
    assert second.texts == first.texts
    assert second.map == first.map
    assert second.counts == {}


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_case())
def test_a_second_pass_that_trusts_no_placeholder_finds_nothing_personal(case: tuple[str, Known]) -> None:
    text, known = case
    first = redact({"message": text}, known=known)
    assert set(redact(first.texts, known=known).counts) <= {"text"}
