"""Files as articles: Markdown and HTML, one by one or in a ZIP. Pure: nothing is kept, and nothing is written to a disk.

    ---
    title: Refunds
    slug: refunds
    language: en
    tags: returns, money back
    ---

Lines like these may stand before Markdown. Without them the first heading is the title, the file's name the address, and
`refunds.de.md` is in German.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import ClassVar

MOST_FILES = 500
MOST_BYTES = 1_000_000  # of one file
MOST_BYTES_TOGETHER = 30_000_000
KINDS = (".md", ".markdown", ".html", ".htm")

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*\n", re.DOTALL)
_FIRST_HEADING = re.compile(r"\A\s*#[ \t]+([^\n]+?)[ \t#]*(?:\n|\Z)")


class NotReadable(ValueError):
    """Nothing can be taken from a file; the message is a code of the page's list."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file as an article; `language` is "" where the file does not say."""

    file: str
    slug: str
    language: str
    title: str
    body: str
    tags: list[str] = field(default_factory=list)


def sheets_in(name: str, content: bytes) -> Iterator[Sheet | tuple[str, str]]:
    """What a file holds: articles, and for each file in it that is none, its name and why. Raises NotReadable for the whole."""
    if not name.lower().endswith(".zip"):
        yield _one(name, content)
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        raise NotReadable("no_zip") from None
    inside = [entry for entry in archive.infolist() if not entry.is_dir() and not _beside(entry.filename)]
    if len(inside) > MOST_FILES:
        raise NotReadable("too_many")
    left = MOST_BYTES_TOGETHER
    for entry in inside:
        text = _unpacked(archive, entry, min(MOST_BYTES, left))
        if isinstance(text, str):
            yield entry.filename, text
            continue
        left -= len(text)
        try:
            yield _one(entry.filename, text)
        except NotReadable as reason:
            yield entry.filename, str(reason)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | str:
    """The bytes of a file in a ZIP, whatever size it says it has, or why not."""
    try:
        with archive.open(entry) as file:
            content = file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
        return "damaged"
    return content if len(content) <= most else "too_large"


def _beside(name: str) -> bool:
    """What programs put into a ZIP beside what was meant."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


def _one(name: str, content: bytes) -> Sheet:
    path = PurePosixPath(name.replace("\\", "/"))
    suffix = path.suffix.lower()
    if suffix not in KINDS:
        raise NotReadable("other_kind")
    if len(content) > MOST_BYTES:
        raise NotReadable("too_large")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise NotReadable("not_utf8") from None
    stem, _dot, last = path.stem.rpartition(".")
    language = last.lower() if stem and re.fullmatch(r"[A-Za-z]{2}", last) else ""
    named = stem if language else path.stem
    said: dict[str, str] = {}
    title = ""
    if suffix in {".html", ".htm"}:
        title, text, declared = from_html(text)
        language = language or declared
    elif front := _FRONT.match(text):
        pairs = (line.split(":", 1) for line in front[1].splitlines() if ":" in line)
        said = {key.strip().lower(): value.strip().strip("\"'") for key, value in pairs}
        text = text[front.end() :]
    if heading := _FIRST_HEADING.match(text):
        title = title or heading[1]
        text = text[heading.end() :]
    tags = [tag.strip() for tag in said.get("tags", "").strip("[]").split(",") if tag.strip()]
    return Sheet(
        file=name,
        slug=slug_of(said.get("slug") or named),
        language=(said.get("language") or language)[:2].lower(),
        title=said.get("title") or title or named,
        body=text.strip(),
        tags=tags,
    )


def slug_of(name: str) -> str:
    """A name as part of an address: small letters without accents, digits, hyphens."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")


def from_html(text: str) -> tuple[str, str, str]:
    """A page's title, its text as Markdown, and the language that it says it is in."""
    page = _Page()
    page.feed(text)
    page.close()
    body = re.sub(r"[ \t]+\n", "\n", "".join(page.out))
    return page.title, re.sub(r"\n{3,}", "\n\n", body).strip(), page.language


class _Page(HTMLParser):
    """Headings, paragraphs, lists, tables, links and emphasis; what is not for reading is left out."""

    _DROPPED = frozenset(
        {"script", "style", "nav", "header", "footer", "noscript", "template", "svg", "form", "iframe"}
    )
    _APART = frozenset({"p", "div", "section", "article", "ul", "ol", "table", "blockquote", "main", "figure"})
    _MARKS: ClassVar = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "br": "  \n"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.title, self.language = "", ""
        self._dropped = 0
        self._in_title = False
        self._lists: list[int] = []  # of each open list, the last number; -1 without numbers
        self._href: list[str] = []
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in self._DROPPED:
            self._dropped += 1
        elif tag == "html":
            self.language = given.get("lang", "")[:2].lower()
        elif tag == "title":
            self._in_title = True
        elif self._dropped:
            return
        elif re.fullmatch(r"h[1-6]", tag):
            self.out.append(f"\n\n{'#' * int(tag[1])} ")
        elif tag in {"ul", "ol", "li"}:
            self._list(tag)
        elif tag in {"tr", "td", "th"}:
            self.out.append("\n|" if tag == "tr" else " ")
            self._cells = 0 if tag == "tr" else self._cells + 1
        elif tag == "a":
            self._href.append(given.get("href", ""))
            self.out.append("[" if self._linked() else "")
        elif tag in self._APART:
            self.out.append("\n\n")
        else:
            self.out.append(self._MARKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._DROPPED:
            self._dropped = max(0, self._dropped - 1)
        elif tag == "title":
            self._in_title = False
        elif self._dropped:
            return
        elif tag in {"ul", "ol"}:
            if self._lists:
                self._lists.pop()
            self.out.append("\n" if self._lists else "\n\n")
        elif tag in {"td", "th"}:
            self.out.append(" |")
        elif tag == "tr":
            first = "".join(self.out).rsplit("\n\n", 1)[-1].strip().count("\n") == 0
            self.out.append("\n|" + " --- |" * self._cells if first and self._cells else "")
        elif tag == "a" and self._href:
            self.out.append(f"]({self._href[-1]})" if self._linked() else "")
            self._href.pop()
        elif tag in self._APART or re.fullmatch(r"h[1-6]", tag):
            self.out.append("\n\n")
        else:
            self.out.append("" if tag == "br" else self._MARKS.get(tag, ""))

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title = (self.title + data).strip()[:200]
        elif not self._dropped:
            words = re.sub(r"\s+", " ", data)
            at_the_start = not self.out or self.out[-1].endswith(("\n", " "))
            self.out.append(words.lstrip() if at_the_start else words)

    def _list(self, tag: str) -> None:
        if tag == "li":
            self.out.append(f"\n{'  ' * (len(self._lists) - 1)}{self._bullet()} ")
            return
        self.out.append("\n" if self._lists else "\n\n")
        self._lists.append(0 if tag == "ol" else -1)

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] < 0:
            return "-"
        self._lists[-1] += 1
        return f"{self._lists[-1]}."

    def _linked(self) -> bool:
        return bool(self._href) and self._href[-1].startswith(("https://", "http://", "mailto:"))
