"""Which drafts rest on which passages, and which of them rest on what is there no more."""

from __future__ import annotations

import json
from collections.abc import Collection

from django.db.models import QuerySet

from conversations.drafting.models import Draft
from conversations.drafting.states import OPEN
from conversations.knowledge.models import Passage
from desk.statements import foresee, rows

APPLY_ARTICLE = "article.apply"
"""The job that ends drafts which rest on what an article no longer says."""


def resting_on(refs: Collection[str]) -> QuerySet[Draft]:
    """Drafts that were made with any of these passages before the model, whichever of them they cite."""
    each = [json.dumps([{"ref": ref}]) for ref in refs]
    # With any() over an array the index on the column is used once for all of them.
    return Draft.objects.extra(where=["drafting_draft.passages @> ANY(%s::jsonb[])"], params=[each])


def gone_from(article_id: int) -> list[Passage]:
    """Passages of an article that no longer stand in it word for word."""
    passages = list(Passage.objects.filter(article=article_id).order_by("id"))
    standing = {(passage.heading, passage.text) for passage in passages if passage.current}
    return [passage for passage in passages if (passage.heading, passage.text) not in standing]


def outdated(article_id: int) -> QuerySet[Draft]:
    """Drafts before people that rest on what an article no longer says."""
    gone = [passage.ref for passage in gone_from(article_id)]
    return resting_on(gone).filter(state__in=OPEN).order_by("ticket_id", "id") if gone else Draft.objects.none()


def articles_changed_since(refs: Collection[str]) -> list[int]:
    """Inside an action that stores a draft: articles of which a passage is current no more.

    Their passages are held: whoever changes an article waits until the draft is there to be found.
    """
    ids = _passages_in(refs)
    return sorted({article for article, current in rows(_HELD, [ids]) if not current}) if ids else []


def foresee_changed(refs: Collection[str]) -> None:
    """Hold the passages, as above, and have what became of them asked along with the next statement of the action."""
    if ids := _passages_in(refs):
        foresee(_HELD, [ids])


_HELD = "SELECT article_id, current FROM knowledge_passage WHERE id = ANY(%s) ORDER BY id FOR SHARE"


def _passages_in(refs: Collection[str]) -> list[int]:
    return [int(ref.removeprefix("passage:")) for ref in refs if ref.startswith("passage:") and ref[8:].isdecimal()]
