"""From an article in Markdown to its sections in plain text: what is found, quoted and shown."""

from __future__ import annotations

from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

MAX_HEADING = 200  # characters

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Section:
    """The plain text under one heading: paragraphs an empty line apart, list items and table rows a line each."""

    heading: str
    text: str


def sections_of(body: str, *, title: str) -> list[Section]:
    """Split an article at its `##` headings; what stands before the first of them goes under the article's title.

    Headings of other levels are lines of the text they stand in. A heading without text is no section.
    """
    found: list[tuple[str, list[str]]] = [(title[:MAX_HEADING], [])]
    for node in SyntaxTreeNode(_markdown.parse(body)).children:
        if node.type == "heading" and node.tag == "h2":
            found.append((_block(node)[:MAX_HEADING] or title[:MAX_HEADING], []))
        elif block := _block(node):
            found[-1][1].append(block)
    return [Section(heading, "\n\n".join(blocks)) for heading, blocks in found if blocks]


def _block(node: SyntaxTreeNode) -> str:
    if node.type in {"fence", "code_block"}:
        return node.content.strip("\n")
    if node.type == "inline":
        return "".join(_words(child) for child in node.children).strip()
    if node.type in {"bullet_list", "ordered_list"}:
        return "\n".join(_item(item) for item in node.children)
    if node.type == "tr":
        return " | ".join(_block(cell) for cell in node.children)
    between = "\n" if node.type in {"table", "thead", "tbody"} else "\n\n"
    return between.join(filter(None, (_block(child) for child in node.children)))


def _item(node: SyntaxTreeNode) -> str:
    mark = f"{node.info}{node.markup}" if node.info else "-"
    return f"{mark} " + "\n".join(filter(None, (_block(child) for child in node.children)))


def _words(node: SyntaxTreeNode) -> str:
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    if node.children:
        return "".join(_words(child) for child in node.children)
    return node.content
