"""Names of files as they may be shown and saved: what people called them, without what could lead somebody astray."""

from __future__ import annotations

import re
import unicodedata

from conversations.attachments.limits import LONGEST_NAME

_SPACE = re.compile(r"\s+")
_LONGEST_ENDING = 16
# What a file system of somebody's takes for something else (a device, a stream, a wildcard), besides the separators.
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def cleaned(name: str) -> str:
    """The last part of a path, without control and direction characters, of at most 120 characters; never empty.

    A name is shortened before its ending, so that what kind of file it says to be stays to be seen.
    """
    # Characters that only turn or hide others (categories C*) come first: they may stand within a separator's reach.
    plain = "".join(" " if char in "\t\n\r" else char for char in name if char in "\t\n\r" or _shown(char))
    last = re.split(r"[/\\]", plain)[-1]
    kept = _SPACE.sub(" ", _FORBIDDEN.sub("_", last)).strip(" .")
    if not kept:
        return "file"
    if _DEVICES.fullmatch(kept):
        kept = f"_{kept}"
    if len(kept) <= LONGEST_NAME:
        return kept
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        return kept[:LONGEST_NAME].rstrip(" .")
    return f"{stem[: LONGEST_NAME - len(ending) - 2].rstrip(' .')}….{ending}"


def ending(name: str) -> str:
    """What stands behind the last dot, in lower case; empty without one."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def _shown(char: str) -> bool:
    return not unicodedata.category(char).startswith("C") and char not in {"\u2028", "\u2029"}
