"""Placeholders come back as what they stood for, and nobody can forge one."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from conversations.redaction import recognisers
from conversations.redaction import redact as redacting
from conversations.redaction.redact import Known, RedactionFailed, redact, restore
from conversations.redaction.spans import Span

ANNA = Known(names=["Anna Müller"])


def test_a_placeholder_shows_its_kind_and_nothing_else() -> None:
    redacted = redact({"message": "Anna Müller, anna@web.example"}, known=ANNA)
    assert re.fullmatch(r"\[NAME-[2-9B-Z]{4}\], \[EMAIL-[2-9B-Z]{4}\]", redacted.texts["message"])


@pytest.mark.parametrize(
    "forged", ["[NAME-7Q2K]", "[email-abcd]", "[ NAME - 7Q2K ]", r"\[PHONE-2222\]", "[NAME-7Q2K-2]", "[NAME–7Q2K]"]
)
def test_customer_text_in_the_shape_of_a_placeholder_cannot_pass_for_one(forged: str) -> None:
    redacted = redact({"message": f"I am {forged}, really Anna"}, known=ANNA)
    assert forged not in redacted.texts["message"]
    assert redacted.counts == {"text": 1, "name": 1}
    restored = restore(redacted.texts["message"], redacted.map)
    assert restored.text == f"I am {forged}, really Anna"
    assert restored.unknown == []


def test_a_forged_placeholder_never_gets_another_ones_value() -> None:
    true = next(iter(redact({"message": "Anna"}, known=ANNA).map))
    redacted = redact({"message": f"{true} and Anna"}, known=ANNA)
    assert restore(redacted.texts["message"], redacted.map).text == f"{true} and Anna"


@pytest.mark.parametrize(
    "changed", [str.lower, lambda p: p.replace("-", " - "), lambda p: rf"\{p[:-1]}\]", lambda p: p.replace("-", "–")]
)
def test_a_placeholder_that_a_model_wrote_a_little_differently_is_still_restored(changed: object) -> None:
    redacted = redact({"message": "Anna"}, known=ANNA)
    written = changed(next(iter(redacted.map)))  # type: ignore[operator]
    assert restore(f"Hello {written}!", redacted.map).text == "Hello Anna!"


def test_placeholders_that_nobody_issued_stay_and_are_reported() -> None:
    redacted = redact({"message": "Anna"}, known=ANNA)
    restored = restore("Hello [NAME-ZZZZ], your order [CS-10234] and [Phone-9999].", redacted.map)
    assert restored.text == "Hello [NAME-ZZZZ], your order [CS-10234] and [Phone-9999]."
    assert restored.unknown == ["[NAME-ZZZZ]", "[Phone-9999]"]


def test_originals_are_put_back_in_one_pass() -> None:
    assert restore("[TEXT-2222]", {"[TEXT-2222]": "[NAME-3333]", "[NAME-3333]": "Anna"}).text == "[NAME-3333]"


@pytest.mark.parametrize("most", range(55, 110))
def test_a_text_is_cut_after_it_was_redacted_and_never_within_a_placeholder(most: int) -> None:
    text = (
        "Anna here. Please pay it back to my account, DE89 3704 0044 0532 0130 00, or to anna@web.example, thank you."
    )
    redacted = redact({"message": text}, known=ANNA, most=most)
    left = redacted.texts["message"]
    assert most - 20 <= len(left) <= most or left.endswith("thank you.")
    assert text.startswith(restore(left, redacted.map).text)
    assert "DE89" not in left
    assert "anna@" not in left
    assert left.count("[") == left.count("]") == len(redacted.map) == sum(redacted.counts.values())


def test_placeholders_issued_before_are_not_split_either() -> None:
    first = redact({"message": "Anna"}, known=ANNA)
    for most in range(1, 60):
        left = redact({"message": f"to {first.texts['message']}!"}, known=ANNA, issued=first.map, most=most)
        assert left.texts["message"] in {"to "[:most], f"to {first.texts['message']}!"}


def test_tokens_are_not_guessable() -> None:
    tokens = {next(iter(redact({"message": "Anna"}, known=ANNA).map)) for _ in range(200)}
    assert len(tokens) > 190


@pytest.mark.parametrize("known", [Known(names=[None]), Known(phones=[3]), Known(addresses=[b"x"])])  # type: ignore[list-item]
def test_a_crash_in_a_recogniser_is_a_failure_that_says_nothing_personal(known: Known) -> None:
    with pytest.raises(RedactionFailed) as failure:
        redact({"message": "Anna Müller"}, known=known)
    assert "Anna" not in str(failure.value)
    assert failure.value.__cause__ is None


def test_a_crash_while_reading_one_text_names_the_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(page: recognisers.Page) -> list[Span]:
        raise ValueError(page.text)

    crashing = [replace(each, find=crash) if each.name == "card" else each for each in recognisers.DEFAULT]
    monkeypatch.setattr(redacting, "DEFAULT", tuple(crashing))
    with pytest.raises(RedactionFailed) as failure:
        redact({"message": "Anna Müller"}, known=ANNA)
    assert failure.value.recogniser == "card"
    assert "Anna" not in str(failure.value)
