"""HTML mails as text: what a reader would see, with the addresses behind links."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

_BLOCKS = frozenset(
    {"address", "article", "div", "dl", "dt", "dd", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
     "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul", "blockquote"}
)  # fmt: skip
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table"})
_TAGS = _BLOCKS | {"a", "b", "br", "em", "i", "img", "span", "strong", "td", "th", "u"}
_UNSEEN = frozenset({"script", "style", "title", "template", "noscript", "object", "svg", "math"})
_SPACE = re.compile(r"[ \t\r\n\f]+")


def to_text(html: str) -> str:
    """Plain text with line breaks where the page has them; quoted blocks get `> `, links their address in brackets.

    The HTML is cleaned first: what is left is well formed, so that no input makes the parser slow.
    """
    clean = nh3.clean(
        html, tags=set(_TAGS), clean_content_tags=set(_UNSEEN), attributes={"a": {"href"}, "img": {"alt"}},
        url_schemes={"http", "https", "mailto", "tel"}, link_rel=None, strip_comments=True,
    )
    page = _Page()
    page.feed(clean)
    page.close()
    return page.text()


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quoted = 0
        self._verbatim = 0
        self._link = ""
        self._label: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._edge(tag)
        if tag == "br":
            self._break()
        elif tag == "li":
            self._write("- ")
        elif tag == "img" and given.get("alt"):
            self._write(f"[{given['alt']}]")
        elif tag == "a":
            self._link, self._label = given.get("href") or "", []
        elif tag == "blockquote":
            self._quoted += 1
        elif tag == "pre":
            self._verbatim += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link:
            label, link = "".join(self._label).strip(), self._link
            self._link = ""
            if link.startswith("http") and link.rstrip("/") != label.rstrip("/"):
                self._write(f" ({link})" if label else link)
        self._edge(tag)
        if tag in {"td", "th"}:
            self._write(" ")
        elif tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        elif tag == "pre":
            self._verbatim = max(0, self._verbatim - 1)

    def handle_data(self, data: str) -> None:
        if self._verbatim:
            first, *others = data.split("\n")
            self._write(first)
            for line in others:
                self._break()
                self._write(line)
            return
        words = _SPACE.sub(" ", data)
        self._write(words.lstrip(" ") if not self._line else words)

    def text(self) -> str:
        self._break(always=False)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def _edge(self, tag: str) -> None:
        """Where a block begins or ends a line does; around a paragraph there is an empty one."""
        if tag not in _BLOCKS:
            return
        self._break(always=False)
        if tag in _SPACED and self._lines and self._lines[-1].strip("> "):
            self._lines.append(self._marked(""))

    def _write(self, text: str) -> None:
        if text:
            self._line.append(text)
            if self._link:
                self._label.append(text)

    def _break(self, *, always: bool = True) -> None:
        line = "".join(self._line).rstrip(" ")
        self._line = []
        if line or always:
            self._lines.append(self._marked(line))

    def _marked(self, line: str) -> str:
        return f"{'>' * min(self._quoted, 9)} {line}".rstrip() if self._quoted else line
