"""An article's Markdown as HTML, for the help centre and for the preview of whoever writes it."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TEXT = {"a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong", "ul"}
_TABLE = {"table", "tbody", "td", "th", "thead", "tr"}

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def as_html(body: str) -> SafeString:
    """What is not plain text formatting does not come through."""
    html = nh3.clean(_markdown.render(body), tags=_TEXT | _TABLE, url_schemes={"https", "mailto", "tel"})
    return mark_safe(html)  # noqa: S308
