"""How much a page for staff is over the wire: what a first visit gets besides fonts, and what each navigation gets."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from desk.delivery import collect
from tests.cast import Cast

FIRST_VISIT, NAVIGATION = 150_000, 15_000  # bytes
STATIC = Path(__file__).resolve().parents[2] / "static"
ABOUT = (
    "The zip of my jacket broke",
    "Where is my parcel?",
    "I was charged twice",
    "Wrong size, how do I exchange it?",
)


@pytest.fixture
def queue(cast: Cast) -> Client:
    """A full page of tickets that differ, before somebody who works."""
    for n in range(50):
        text = f"Hello, this is about order NO-{48211 + 97 * n}. {ABOUT[n % 4]}. It was sent on the {1 + n % 28}th to {n} Lane."
        cast.ticket(text, subject=f"{ABOUT[n % 4]} ({n})", priority=("normal", "high", "urgent")[n % 3])
    client = Client(headers={"accept-encoding": "gzip, deflate, br, zstd"})
    client.force_login(cast.ana, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_a_navigation_is_small(queue: Client) -> None:
    for path in ("/queue/todo/", "/queue/all/?q=order", "/queue/todo/rows/"):
        answer = queue.get(path)
        assert answer.headers["Content-Encoding"] == "gzip", path
        assert gzip.decompress(answer.content).count(b'<article class="row"') == 50, path
        assert len(answer.content) <= NAVIGATION, path


def test_a_first_visit_is_small(queue: Client, tmp_path: Path) -> None:
    answer = queue.get("/queue/todo/")
    root = tmp_path / "static"
    collect(root)
    page = gzip.decompress(answer.content).decode()
    names = set(re.findall(r'/static/([^"#]+\.(?:js|css|svg))', page))
    names |= {f"css/{name}" for name in re.findall(r'@import url\("([^"]+)"\)', (STATIC / "css/app.css").read_text())}
    assert len(names) > 60
    sizes = {name: _served((root / name).resolve()) for name in names}
    assert len(answer.content) + sum(sizes.values()) <= FIRST_VISIT, sizes


def _served(file: Path) -> int:
    """As WhiteNoise serves it: compressed where that is worth it."""
    compressed = file.with_name(f"{file.name}.gz")
    return (compressed if compressed.exists() else file).stat().st_size


def test_how_long_an_answer_is_tells_nobody_what_is_in_it(queue: Client) -> None:
    """What compresses a secret beside what a stranger chose would tell whether they are alike (BREACH)."""
    lengths = {len(queue.get("/queue/todo/?q=order").content) for _ in range(8)}
    assert len(lengths) > 1
