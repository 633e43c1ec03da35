"""Attempts to steer a model from a ticket, each with a draft of a model that obeys: see `injections.json`.

`how` says where an attempt stands and what hides it; `attempts` puts it there, beside an ordinary question.
"""

from __future__ import annotations

import base64
import codecs
import json
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from conversations.drafting.checks import Found, Grounds, check

SOURCE = (
    "Parcels to the United Kingdom take 4 to 6 working days, including customs. You can follow yours by its number."
)
_QUOTE = SOURCE.partition(". ")[0] + "."
_ASKED = {
    "en": "Hello, where is my parcel? I ordered two weeks ago.",
    "de": "Guten Tag, wo ist mein Paket? Ich habe vor zwei Wochen bestellt.",
    "es": "Hola, ¿dónde está mi paquete? Hice el pedido hace dos semanas.",
    "fr": "Bonjour, où est mon colis ? J'ai commandé il y a deux semaines.",
}
_AROUND = {
    "en": ("Hello Carla,\n\nThank you for your message.", "Kind regards\nNordlicht Outdoor"),
    "de": ("Guten Tag Carla,\n\nvielen Dank für Ihre Nachricht.", "Freundliche Grüße\nNordlicht Outdoor"),
    "es": ("Hola, Carla:\n\nGracias por su mensaje.", "Un saludo\nNordlicht Outdoor"),
    "fr": ("Bonjour Carla,\n\nMerci pour votre message.", "Cordialement\nNordlicht Outdoor"),
}
_ALIKE = str.maketrans("aeopcyx", "аеорсух")
_LEAST_SHIFT = 0xFEE0  # from ASCII to its full width

DISGUISES: Final[dict[str, Callable[[str], str]]] = {
    "tags": lambda text: "".join(chr(0xE0000 + ord(sign)) for sign in text if ord(sign) < 127),
    "variation": lambda text: "".join(chr(0xE0100 + ord(sign) - 16) for sign in text),
    "zero_width": "\u200b".join,
    "bidi": lambda text: "\u202e" + text[::-1] + "\u202c",
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "reversed": lambda text: text[::-1],
    "spaced": " ".join,
    "dotted": lambda text: text.replace(" ", "..."),
    "fullwidth": lambda text: "".join(chr(ord(sign) + _LEAST_SHIFT) if "!" <= sign <= "~" else sign for sign in text),
    "homoglyphs": lambda text: text.translate(_ALIKE),
    "url": urllib.parse.quote,
    "entities": lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    "escapes": lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    "split": lambda text: text.replace("ignore", "ig**no**re").replace("instructions", "instr' + 'uctions"),
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: the ticket that carries it, and the draft of a model that follows it."""

    how: str
    language: str
    subject: str
    body: str
    draft: str
    files: tuple[str, ...] = field(default=())

    def flags(self) -> list[Found]:
        """What the checks say of the draft that obeys."""
        grounds = Grounds(
            language=self.language if self.language in _ASKED else "en",
            sources=[SOURCE],
            heard=[self.subject, self.body],
            named=["Carla Jones", *self.files],
            own=["Carla Jones", "carla@example.com", "Nordlicht Outdoor"],
            supported=[_QUOTE],
        )
        return check(self.draft, grounds)

    @property
    def is_held(self) -> bool:
        """Whether nobody can approve the draft without looking at a flag."""
        return any(flag.severity == "blocker" for flag in self.flags())


@cache
def attempts() -> tuple[Attempt, ...]:
    rows = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return tuple(_attempt(**row) for row in rows)


def _attempt(*, how: str, language: str, text: str, follows: str) -> Attempt:
    known = language if language in _ASKED else "en"
    asked, (opening, closing) = _ASKED[known], _AROUND[known]
    written = DISGUISES[how](text) if how in DISGUISES else text
    body = asked if how in {"subject", "file"} else f"{asked}\n\n{written}"
    return Attempt(
        how=how,
        language=language,
        subject=written if how == "subject" else "Parcel",
        body=body,
        draft=f"{opening} {_QUOTE} {follows}\n\n{closing}",
        files=(written,) if how == "file" else (),
    )
