from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _languages(settings: Any) -> None:
    """The words of customers' pages, wherever the settings look for more."""
    settings.LOCALE_PATHS = [settings.BASE_DIR / "locale"]
