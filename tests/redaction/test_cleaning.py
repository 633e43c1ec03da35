"""What nobody sees must not reach a model, and must not come back from one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.redaction.cleaning import clean

_JOINERS = {"\u200c", "\u200d"}
_SEEN_FORMAT_CHARACTERS = set(map(chr, [*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD]))


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("null\x00byte and bell\x07", "nullbyte and bell"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("ev\u202eil\u2066", "evil"),
        ("soft\u00adhyphen", "softhyphen"),
        ("Hi\U000e0069\U000e0067\U000e006e\U000e006f\U000e0072\U000e0065", "Hi"),
        ("A\ufe01\ufe02\U000e0100", "A"),
        ("half \ud83d of a pair", "half  of a pair"),
        ("one\r\ntwo\rthree\u2028four\x85five\tsix", "one\ntwo\nthree\nfour\nfive\tsix"),
        ("joined\u200dlatin", "joinedlatin"),
    ],
)
def test_what_is_invisible_goes(written: str, seen: str) -> None:
    assert clean(written) == seen


@pytest.mark.parametrize("text", ["👨‍👩‍👧 ❤️ 1️⃣ 👍🏽", "می‌خواهم", "مرحبا", "שלום", "Grüße, ñandú, Ελλάδα", "日本語"])
def test_what_people_write_stays(text: str) -> None:
    assert clean(text) == text


@given(st.text(alphabet=st.characters(codec=None), max_size=200))
def test_no_control_or_hidden_character_is_left_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    for character in cleaned:
        category = unicodedata.category(character)
        assert category != "Cs"
        assert category != "Cc" or character in "\n\t"
        assert category != "Cf" or character in _JOINERS | _SEEN_FORMAT_CHARACTERS
    assert clean(cleaned) == cleaned
