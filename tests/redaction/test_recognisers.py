"""Recognisers stand side by side: each is a pure function, another one can be added, and one that crashes stops everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

import pytest

from conversations.redaction import presidio
from conversations.redaction.recognisers import DEFAULT, Page
from conversations.redaction.redact import Kind, Known, Recogniser, RedactionFailed, redact, restore
from conversations.redaction.spans import Span


def _replaced(text: str) -> dict[str, str]:
    """What was replaced in a text, by kind, in small letters."""
    redacted = redact({"message": text}, known=Known())
    assert restore(redacted.texts["message"], redacted.map).text == text
    return {placeholder[1:].partition("-")[0].lower(): value for placeholder, value in redacted.map.items()}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("born 14/09/1971", "birth", "14/09/1971"),
        ("geboren am 3. März 1949 in Ulm", "birth", "3. März 1949"),
        ("née le 2 février 1964", "birth", "2 février 1964"),
        ("fecha de nacimiento: 21-05-1979", "birth", "21-05-1979"),
        ("24.12.1999 geboren", "birth", "24.12.1999"),
        ("from 203.0.113.77 today", "ip", "203.0.113.77"),
        ("IP 2001:db8::8a2e:370:7334", "ip", "2001:db8::8a2e:370:7334"),
        ("my password is Marmalade!42", "secret", "Marmalade!42"),
        ("Kennwort: sommer2025", "secret", "sommer2025"),
        ("la clave de acceso es: pulpo1960", "secret", "pulpo1960"),
        ("mot de passe : chouquette62", "secret", "chouquette62"),
        ("key sk-proj-Ab12Cd34Ef56Gh78Ij90", "secret", "sk-proj-Ab12Cd34Ef56Gh78Ij90"),
        ("AKIAIOSFODNN7EXAMPLE leaked", "secret", "AKIAIOSFODNN7EXAMPLE"),
        ("https://a.example/reset?token=f8Kq2ZpL0vRt93Xy&x=1", "link", "f8Kq2ZpL0vRt93Xy"),
        ("https://u:geheim@a.example/x", "link", "u:geheim"),
        ("Steuer-ID 86 095 742 719", "id", "86 095 742 719"),
        ("DNI 12345678Z", "id", "12345678Z"),
        ("X1234567L", "id", "X1234567L"),
        ("NIR 1 85 05 78 006 084 36", "id", "1 85 05 78 006 084 36"),
        ("NI number QQ 12 34 56 C", "id", "QQ 12 34 56 C"),
        ("SSN 536-22-8841", "id", "536-22-8841"),
        ("15 070649 C 103", "id", "15 070649 C 103"),
        ("passport number 533401372", "id", "533401372"),
        ("Lindenstraße 14b, 04109 Leipzig", "address", "Lindenstraße 14b, 04109 Leipzig"),
        ("at 48 Station Road, Cambridge, CB1 2JH please", "address", "48 Station Road, Cambridge, CB1 2JH"),
        ("C/ Alcalá, 45, 3º B, 28014 Madrid", "address", "C/ Alcalá, 45, 3º B, 28014 Madrid"),
        ("12 bis, rue de la Paix, 75002 Paris", "address", "12 bis, rue de la Paix, 75002 Paris"),
        ("scan_anna_kowalska_id.pdf", "name", "anna_kowalska"),
    ],
)
def test_each_kind_is_found(text: str, kind: str, value: str) -> None:
    assert _replaced(text)[kind] == value


@pytest.mark.parametrize(
    "text",
    [
        "The password is wrong and the PIN is not accepted.",
        "Mein Passwort ist falsch.",
        "Das Kennwort ist abgelaufen",
        "version 4.2.1.0 of the app",
        "delivered on 14/09/2026",
        "geliefert am 24.12.2026",
        "https://a.example/products/jackets?colour=blue&size=42",
        "Spring 2026, Supermarkt 2026",
        "see SKU-12345678 and 12345678X",
        "the Emma mattress and the Victor lamp",
        "Zelt Hanna 3 und Regal Oskar",
        "la mochila Diego y el sofá Martina",
        "le canapé Juliette et la lampe Céleste",
        "Calvin Klein, Hugo Boss and Dr. Martens",
        "Thanks for your help, this is great.",
        "Können Sie mir bitte Bescheid geben?",
    ],
)
def test_what_is_about_nobody_stays(text: str) -> None:
    assert _replaced(text) == {}


def test_a_name_that_one_text_tells_is_found_in_all_of_them() -> None:
    redacted = redact(
        {"subject": "Return of Wojtaszek", "message": "Hello,\nmy name is Beata Wojtaszek", "file": "wojtaszek.pdf"},
        known=Known(),
    )
    assert "ojtaszek" not in "".join([redacted.texts["subject"], redacted.texts["message"]])


def test_the_organisation_itself_is_nobody() -> None:
    text = "Hello Nordlicht,\nKind regards\nNordlicht Outdoor"
    assert redact({"message": text}, known=Known(ours=["Nordlicht Outdoor", "Nordlicht"])).texts["message"] == text


def test_another_recogniser_is_asked_after_those_of_the_desk() -> None:
    def find(page: Page) -> Iterator[Span]:
        place = page.rest.find("Zorgon")
        if place >= 0:
            yield Span(place, place + 6, Kind.NAME, "zorgon")

    redacted = redact({"message": "Zorgon, call 0151 23456789"}, known=Known(), also=[Recogniser("zorgon", find)])
    assert set(redacted.counts) == {"name", "phone"}


@pytest.mark.parametrize("name", [recogniser.name for recogniser in DEFAULT])
def test_whichever_recogniser_crashes_there_is_no_call(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(page: Page) -> list[Span]:
        raise RuntimeError(page.text)

    broken = tuple(Recogniser(each.name, crash, each.early) if each.name == name else each for each in DEFAULT)
    monkeypatch.setattr("conversations.redaction.redact.DEFAULT", broken)
    with pytest.raises(RedactionFailed) as failed:
        redact({"message": "Anna Müller"}, known=Known())
    assert failed.value.recogniser == name
    assert "Anna" not in str(failed.value)


@dataclass
class Result:
    entity_type: str
    start: int
    end: int
    score: float


def test_presidio_adds_what_ours_did_not_find_and_changes_nothing_else() -> None:
    seen: list[tuple[str, str]] = []

    def analyze(text: str, language: str) -> list[Result]:
        seen.append((text, language))
        place = text.find("Zorgon")
        return [
            Result("PERSON", place, place + 6, 0.85),
            Result("LOCATION", 0, 4, 0.9),
            Result("PERSON", 0, 4, 0.2),
        ]

    redacted = redact(
        {"message": "Well, Zorgon wrote from a@b.example"},
        known=Known(),
        also=[presidio.recogniser(analyze, "en")],
    )
    assert redacted.counts == {"email": 1, "name": 1}
    assert redacted.texts["message"].startswith("Well, [NAME-")
    ((text, language),) = seen
    assert language == "en"
    assert "a@b.example" not in text, "what was found already is not shown to it"


@pytest.mark.skipif(find_spec("presidio_analyzer") is not None, reason="Presidio is installed here")
def test_presidio_that_is_asked_for_and_not_installed_is_an_error() -> None:
    with pytest.raises(ImportError):
        presidio.analyzer((("en", "en_core_web_sm"),))


def test_a_placeholder_swapped_for_another_kind_or_spelling_is_unknown() -> None:
    redacted = redact({"message": "Anna Müller, anna@b.example"}, known=Known(names=["Anna Müller"]))
    name = next(placeholder for placeholder in redacted.map if placeholder.startswith("[NAME"))
    token = name[6:10]
    for forged in (f"[EMAIL-{token}]", f"[NAME-{token}-7]", "[NAME-2222]", f"[CARD-{token}]"):
        assert restore(f"Dear {forged}", redacted.map).unknown == [forged]
