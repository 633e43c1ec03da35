"""What is looked for only where it can stand at all is found as if it were looked for everywhere."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conversations.redaction import births, credentials, papers, patterns, streets
from conversations.redaction.redact import Known, found_in
from tests.redaction.corpus import examples

OPEN: tuple[tuple[Any, str, Any], ...] = (
    (births, "_MAY_BE_BORN", ("",)),
    (credentials, "_LONG_FROM", 0),
    (papers, "places_of", lambda _cues, text: range(0, len(text), 50)),
    (patterns, "_WORDS_FOR_CARDS", ("",)),
    (patterns, "_MAY_BE_SPELLED", re.compile("")),
    (patterns, "_BETWEEN_OCTETS", 0),
    (patterns, "_WRITTEN_OUT", 0),
    (streets, "_OF_A_CODE", re.compile("")),
)
"""Each gate, and what leaves it open."""
BY_HAND = (
    "MY DATE OF BIRTH: 14.03.1987",
    "D.O.B 14/03/1987",
    "je suis né(e) le 14 mars 1987",
    "F.nac 14/03/1987",
    "nacida el 14 de marzo de 1987",
    "geborene Maier, geb. 14.03.1987",
    "MasterCard 5555 5555 5555 4444 and KARTENNUMMER 4111111111111111",
    "anna.maier (AT) example (dot) org",
    "00:1B:44:11:3A:B7 and 2001:0db8:85a3:0000:0000:8a2e:0370:7334 and fe80::1 and 00-1b-44-11-3a-b7",
    "my host is 64:ff9b:0:0:0:0:192.0.2.33 now",
    "Mein Personalausweis\n\nL01X00T471",
    "N° de Sécu : 1 87 03 75 116 123 45",
    "key 3f786850e387550fdab836ed7e6dc881de23001b",
    "SW1A 2AA London\nD02 X285 Dublin\n10115 Berlin",
)


def found(texts: list[str]) -> list[Any]:
    known = Known(names=["Anna Maier"])
    return [found_in({"message": text}, known=known) for text in texts]


def test_an_open_gate_finds_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = [example.text for number, example in enumerate(examples()) if number % 4 == 0]
    texts = [*BY_HAND, *map(str.upper, BY_HAND), *corpus, *map(str.swapcase, corpus[::3])]
    gated = found(texts)
    for where, gate, open_ in OPEN:
        monkeypatch.setattr(where, gate, open_)
    assert found(texts) == gated


@pytest.mark.parametrize("text", BY_HAND)
def test_what_the_gates_let_through_is_found(text: str) -> None:
    assert found([text])[0]["message"], text
