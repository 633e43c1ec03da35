"""Makes plain text of what a model wrote, so that what people read is all there is."""

from __future__ import annotations

import html
import re
import unicodedata

from conversations.redaction.cleaning import clean

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}[0-9]{0,2});", re.IGNORECASE)
_LINE_TAG = re.compile(r"<br\s{0,3}/?>|</(?:p|div|li|tr|h[1-6])\s{0,3}>", re.IGNORECASE)
# Left open, a comment or a script swallows the rest, as it does in a browser. A mail address in angle brackets is no
# tag.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>",
    re.IGNORECASE | re.DOTALL,
)
# A picture fetches from wherever it likes; the address of a link is for people to see.
_PICTURE = re.compile(r"!\[[^\]\n]{0,200}\]\s?(?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,200}\])")
_NAMED_LINK = re.compile(r"(?<!!)\[([^\]\n]{1,200})\]\(\s?<?([^)\s>]{1,2000})>?(?:\s[^)\n]{0,200})?\)")
_ROUNDS = 3


def plain(text: str) -> str:
    """The text without invisible characters, HTML and pictures, links with their addresses, at most one blank line in a row."""
    text = unicodedata.normalize("NFC", clean(text))
    for _ in range(_ROUNDS):
        before = text
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
        text = clean(_TAG.sub("", _LINE_TAG.sub("\n", text)))
        text = _NAMED_LINK.sub(_shown, _PICTURE.sub("", text))
        if text == before:
            break
    else:
        # Escaped or nested again and again: no reply needs that, so no bracket stays.
        text = text.replace("<", "").replace(">", "")
    return re.sub(r"\n[ \t]*\n\s*\n", "\n\n", text).strip()


def _shown(link: re.Match[str]) -> str:
    """`[here](https://shop.example)` as `here (https://shop.example)`; an address that names itself once."""
    name, address = link[1], link[2]
    return address if name.strip() == address else f"{name} ({address})"
