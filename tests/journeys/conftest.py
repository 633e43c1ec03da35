"""One desk and one browser for all journeys of a process; every journey has its own people, tickets and pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from playwright.sync_api import Browser, StorageState

from tests.chaos.stack import Stack, stack
from tests.journeys.browsing import Profiles, chromium
from tests.journeys.house import UNDO_SECONDS, House


@pytest.fixture(scope="package")
def mail_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@contextmanager
def _real_passwords() -> Iterator[None]:
    """The desk's own processes check them, with Django's own settings; other tests hash in one quick round."""

    def hash_by(names: list[str]) -> None:
        settings.PASSWORD_HASHERS = names
        hashers.get_hashers.cache_clear()
        hashers.get_hashers_by_algorithm.cache_clear()

    before = settings.PASSWORD_HASHERS
    hash_by(["django.contrib.auth.hashers.PBKDF2PasswordHasher"])
    yield
    hash_by(before)


@pytest.fixture(scope="package")
def running_stack(django_db_setup: None, django_db_blocker: Any, mail_folder: Path) -> Iterator[Stack]:
    with (
        django_db_blocker.unblock(),
        _real_passwords(),
        stack(delivered=True, UNDO_SECONDS=str(UNDO_SECONDS), COUNTERSIGN_MAIL_DIR=str(mail_folder)) as running,
    ):
        yield running


@pytest.fixture(scope="package")
def browser(running_stack: Stack) -> Iterator[Browser]:
    """After the desk: while Playwright runs, Django refuses the database to this thread."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def profiles(browser: Browser) -> Profiles:
    return Profiles(browser)


@pytest.fixture(scope="package")
def signed_in() -> dict[str, StorageState]:
    """Who has signed in, with their cookies: one sign-in serves many journeys."""
    return {}


@pytest.fixture
def house(
    running_stack: Stack, profiles: Profiles, mail_folder: Path, signed_in: dict[str, StorageState]
) -> Iterator[House]:
    """The desk for one journey, in which nothing went wrong unseen."""
    house = House(running_stack, profiles, mail_folder=mail_folder, signed_in=signed_in)
    yield house
    house.close()
    assert not house.ear.wrong, house.last_words()
