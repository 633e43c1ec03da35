"""The help pages of the demo shop, saved through the ordinary action."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.demo.articles import import_articles
from desk.actions import SYSTEM


@pytest.fixture
def shop(db: Any) -> None:
    import_articles(by=SYSTEM)
