"""A mail server that the desk of the test sends to, and short patience with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from conversations.mailroom import handover
from tests.mailroom.mail_server import MailServer


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten and sixty seconds become less than one, so that silence does not take minutes."""
    monkeypatch.setattr(handover, "ANSWER", 0.6)
    monkeypatch.setattr(handover, "TAKEN", 0.6)
    monkeypatch.setattr(handover, "FAREWELL", 0.3)


@pytest.fixture
def mail_server(settings: Any, impatient: None) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server
