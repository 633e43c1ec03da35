"""What a file is follows from its content."""

from __future__ import annotations

import pytest

from conversations.attachments.files import File
from conversations.attachments.kinds_of_files import OPAQUE
from desk.uploads import LARGEST_FILE
from tests.attachments.samples import HTML, PDF, PROGRAM, SCRIPT, SVG, image, photo_with_place, polyglot


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (PDF, "application/pdf"),
        (image("PNG"), "image/png"),
        (photo_with_place(), "image/jpeg"),
        (image("GIF"), "image/gif"),
        (image("WEBP"), "image/webp"),
        ("Grüße,\r\nCarla 🚲".encode(), "text/plain"),
        (b"PK\x03\x04" + b"\0" * 40, "application/zip"),
        (HTML, OPAQUE),
        (SVG, OPAQUE),
        (b"\xef\xbb\xbf" + SVG, OPAQUE),
        (b"  \n<HTML>", OPAQUE),
        (b"hello\0world", OPAQUE),
        (b"\xff\xfe\x00\x01", OPAQUE),
        (polyglot(), OPAQUE),
        (image("JPEG", comment=HTML), OPAQUE),
    ],
)
def test_content_says_what_a_file_is_and_markup_is_no_page(content: bytes, type_: str) -> None:
    assert File.of("whatever.html", content).type == type_


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("photo.png", PROGRAM, "refused"),
        ("readme", SCRIPT, "refused"),
        ("library.txt", b"\x7fELF\x02\x01", "refused"),
        ("invoice.pdf.exe", b"anything", "refused"),
        ("run.JS", b"alert(1)", "refused"),
        ("photo\u202egnp.scr", b"x", "refused"),
        ("empty.txt", b"", "empty"),
        ("page.html", HTML, ""),
        ("drawing.svg", SVG, ""),
        ("invoice.pdf", PDF, ""),
    ],
)
def test_programs_are_refused_whatever_they_are_called_and_pages_are_only_bytes(
    name: str, content: bytes, why: str
) -> None:
    assert File.of(name, content).wrong == why


def test_ten_megabytes_are_taken_and_a_byte_more_is_not() -> None:
    assert not File.of("a.txt", b"x" * LARGEST_FILE).wrong
    assert File.of("a.txt", b"x" * (LARGEST_FILE + 1)).wrong == "too_large"
    assert File.of("a.txt", b"", LARGEST_FILE + 1).wrong == "too_large", "what was not even kept says so by its size"
