"""Texts at rest open with their key in their place, and not otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.encryption import OVERHEAD, DoesNotOpen, name_of, new_key, read_key, seal, unseal, written

KEY = new_key()


@given(st.binary(max_size=300), st.text(max_size=40))
def test_what_is_sealed_opens_and_is_longer_by_what_that_costs(content: bytes, context: str) -> None:
    sealed = seal(KEY, content, context)
    assert unseal(KEY, sealed, context) == content
    assert len(sealed) == len(content) + OVERHEAD


def test_the_same_text_twice_looks_different() -> None:
    assert seal(KEY, b"refund", "a") != seal(KEY, b"refund", "a")


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_a_flipped_bit_anywhere_is_noticed(place: int, bit: int) -> None:
    sealed = bytearray(seal(KEY, b"Where is my refund?", "call|request|7"))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(DoesNotOpen):
        unseal(KEY, bytes(sealed), "call|request|7")


@pytest.mark.parametrize("length", [0, 1, 13, 28])
def test_what_is_too_short_does_not_open(length: int) -> None:
    with pytest.raises(DoesNotOpen):
        unseal(KEY, seal(KEY, b"text", "here")[:length], "here")


def test_another_key_or_another_place_does_not_open_it() -> None:
    sealed = seal(KEY, b"text", "call|request|7|customer:a")
    for key, context in ((new_key(), "call|request|7|customer:a"), (KEY, "call|request|8|customer:a"), (KEY, "")):
        with pytest.raises(DoesNotOpen):
            unseal(key, sealed, context)


def test_a_key_is_read_as_it_was_written() -> None:
    assert read_key(written(KEY)) == KEY
    assert read_key(f" {written(KEY).replace('-', '+').replace('_', '/')}\n") == KEY
    assert name_of(KEY) != name_of(new_key())
    assert KEY.hex()[:8] not in name_of(KEY)


@pytest.mark.parametrize(("text", "words"), [("c2hvcnQ=", "32 bytes"), ("no key at all!", "base64"), ("", "32 bytes")])
def test_what_is_no_key_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_key(text)
