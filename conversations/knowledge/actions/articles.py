"""Articles: every version of them, and its passages."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from accounts.rights import Right
from conversations.knowledge.kinds import ArticleSaved
from conversations.knowledge.models import Article, Passage
from conversations.knowledge.sections import sections_of
from conversations.tickets import texts
from conversations.tickets.models import text_hash
from desk.actions import Actor, action, record
from desk.jobs import enqueue
from desk.problems import Invalid

INDEX = "passages.index"
"""The job that makes passages findable by what they mean."""

MAX_PASSAGES = 200
MAX_TAGS = 20


@action("article.saved", needs=Right.ADMINISTER)
def save_article(*, slug: str, language: str, title: str, body: str, tags: Sequence[str], by: Actor) -> Article:
    """Write an article, or its next version: from the commit on its new passages are found and the old ones no more.

    The old passages stay for the drafts that cite them. `language` is a two-letter code; `body` is Markdown, each `##`
    heading begins a passage. Raises Invalid for an empty title or body and for more than 200 passages.
    """
    title, body = texts.name(title), texts.body(body)
    sections = sections_of(body, title=title)
    errors: dict[str, list[str]] = {}
    if not title:
        errors["title"] = ["may not be empty"]
    if not 1 <= len(sections) <= MAX_PASSAGES:
        errors["body"] = [f"needs between 1 and {MAX_PASSAGES} headings with text under them"]
    if errors:
        raise Invalid(
            "The article could not be saved: "
            + "; ".join(f"its {name} {what[0]}" for name, what in errors.items())
            + ".",
            errors=errors,
        )
    kept_tags = list(dict.fromkeys(filter(None, map(texts.name, tags))))[:MAX_TAGS]
    written = {"title": title, "body": body, "tags": kept_tags, "updated_at": timezone.now()}
    article, made = Article.objects.get_or_create(slug=slug, language=language, defaults=written)
    if not made:
        article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
        article.version += 1
        for field, value in written.items():
            setattr(article, field, value)
        article.save()
        Passage.objects.filter(article=article, current=True).update(current=False)
    Passage.objects.bulk_create(
        [
            Passage(
                article=article,
                version=article.version,
                position=position,
                heading=section.heading,
                text=section.text,
                language=language,
            )
            for position, section in enumerate(sections)
        ]
    )
    enqueue(INDEX, f"{article.pk}-{article.version}")
    record(
        ArticleSaved(version=article.version, language=language, passages=len(sections), body=text_hash(body)),
        by=by,
        subject=article.ref,
    )
    return article
