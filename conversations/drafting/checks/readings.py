"""Every way in which a model may read a text that a person reads otherwise, or not at all: hidden, spelled oddly, encoded.

`readings` gives them folded (lower case, no accents, single spaces), so that one pattern finds a sentence in all of them.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
import urllib.parse
from collections.abc import Callable, Iterator

from conversations.redaction.cleaning import clean
from conversations.redaction.folding import fold

MOST = 8_000
"""Characters of one text that are read; a model gets fewer."""

_TAGGED = re.compile("[\U000e0020-\U000e007e]{3,}")
_FLAGS = re.compile("\U0001f3f4[\U000e0020-\U000e007f]{1,7}")  # Scotland and Wales
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}")
_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")
_IN_WORDS = re.compile(r"(?<=[^\W\d_])[\u200b\u2060-\u2064\ufeff\u200c\u200d\u180e]+(?=[^\W\d_])")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_JOINED_SCRIPTS = re.compile("[\u0600-\u06ff\u0750-\u077f\u0900-\u0dff]")
_FEWEST_HIDDEN = 3

# Letters of other alphabets that look like Latin ones.
_LOOKALIKES = str.maketrans("авеёкмнорстухіјѕԁԛԝһгпӏοανικρτυχϲѵց", "abeekmhopctyxijsdqwhrnloavikptuxcvg")
_LEET = str.maketrans("013457@$!|", "oieastasil")
_LEET_WORD = re.compile(r"(?<!\S)(?=\S*[0-9@$!|])(?=\S*[a-z0-9])[a-z0-9@$!|']{2,}")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ ._*\-·]{1,3}){4,}[^\W\d_](?![^\W_])")
_DOTTED = re.compile(r"(?<!\S)[^\W\d_]+(?:[._*·/\-+]+[^\W\d_]+){2,}")
_SPLIT = re.compile(r"[\"'] ?\+ ?[\"']|(?<=[^\W\d_])(?:\*\*|\*|_|`|~)+(?=[^\W\d_])")

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s")
_SPELLINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_LEET_WORD, lambda word: word[0].translate(_LEET)),
    (_SPACED, lambda run: re.sub(r"[^\w]|_", "", run[0])),
    (_SPLIT, lambda _sign: ""),
    (_DOTTED, lambda words: re.sub(r"[._*·/\-+]+", " ", words[0])),
)

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{16,}={0,2}(?![A-Za-z0-9+/=])")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[ :,]?){10,}(?![0-9A-Fa-f])")
_BITS = re.compile(r"(?<![01])(?:[01]{8} ?){6,}(?![01])")
_ESCAPES = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|=([0-9A-F]{2})|&#x?[0-9a-fA-F]{2,6};|%[0-9a-fA-F]{2}")
_FEWEST_ESCAPES = 4
_WORD = re.compile(r"[^\W\d_]{2,}")
_TOLD_TO_MODELS = ("instruc", "prompt", "rules", "anweisung", "regeln", "reglas", "consigne", "regles", "guideline")


def hidden(text: str) -> list[str]:
    """What nobody sees in a text: sentences in tag characters and selectors, words broken by nothing or turned round."""
    found = []
    text = _FLAGS.sub("", text)
    smuggled = "".join(chr(ord(sign) - 0xE0000) for run in _TAGGED.findall(text) for sign in run)
    smuggled += "".join(map(_selected, "".join(_SELECTORS.findall(text))))
    if smuggled.strip():
        found.append(smuggled)
    broken = _IN_WORDS.findall(text) if not _JOINED_SCRIPTS.search(text) else []
    if len(broken) >= _FEWEST_HIDDEN or (_TURNED.search(text) and not _RIGHT_TO_LEFT.search(text)):
        found.append(clean(text)[:120])
    return found


def readings(text: str) -> Iterator[str]:
    """A text as it stands, and as whoever takes trouble may read it; each folded."""
    text = text[:MOST]
    plain = _folded(text)
    yield plain
    once = {plain}
    for other in (*hidden(text), *decoded(text), *_spelled(plain)):
        reading = _folded(other)
        if reading and reading not in once:
            once.add(reading)
            yield reading


def decoded(text: str) -> list[str]:
    """Sentences that somebody encoded: Base64, hexadecimal, bits, percent signs, entities, escapes."""
    found = [_from_base64(token) for token in _BASE64.findall(text)]
    found += [_from_bytes(binascii.unhexlify(re.sub(r"[^0-9A-Fa-f]", "", token))) for token in _HEX.findall(text)]
    for bits in (token.replace(" ", "") for token in _BITS.findall(text)):
        found.append(_from_bytes(bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))))
    if len(_ESCAPES.findall(text)) >= _FEWEST_ESCAPES:
        unescaped = urllib.parse.unquote(html.unescape(text), errors="ignore")
        found.append(re.sub(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})", _character, unescaped))
    return [sentence for sentence in found if _is_said(sentence)]


def turned(text: str) -> Iterator[str]:
    """A text read backwards, and with its letters moved by thirteen."""
    plain = _folded(text[:MOST])
    for reading in (plain[::-1], codecs.decode(plain, "rot13")):
        if any(word in reading for word in _TOLD_TO_MODELS):
            yield reading


def _spelled(plain: str) -> Iterator[str]:
    """Other spellings of a folded text: alike letters of other alphabets, digits for letters, letters one by one."""
    if not plain.isascii():
        yield plain.translate(_LOOKALIKES)
    for odd, meant in _SPELLINGS:
        # Nothing that is looked for goes beyond a sentence, and few sentences of a long text are spelled oddly.
        if sentences := [sentence for sentence in _BETWEEN_SENTENCES.split(plain) if odd.search(sentence)]:
            yield " ".join(odd.sub(meant, sentence) for sentence in sentences)


def _folded(text: str) -> str:
    return " ".join(fold(unicodedata.normalize("NFKC", clean(text))).split())


def _selected(sign: str) -> str:
    """The byte that a variation selector can stand for."""
    code = ord(sign)
    byte = code - 0xFE00 if code < 0xFF00 else code - 0xE0100 + 16
    return chr(byte) if 32 <= byte < 127 else ""


def _from_base64(token: str) -> str:
    token = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return _from_bytes(base64.b64decode(token + "=" * (-len(token) % 4), validate=True))
    except (ValueError, binascii.Error):
        return ""


def _from_bytes(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return ""


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1] or match[2], 16))


def _is_said(text: str) -> bool:
    """Whether these are words, and not what chance makes of a token."""
    letters = sum(character.isalpha() or character in " ,.'!?:;-\n" for character in text)
    return (len(_WORD.findall(text)) >= 2 and letters >= 0.85 * len(text) and text.isprintable()) or _has_sentence(text)


def _has_sentence(text: str) -> bool:
    return len(_WORD.findall(text)) >= 5 and sum(map(str.isalpha, text)) >= 0.6 * len(text)
