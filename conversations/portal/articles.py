"""Help articles as everybody may read them: in the reader's language where there is one, otherwise in English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from markdown_it import MarkdownIt

from conversations.knowledge.models import Article, Passage
from conversations.knowledge.queries import retrieve
from conversations.tickets.language import DEFAULT

MOST, MOST_FOUND = 60, 12  # articles on one page
_SUMMARY = 30  # words
_TEXT = {"a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong", "ul"}
_TABLE = {"table", "tbody", "td", "th", "thead", "tr"}

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as a list shows it; `summary` is how it begins, where something was searched for."""

    slug: str
    language: str
    title: str
    summary: str = ""


def titles(language: str) -> list[Listed]:
    """One of each article by title, those in the reader's language first."""
    chosen = _preferred(Article.objects.filter(language__in=(language, DEFAULT)), language).values()
    in_order = sorted(chosen, key=lambda article: (article.language != language, article.title))
    return [Listed(article.slug, article.language, article.title) for article in in_order[:MOST]]


def matching(asked: str, language: str) -> list[Listed]:
    """Articles that bear on what was asked, the best first."""
    found = [each.passage.article for each in retrieve(text=asked, language=language, limit=MOST_FOUND)]
    chosen = _preferred(found, language)
    first = Passage.objects.filter(article__in=found, current=True, position=0).values_list("article_id", "text")
    beginnings = {pk: Truncator(" ".join(text.split())).words(_SUMMARY, truncate="…") for pk, text in first}
    in_order = [chosen[slug] for slug in dict.fromkeys(article.slug for article in found)]
    return [Listed(each.slug, each.language, each.title, beginnings.get(each.pk, "")) for each in in_order]


def one(slug: str, language: str) -> Article | None:
    return _preferred(Article.objects.filter(slug=slug, language__in=(language, DEFAULT)), language).get(slug)


def as_html(article: Article) -> SafeString:
    """The article's Markdown as HTML; what is not plain text formatting does not come through."""
    html = nh3.clean(_markdown.render(article.body), tags=_TEXT | _TABLE, url_schemes={"https", "mailto", "tel"})
    return mark_safe(html)  # noqa: S308


def _preferred(articles: Iterable[Article], language: str) -> dict[str, Article]:
    """For each slug the article in the reader's language, else the one that there is."""
    return {article.slug: article for article in sorted(articles, key=lambda each: each.language == language)}
