"""Callers of the API: people with tokens, and a service."""

from __future__ import annotations

import pytest

from tests.api.calls import Caller, caller
from tests.cast import Cast


@pytest.fixture
def ana(cast: Cast) -> Caller:
    return caller(cast, cast.ana)


@pytest.fixture
def ben(cast: Cast) -> Caller:
    return caller(cast, cast.ben)


@pytest.fixture
def sam(cast: Cast) -> Caller:
    return caller(cast, cast.sam)


@pytest.fixture
def ada(cast: Cast) -> Caller:
    return caller(cast, cast.ada)


@pytest.fixture
def aud(cast: Cast) -> Caller:
    return caller(cast, cast.aud)


@pytest.fixture
def olga(cast: Cast) -> Caller:
    """An agent who sees no team's tickets."""
    return caller(cast, cast.olga)


@pytest.fixture
def shop(cast: Cast) -> Caller:
    """A program of the organisation, with every scope that there is."""
    return caller(cast, cast.ada, service="Web shop")
