"""Names of files: what people called them, and nothing that leads astray."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.attachments.downloads import disposition
from conversations.attachments.limits import LONGEST_NAME
from conversations.attachments.names import cleaned, ending


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Rechnung März – Größe 5.pdf", "Rechnung März – Größe 5.pdf"),
        ("写真.jpg", "写真.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\carla\\photo.jpg", "photo.jpg"),
        ("..", "file"),
        ("", "file"),
        ("  . ", "file"),
        ("a\x00b\r\nc\x1b.txt", "ab c.txt"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("\u200bhidden\ufeff.png", "hidden.png"),
        ('what?<is>"this"|*:.txt', "what__is__this____.txt"),
        ("con.txt", "_con.txt"),
        (".htaccess", "htaccess"),
        ("\ud800.txt", "txt"),
    ],
)
def test_a_name_keeps_what_it_says_and_loses_what_it_would_do(given: str, kept: str) -> None:
    assert cleaned(given) == kept


def test_a_long_name_is_shortened_before_its_ending() -> None:
    short = cleaned("a" * 300 + ".pdf")
    assert len(short) <= LONGEST_NAME
    assert short.startswith("aaa")
    assert short.endswith("….pdf")
    assert len(cleaned("a." + "b" * 300)) <= LONGEST_NAME


@given(st.text(max_size=400))
def test_whatever_comes_becomes_a_plain_name(name: str) -> None:
    kept = cleaned(name)
    assert 0 < len(kept) <= LONGEST_NAME
    assert kept == cleaned(kept), "cleaning again changes nothing"
    assert not set(kept) & set('/\\\0\r\n\u202e\u202d\u2066<>:"|?*')
    assert kept not in {".", ".."}


@given(st.text(max_size=200))
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    header = disposition(cleaned(name))
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith('attachment; filename="')
    assert header.count('"') == 2
    assert header.count(";") == 2


def test_the_ending_is_what_stands_behind_the_last_dot() -> None:
    assert [ending(name) for name in ("a.PDF", "a.tar.gz", "a", ".profile")] == ["pdf", "gz", "", ""]
