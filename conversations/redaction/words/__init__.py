"""Word lists for the recogniser of names, folded; read once from the files beside this one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from conversations.redaction.folding import fold

_HERE = Path(__file__).parent


def _lines(name: str) -> list[str]:
    lines = (_HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@lru_cache(maxsize=16)
def listed(name: str) -> frozenset[str]:
    """The words of one list, in one spelling: `first_names`, `surnames`, `everyday`, `proper`, `never`, `things` ...."""
    return frozenset(fold(word) for line in _lines(name) for word in line.split())


@lru_cache(maxsize=1)
def brands() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Brands of several words by their first word, and those of one."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in _lines("brands"):
        words = tuple(word for word in fold(line).replace("&", " ").split())
        found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(several, key=len, reverse=True)) for first, several in found.items()}
