"""One desk on real parts for the tests of faults; each finds it whole, and on a database that the test's own Django reads."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.chaos.stack import Stack, database_of, stack


@pytest.fixture(scope="package")
def running_stack(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stack]:
    """Started once for the tests of this folder in this process; about six seconds. After the database of other tests."""
    with django_db_blocker.unblock(), stack() as running:
        yield running


@pytest.fixture
def desk(running_stack: Stack, django_db_blocker: Any) -> Iterator[Stack]:
    """A whole and idle desk, with nobody who misbehaves."""
    with django_db_blocker.unblock(), database_of(running_stack.postgres.url):
        running_stack.make_whole()
        yield running_stack
        running_stack.make_whole()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With a test that failed, what its desk had to say."""
    report = yield
    running = getattr(item, "funcargs", {}).get("desk")
    if report.failed and report.when == "call" and isinstance(running, Stack):
        report.sections.append(("the desk", running.account()))
    return report
