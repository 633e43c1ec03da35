"""An organisation's own patterns find its numbers, and none can be written that takes long or finds everything."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.redaction.own_numbers import BadPattern, OwnNumber, compiled, found_by, recogniser
from conversations.redaction.redact import Kind, Known, redact, restore


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"NO-\d{5,6}", "My order no-48213, not NO-482 nor XNO-48213.", ["no-48213"]),
        (r"KD[0-9A-F]{8}", "Kunde KD00FF12AB!", ["KD00FF12AB"]),
        (r"(?:AB|CD) ?\d{4}[A-Z]", "AB 1234X and CD1234Y", ["AB 1234X", "CD1234Y"]),
        (r"\d{4}-\d{4}", "4418-2291-0", ["4418-2291"]),
        (r"77\d{6}", "order 77120934.", ["77120934"]),
        (r"A\.\d{5}", "A.12345", ["A.12345"]),
    ],
)
def test_a_pattern_finds_numbers_that_stand_alone_in_either_case(pattern: str, text: str, found: list[str]) -> None:
    assert found_by(pattern, text) == found


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("A" * 121, "long"),
        ("(a+)+$", "not_allowed"),
        (r"\d+", "not_allowed"),
        (r"NO-\d*", "not_allowed"),
        (r"\d{5,}", "not_allowed"),
        (r"(\d{5}){3}", "not_allowed"),
        (r"((a|b)|c)1234", "not_allowed"),
        (r"(?=x)12345", "not_allowed"),
        (r"(?P<a>x)12345", "not_allowed"),
        (r"(NO)\1 12345", "not_allowed"),
        (r"[^a]12345", "not_allowed"),
        (r".{12}", "not_allowed"),
        (r"\s{5}", "not_allowed"),
        ("12345$", "not_allowed"),
        ("12345)", "not_allowed"),
        ("(12345", "not_allowed"),
        ("[12345", "not_allowed"),
        (r"\d{9,5}", "not_allowed"),
        (r"NO\d", "short"),
        (r"(?:NO-\d{5})?", "short"),
        (r"\d{41}", "wide"),
        (r"\d{2,10}\d{2,10}x", "ways"),
        (r"\w{4,40}", "anything"),
        (r"[a-z]{6}", "anything"),
        (r"\d{4}", "anything"),
    ],
)
def test_what_is_no_pattern_is_refused_with_a_reason(pattern: str, reason: str) -> None:
    with pytest.raises(BadPattern) as bad:
        compiled(pattern)
    assert bad.value.reason == reason


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(r"aN1-\dw[]{}(),5|?+*:^.$ ", max_size=40))
def test_whatever_is_accepted_takes_time_in_proportion_to_the_text(pattern: str) -> None:
    try:
        found = compiled(pattern)
    except BadPattern:
        return
    for piece in ("a", "1", "a1", "N-1 ", "11111 "):
        text = (piece * 10_000)[:10_000]
        began = time.process_time()
        list(found.finditer(text))
        assert time.process_time() - began < 0.5


def test_own_numbers_are_replaced_before_they_look_like_anything_else_and_come_back() -> None:
    own = recogniser([OwnNumber(Kind.ORDER, r"0151\d{8}"), OwnNumber(Kind.ACCOUNT, r"KD-\d{6}")])
    text = "Order 015112345678 of KD-123456. Call me: 0151 99988877."
    redacted = redact({"message": text}, known=Known(), also=[own])
    assert redacted.counts == {"order": 1, "account": 1, "phone": 1}
    assert "[ORDER-" in redacted.texts["message"]
    assert restore(redacted.texts["message"], redacted.map).text == text


def test_without_a_pattern_an_order_number_stays() -> None:
    assert redact({"message": "Order NO-48213"}, known=Known()).map == {}
