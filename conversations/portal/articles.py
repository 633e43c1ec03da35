"""Help articles as everybody may read them: in the reader's language where there is one, otherwise in English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.text import Truncator

from conversations.knowledge.models import Article, Passage
from conversations.knowledge.queries import retrieve
from conversations.knowledge.search import Audience
from conversations.tickets.language import DEFAULT

MOST, MOST_FOUND = 60, 12  # articles on one page
_SUMMARY = 30  # words


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as a list shows it; `summary` is how it begins, where something was searched for."""

    slug: str
    language: str
    title: str
    summary: str = ""


def titles(language: str) -> list[Listed]:
    """One of each article by title, those in the reader's language first."""
    chosen = _preferred(_public().filter(language__in=(language, DEFAULT)), language).values()
    in_order = sorted(chosen, key=lambda article: (article.language != language, article.title))
    return [Listed(article.slug, article.language, article.title) for article in in_order[:MOST]]


def matching(asked: str, language: str) -> list[Listed]:
    """Articles that bear on what was asked, the best first."""
    found = [
        each.passage.article
        for each in retrieve(text=asked, language=language, limit=MOST_FOUND, audience=Audience.EVERYBODY)
    ]
    chosen = _preferred(found, language)
    first = Passage.objects.filter(article__in=found, current=True, position=0).values_list("article_id", "text")
    beginnings = {pk: Truncator(" ".join(text.split())).words(_SUMMARY, truncate="…") for pk, text in first}
    in_order = [chosen[slug] for slug in dict.fromkeys(article.slug for article in found)]
    return [Listed(each.slug, each.language, each.title, beginnings.get(each.pk, "")) for each in in_order]


def one(slug: str, language: str) -> Article | None:
    return _preferred(_public().filter(slug=slug, language__in=(language, DEFAULT)), language).get(slug)


def _public() -> QuerySet[Article]:
    return Article.objects.filter(visibility=Article.Visibility.PUBLIC, withdrawn_at=None)


def _preferred(articles: Iterable[Article], language: str) -> dict[str, Article]:
    """For each slug the article in the reader's language, else the one that there is."""
    return {article.slug: article for article in sorted(articles, key=lambda each: each.language == language)}
