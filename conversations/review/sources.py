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
    quoting = [
        (str(source["quote"]), str(sentence["text"]).strip())
        for sentence in draft.sentences
        for source in sentence["sources"]
        if source["passage"] == passage.ref
    ]
    return {
        "passage": passage,
        "pieces": _pieces(passage.text, [quote for quote, _sentence in quoting]),
        "quoted_by": list(dict.fromkeys(sentence for _quote, sentence in quoting)),
    }


def _pieces(text: str, quotes: list[str]) -> list[tuple[str, bool]]:
    """The text cut at its quotes, each piece with whether it is one; joined they are the text."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted((text.find(quote), text.find(quote) + len(quote)) for quote in set(quotes)):
        if start >= at:
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]
