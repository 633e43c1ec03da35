"""The demo shop as it lies in this folder: people, customers, tickets, articles. Only read here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "de", "es", "fr")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One article as it is written down: front matter and Markdown."""

    slug: str
    language: str
    title: str
    tags: list[str]
    body: str


@cache
def content(name: str) -> Any:
    """What a file of this folder holds, by its name without `.json`."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def tickets() -> list[Row]:
    """All tickets, the oldest first."""
    rows: list[Row] = [row for language in LANGUAGES for row in content(f"tickets.{language}")]
    return sorted(rows, key=lambda row: -row["age_hours"])


def sheets() -> list[Sheet]:
    return [_sheet(path) for path in sorted((FOLDER / "articles").glob("*.md"))]


def _sheet(path: Path) -> Sheet:
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = dict(line.split(": ", 1) for line in front.strip().splitlines())
    tags = [tag.strip() for tag in fields["tags"].split(",")]
    return Sheet(fields["slug"], fields["language"], fields["title"], tags, body.strip())
