"""A source of a draft in its place: the version of the article that the draft rests on, whole, the words it quotes marked."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.doors import StaffRequest, staff
from conversations.drafting.access import draft_for
from conversations.drafting.models import Draft
from conversations.knowledge.models import Passage
from conversations.review.shown import pieces, quotes_of
from desk.problems import NotFound


@require_GET
@staff()
def source(request: StaffRequest, draft_id: int, passage_id: int) -> HttpResponse:
    """Who may see the draft sees what it rests on, also when the article says something else by now."""
    draft = draft_for(request.user, draft_id)
    cited = Passage.objects.select_related("article").filter(pk=passage_id).first()
    if cited is None or cited.ref not in {passage["ref"] for passage in draft.passages}:
        raise NotFound
    beside = Passage.objects.filter(article=cited.article, version=cited.version, language=cited.language)
    return render(
        request,
        "review/source.html",
        {
            "draft": draft,
            "ticket_url": reverse("ticket", args=[draft.ticket_id]),
            "article": cited.article,
            "version": cited.version,
            "is_current": cited.version == cited.article.version,
            "passages": [_marked(passage, draft) for passage in beside.order_by("position")],
        },
    )


def _marked(passage: Passage, draft: Draft) -> dict[str, Any]:
    """A passage in pieces, those that the draft quotes marked; and the sentences that quote it."""
    quoted_by = [
        str(sentence["text"]).strip()
        for sentence in draft.sentences
        if any(source["passage"] == passage.ref for source in sentence["sources"])
    ]
    return {
        "passage": passage,
        "pieces": pieces(passage.text, quotes_of(draft, passage.ref)),
        "quoted_by": list(dict.fromkeys(quoted_by)),
    }
