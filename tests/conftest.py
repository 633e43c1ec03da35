"""What every test may ask for: the cast, and a database of its own where a test needs real commits."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import hashers

from tests.cast import Cast
from tests.databases import cloned_database, migrated_database


@pytest.hookimpl(optionalhook=True)  # the mutation tests run without xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.sharing import ByModule

    return ByModule(config, log)


def pytest_collection_finish() -> None:
    """What was loaded up to here stays: full collections, which go through all of it, took a twelfth of all tests' time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    """Sign-ins are many and their hashing is Django's: one round is enough here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    hashers.get_hashers.cache_clear()
    hashers.get_hashers_by_algorithm.cache_clear()


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _desks_own_language() -> None:
    """A request leaves its language to its thread, which is every other test's, too."""
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def cast(db: Any) -> Cast:
    """The people of the tests, in the test's own transaction."""
    return Cast.enter()


@pytest.fixture(scope="session")
def django_db_setup(
    _quick_passwords: None, django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None
) -> Iterator[None]:
    """The migrated database, also for a run whose tests only ask for copies of it. It goes with its server."""
    with django_db_blocker.unblock():
        migrated_database()
        with cloned_database():
            Cast.keep()
    yield


@pytest.fixture
def own_database(django_db_setup: Any, django_db_blocker: Any) -> Iterator[str]:
    """A fresh copy of the migrated database for this test alone, with real commits; yields its URL.

    Races, hints, feeds and other processes need it; Django's flush after such tests is a TRUNCATE, which the ledger
    refuses.
    """
    with django_db_blocker.unblock(), cloned_database() as url:
        yield url


@pytest.fixture
def company(own_database: str) -> Cast:
    """The cast in a database of its own."""
    return Cast.enter()
