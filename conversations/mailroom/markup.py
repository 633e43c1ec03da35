"""HTML mails as text: what a reader would see, with the addresses behind links.

One pass over the text, without a tree: parsers of HTML take quadratic time on what strangers may send (a megabyte of
nested tags keeps html5ever busy for minutes, measured). The result is plain text and is escaped wherever it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol", "dl"})
_BLOCKS = _SPACED | {"address", "article", "div", "dt", "dd", "figure", "footer", "form", "header", "hr", "li",
                     "section", "tr"}  # fmt: skip
_UNSEEN = frozenset({"script", "style", "title", "template", "noscript", "object", "svg", "math", "textarea", "select"})
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<given>[^<>]*)>|<[!?/][^<>]*>")
_GIVEN = r"""(?:^|\s){}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
_HREF = re.compile(_GIVEN.format("href"), re.IGNORECASE)
_ALT = re.compile(_GIVEN.format("alt"), re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
# Python refuses to read numbers of more than 4,300 digits; no character has a number of ten.
_NO_CHARACTER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")


def to_text(html: str) -> str:
    """Plain text with line breaks where the page has them; quoted blocks get `> `, links their address in brackets."""
    page = _Page()
    for tag, given, text in _tokens(html):
        if tag.startswith("/"):
            page.end(tag[1:])
        elif tag:
            page.begin(tag, given)
        else:
            page.say(_characters(text))
    return page.text()


def _tokens(html: str) -> Iterator[tuple[str, str, str]]:
    """Tags as (name, attributes, ""), ends as ("/name", "", ""), text as ("", "", text); nothing that is not seen."""
    at, folded = 0, html.lower()
    while at < len(html):
        if html.startswith("<!--", at):
            at = _behind(html, "-->", at + 2)
            continue
        tag = _TAG.match(html, at) if html[at] == "<" else None
        if tag is None:
            until = html.find("<", at + 1)
            until = len(html) if until < 0 else until
            yield "", "", html[at:until]
            at = until
            continue
        at = tag.end()
        name = (tag["name"] or "").lower()
        if name in _UNSEEN and not tag["close"] and not tag["given"].endswith("/"):
            at = _behind(html, ">", _behind(folded, f"</{name}", at))
        elif name:
            yield f"{tag['close']}{name}", tag["given"], ""


def _behind(html: str, mark: str, at: int) -> int:
    found = html.find(mark, at)
    return len(html) if found < 0 else found + len(mark)


def _characters(text: str) -> str:
    return unescape(_NO_CHARACTER.sub("\ufffd", text)) if "&" in text else text


def _value(pattern: re.Pattern[str], given: str) -> str:
    found = pattern.search(given[:4000])
    return _characters(next(filter(None, found.groups()), "")).strip() if found else ""


class _Page:
    """The lines as far as they have been read."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._label: list[str] = []
        self._link = ""
        self._quoted = self._quoted_before = self._verbatim = 0
        self._gap = False

    def begin(self, tag: str, given: str) -> None:
        self._edge(tag)
        if tag == "br":
            self._break(always=True)
        elif tag == "li":
            self._write("- ")
        elif tag == "img" and (words := _value(_ALT, given)):
            self._write(f"[{words}]")
        elif tag == "a":
            self._link, self._label = _value(_HREF, given), []
        elif tag == "blockquote":
            self._quoted += 1
        elif tag == "pre":
            self._verbatim += 1

    def end(self, tag: str) -> None:
        if tag == "a" and self._link:
            label, link, self._link = "".join(self._label).strip(), self._link, ""
            if link.lower().startswith(("http://", "https://")) and link.rstrip("/") != label.rstrip("/"):
                self._write(f" ({link})" if label else link)
        self._edge(tag)
        if tag in {"td", "th"}:
            self._write(" ")
        elif tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        elif tag == "pre":
            self._verbatim = max(0, self._verbatim - 1)

    def say(self, words: str) -> None:
        if self._verbatim:
            first, *others = words.split("\n")
            self._write(first)
            for line in others:
                self._break(always=True)
                self._write(line)
            return
        words = _SPACE.sub(" ", words)
        self._write(words if self._line else words.lstrip(" "))

    def text(self) -> str:
        self._break()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def _edge(self, tag: str) -> None:
        """Where a block begins or ends a line does; around a paragraph there is an empty one."""
        if tag in _BLOCKS:
            self._break()
            self._gap = self._gap or (tag in _SPACED and bool(self._lines))

    def _write(self, text: str) -> None:
        if text:
            self._line.append(text)
            if self._link:
                self._label.append(text)

    def _break(self, *, always: bool = False) -> None:
        line = "".join(self._line).rstrip(" ")
        self._line = []
        if not line and not always:
            return
        if self._gap:
            self._lines.append(_marked("", min(self._quoted, self._quoted_before)))
            self._gap = False
        self._lines.append(_marked(line, self._quoted))
        self._quoted_before = self._quoted


def _marked(line: str, quoted: int) -> str:
    return f"{'>' * min(quoted, 9)} {line}".rstrip() if quoted else line
