"""Files as articles: what stands in Markdown, HTML and ZIPs comes out as it was meant, and nothing else does."""

from __future__ import annotations

import io
import zipfile

import pytest

from conversations.knowledge import importing
from conversations.knowledge.importing import NotReadable, Sheet, sheets_in, slug_of
from conversations.knowledge.sections import sections_of

PAGE = """<!doctype html><html lang="de-DE"><head><title>Rücksendungen</title><style>p {color: red}</style></head><body>
<nav>Start | Hilfe</nav><main><h2>So geht es</h2><p>Packen Sie <strong>alles</strong> ein,
<a href="https://nordlicht.example/returns">Etikett</a> <a href="javascript:alert(1)">drauf</a>.</p>
<ul><li>Karton</li><li>Beleg</li></ul><ol><li>Drucken</li><li>Kleben</li></ol>
<table><tr><th>Land</th><th>Tage</th></tr><tr><td>Polen</td><td>3</td></tr></table>
<script>alert("x")</script></main></body></html>"""


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def one(name: str, content: str) -> Sheet:
    (sheet,) = sheets_in(name, content.encode())
    assert isinstance(sheet, Sheet)
    return sheet


def test_markdown_says_what_it_is_in_the_lines_before_it() -> None:
    sheet = one("x.md", "---\ntitle: Refunds\nslug: money-back\nlanguage: en\ntags: a, b\n---\n\n## When\n\nSoon.\n")
    assert (sheet.slug, sheet.language, sheet.title, sheet.tags) == ("money-back", "en", "Refunds", ["a", "b"])
    assert sheet.body == "## When\n\nSoon."


def test_without_them_the_heading_and_the_files_name_say_it() -> None:
    sheet = one("help/Größen & Maße.de.md", "# Größen\r\n\r\n## Jacken\r\n\r\nMessen.")
    assert (sheet.slug, sheet.language, sheet.title) == ("grossen-masse", "de", "Größen")
    assert sheet.body == "## Jacken\n\nMessen."


def test_a_page_becomes_markdown_without_what_is_not_for_reading() -> None:
    sheet = one("returns.html", PAGE)
    assert (sheet.slug, sheet.language, sheet.title) == ("returns", "de", "Rücksendungen")
    (section,) = sections_of(sheet.body, title=sheet.title)
    assert section.heading == "So geht es"
    assert section.text.startswith("Packen Sie alles ein, Etikett drauf.")
    assert "- Karton\n- Beleg" in section.text
    assert "1. Drucken\n2. Kleben" in section.text
    assert "Land | Tage\nPolen | 3" in section.text
    assert not {"alert", "javascript", "red", "Hilfe"} & set(sheet.body.replace("(", " ").replace(":", " ").split())


def test_a_zip_gives_its_articles_and_says_why_other_files_are_none() -> None:
    files = {
        "a/one.md": b"# One\n\nText.",
        "__MACOSX/a/._one.md": b"x",
        ".DS_Store": b"x",
        "two.html": b"<title>Two</title><p>Text.</p>",
        "../three.md": b"# Three\n\nText.",
        "photo.png": b"\x89PNG",
        "latin.md": "Größe".encode("latin-1"),
        "large.md": b"x" * 1_000_001,
    }
    found = list(sheets_in("all.zip", packed(files)))
    assert [each.slug for each in found if isinstance(each, Sheet)] == ["one", "two", "three"]
    assert [each for each in found if not isinstance(each, Sheet)] == [
        ("photo.png", "other_kind"),
        ("latin.md", "not_utf8"),
        ("large.md", "too_large"),
    ]


def test_a_bomb_is_read_no_further_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MOST_BYTES_TOGETHER", 1_500_000)
    found = list(sheets_in("bomb.zip", packed({f"{number}.md": b"# x\n\n" + b"0" * 900_000 for number in range(3)})))
    assert [isinstance(each, Sheet) for each in found] == [True, False, False]
    with pytest.raises(NotReadable, match="too_many"):
        list(sheets_in("many.zip", packed({f"{number}.md": b"" for number in range(501)})))


@pytest.mark.parametrize(("name", "content", "code"), [("a.zip", b"PK", "no_zip"), ("a.exe", b"", "other_kind")])
def test_what_is_nothing_of_the_kind_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(NotReadable, match=code):
        list(sheets_in(name, content))


def test_addresses_are_plain() -> None:
    assert slug_of("Öffnungszeiten & Straße 5!") == "offnungszeiten-strasse-5"
    assert slug_of("日本") == ""
