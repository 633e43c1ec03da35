"""Articles: every version of them, and its passages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rights import Right
from conversations.knowledge.kinds import ArticleSaved, ArticleWithdrawn
from conversations.knowledge.models import Article, ArticleVersion, Macro, Passage
from conversations.knowledge.problems import ArticleChanged
from conversations.knowledge.sections import Section, sections_of
from conversations.tickets import texts
from conversations.tickets.models import text_hash
from desk.actions import Actor, action, record
from desk.jobs import enqueue
from desk.problems import Invalid, NotFound

INDEX = "passages.index"
"""The job that makes passages findable by what they mean."""

MAX_PASSAGES = 200
MAX_TAGS = 20
MAX_BODY = 200_000  # characters
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Keeping:
    """Who may read an article, whether drafts may rest on it, and who sees to it when."""

    visibility: str = Article.Visibility.PUBLIC
    usable: bool = True
    owner: Person | None = None
    review_on: date | None = None


EVERYBODY = Keeping()


@action("article.saved", needs=Right.ADMINISTER)
def save_article(
    *,
    slug: str,
    language: str,
    title: str,
    body: str,
    tags: Sequence[str],
    by: Actor,
    keeping: Keeping = EVERYBODY,
    seen: int | None = None,
) -> Article:
    """Write an article, or its next version: from the commit on its new passages are found and the old ones no more.

    The old passages stay for the drafts that cite them. `language` is a two-letter code; `body` is Markdown, each `##`
    heading begins a passage. `seen` is the version that was on the screen, 0 for a new one. Raises Invalid with a sentence
    for each field (title, body, more than 200 passages, an address that is taken), ArticleChanged when somebody else was
    faster. Saving a withdrawn one brings it back.
    """
    return write(None, slug, language, title, body, tags, keeping, by=by, seen=seen)


def write(
    macro: Macro | None,
    slug: str,
    language: str,
    title: str,
    body: str,
    tags: Sequence[str],
    keeping: Keeping,
    *,
    by: Actor,
    seen: int | None = None,
) -> Article:
    """Inside an action: the article or its next version, and its entry."""
    title, body = texts.name(title), texts.remark(body.replace("\r\n", "\n").replace("\r", "\n"), limit=MAX_BODY + 1)
    sections = sections_of(body, title=title)
    _check(slug, language, title, body, sections, keeping)
    kept_tags = list(dict.fromkeys(filter(None, map(texts.name, tags))))[:MAX_TAGS]
    now = timezone.now()
    written = {
        "title": title,
        "body": body,
        "tags": kept_tags,
        "visibility": keeping.visibility,
        "usable": keeping.usable,
        "owner": keeping.owner,
        "review_on": keeping.review_on,
        "macro": macro,
        "updated_at": now,
        "withdrawn_at": None,
    }
    article, made = Article.objects.get_or_create(slug=slug, language=language, defaults=written)
    if not made and seen == 0:
        taken = _("There is an article with this address in this language already.")
        raise Invalid(taken, errors={"slug": [taken]})
    if not made:
        article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
        if (seen is not None and seen != article.version) or article.macro_id != (macro.pk if macro else None):
            raise ArticleChanged
        article.version += 1
        for field, value in written.items():
            setattr(article, field, value)
        article.save()
        Passage.objects.filter(article=article, current=True).update(current=False)
    elif seen:
        raise ArticleChanged
    ArticleVersion.objects.create(
        article=article,
        version=article.version,
        title=title,
        body=body,
        visibility=keeping.visibility,
        usable=keeping.usable,
        person_id=UUID(by.id) if by.kind == "person" else None,
        created_at=now,
    )
    Passage.objects.bulk_create(
        [
            Passage(
                article=article,
                version=article.version,
                position=position,
                heading=section.heading,
                text=section.text,
                language=language,
                public=keeping.visibility == Article.Visibility.PUBLIC,
                usable=keeping.usable,
            )
            for position, section in enumerate(sections)
        ]
    )
    enqueue(INDEX, f"{article.pk}-{article.version}")
    record(
        ArticleSaved(version=article.version, language=language, passages=len(sections), body=text_hash(body)),
        by=by,
        subject=article.ref,
        article=article,
    )
    return article


@action("article.withdrawn", needs=Right.ADMINISTER)
def withdraw_article(article: Article, *, by: Actor) -> Article:
    """Take an article away: nobody finds it any more, and drafts that rest on it are stale. What was sent stays what it is."""
    return take_away(article, by=by)


def take_away(article: Article, *, by: Actor) -> Article:
    """Inside an action: the same, and its entry."""
    row = Article.objects.select_for_update(no_key=True).filter(pk=article.pk, withdrawn_at=None).first()
    if row is None:
        raise NotFound
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    Passage.objects.filter(article=row, current=True).update(current=False)
    record(ArticleWithdrawn(version=row.version), by=by, subject=row.ref, article=row)
    return row


def _check(slug: str, language: str, title: str, body: str, sections: Sequence[Section], keeping: Keeping) -> None:
    wrong = {
        "slug": ""
        if _SLUG.fullmatch(slug) and len(slug) <= 80
        else _("An address is of small letters, digits and hyphens."),
        "language": "" if _LANGUAGE.fullmatch(language) else _("Choose one of the languages."),
        "title": "" if title else _("An article needs a title."),
        "body": _body_is_wrong(body, sections),
        "visibility": "" if keeping.visibility in Article.Visibility.values else _("Choose who may read it."),
    }
    wrong = {field: sentence for field, sentence in wrong.items() if sentence}
    if wrong:
        raise Invalid(" ".join(wrong.values()), errors={field: [sentence] for field, sentence in wrong.items()})


def _body_is_wrong(body: str, sections: Sequence[Section]) -> str:
    if len(body) > MAX_BODY:
        return _("An article has at most %(most)s characters.") % {"most": f"{MAX_BODY:,}"}
    if not 1 <= len(sections) <= MAX_PASSAGES:
        return _("An article needs between 1 and %(most)s headings with text under them.") % {"most": MAX_PASSAGES}
    return ""
