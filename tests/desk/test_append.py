"""How entries are written: canonical without a library, finished by the database."""

from __future__ import annotations

import typing
from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from desk.ledger.append import canonical
from desk.ledger.kinds import kinds

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)
NAMES = st.from_regex(r"[a-z][a-z_]{0,12}", fullmatch=True)
MEMBERS = st.dictionaries(NAMES, WORDS | NUMBERS | st.booleans() | st.none() | st.lists(WORDS), max_size=6)


@given(st.dictionaries(NAMES, MEMBERS | WORDS | NUMBERS))
def test_what_entries_are_made_of_is_written_as_rfc_8785_has_it(members: dict[str, Any]) -> None:
    assert canonical(members).encode() == rfc8785.dumps(members)


def _has_fractions(annotation: Any) -> bool:
    return annotation is float or any(_has_fractions(part) for part in typing.get_args(annotation))


def test_no_kind_has_a_fact_with_fractions() -> None:
    """They are what RFC 8785 writes in another way than Python."""
    for name, facts in kinds().items():
        for field in facts.model_fields.values():
            assert not _has_fractions(field.annotation), name
