from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _addresses(settings: Any) -> None:
    """The customers' pages alone, and their languages, while the rest of the desk is put together."""
    settings.ROOT_URLCONF = "tests.portal.urls"
    settings.LOCALE_PATHS = [settings.BASE_DIR / "locale"]
