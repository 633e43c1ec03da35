"""A knowledge base for tests that draft: the demo shop's articles about refunds, returns and delivery."""

from __future__ import annotations

from pathlib import Path

import conversations.demo
from conversations.knowledge.actions import save_article
from desk.actions import SYSTEM

SUBJECTS = (
    "refunds-and-returns",
    "return-labels",
    "size-exchange",
    "delivery-times",
    "parcel-lost",
    "parcel-damaged",
    "gift-cards",
    "charged-twice",
)


def fill() -> None:
    """Put the articles in, through the ordinary action."""
    folder = Path(conversations.demo.__file__).parent / "articles"
    for path in sorted(folder.glob("*.md")):
        slug, language = path.stem.rsplit(".", 1)
        if language not in {"en", "de"} or not any(slug.startswith(subject) for subject in SUBJECTS):
            continue
        _, front, body = path.read_text().split("---\n", 2)
        title = next(line for line in front.splitlines() if line.startswith("title:")).partition(":")[2].strip()
        save_article(slug=slug, language=language, title=title, body=body, tags=[], by=SYSTEM)
