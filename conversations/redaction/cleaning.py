"""Takes out what a reader cannot see, so that nothing hides in a text that people approve."""

from __future__ import annotations

import re

# Everything here is invisible or steers direction or layout. Arabic number signs are format characters too, but people
# see them, so they stay.
_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters, NUL among them
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners and fillers without a shape
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero width and bidirectional controls
    "\u3164\uffa0\ufff0-\ufffb"  # Hangul fillers, annotations
    "\ufe00-\ufe0e\U000e0000-\U000e0fff"  # variation selectors and tag characters: whole sentences fit into them
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # halves of pairs and non-characters
    "]"
)
_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_JOINING = "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u0900-\u0dff"
_SELECTOR, _JOINERS = "\ufe0f", ("\u200c", "\u200d")
# An emoji selector stays behind an emoji or inside a keycap.
_STRAY_SELECTOR = re.compile(f"(?<![{_EMOJI}])\ufe0f(?!\u20e3)|(?<![{_EMOJI}0-9#*])\ufe0f")
# A joiner stays inside one emoji; both joiners stay inside a word of a script whose spelling needs them.
_STRAY_JOINER = re.compile(
    f"(?<![{_EMOJI}\ufe0f{_JOINING}])\u200d|\u200d(?![{_EMOJI}{_JOINING}])|(?<![{_JOINING}])\u200c|\u200c(?![{_JOINING}])"
)


def clean(text: str) -> str:
    """The text as a person sees it: without control, zero-width, bidirectional, tag and filler characters.

    Line breaks become `\\n`; tabs stay. Joiners stay only where spelling needs them (emoji made of several, Persian,
    Indic scripts). Cleaning a clean text changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_BREAK.sub("\n", _INVISIBLE.sub("", text))
    if _SELECTOR in text:
        text = _STRAY_SELECTOR.sub("", text)
    return _STRAY_JOINER.sub("", text) if any(joiner in text for joiner in _JOINERS) else text
