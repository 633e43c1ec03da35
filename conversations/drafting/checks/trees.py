"""Many words as one pattern, written as a tree of letters, which is found ten times as fast as a list of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any


def tree(words: Iterable[str], *, letter: Callable[[str], str] = re.escape, endings: bool = False) -> str:
    """A pattern for any of these words, the longest that fits; `letter` says how each letter may be written.

    With `endings` a word that begins with one of them will do, so that the shortest of them decides.
    """
    root: dict[str, Any] = {}
    for word in words:
        branch = root
        for each in word:
            branch = branch.setdefault(each, {})
        branch[""] = {}
    return _written(root, letter, endings)


def _written(branch: dict[str, Any], letter: Callable[[str], str], endings: bool) -> str:
    ends = "" in branch
    if ends and endings:
        return ""
    ways = [letter(each) + _written(rest, letter, endings) for each, rest in branch.items() if each]
    if not ways:
        return ""
    if ends:
        return f"(?:{'|'.join(ways)})?"
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
