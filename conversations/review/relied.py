"""Which replies to customers relied on an article: what has to be looked at when it turns out to be wrong."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.doors import StaffRequest, staff
from accounts.models import Person, Role
from conversations.drafting.models import Draft
from conversations.drafting.sources import resting_on
from conversations.knowledge.models import Article, Passage
from conversations.review.models import Decision
from conversations.tickets.access import tickets_for
from conversations.tickets.states import SendingState
from desk.problems import NotFound

MOST = 200


@dataclass(frozen=True, slots=True)
class Reliance:
    """One reply, and the passages of the article that its draft cited or was made with."""

    decision: Decision
    cited: list[Passage]
    shown: list[Passage]

    @property
    def sent(self) -> bool:
        sending = getattr(self.decision, "sending", None)
        return sending is not None and sending.state in {SendingState.SENT, SendingState.UNKNOWN}


def replies_relying_on(article: Article, person: Person) -> list[Reliance]:
    """Decided replies whose draft had passages of any version of an article before the model, the latest first."""
    passages = {passage.ref: passage for passage in article.passages.all()}
    drafts = {draft.pk: draft for draft in resting_on(list(passages))} if passages else {}
    decided = (
        Decision.objects.filter(draft__in=list(drafts), standing=True, ticket__in=tickets_for(person))
        .filter(kind__in=[Decision.Kind.APPROVED, Decision.Kind.EDITED])
        .select_related("ticket", "person", "sending")
        .order_by("-id")[:MOST]
    )
    return [_reliance(decision, drafts[decision.draft_id or 0], passages) for decision in decided]


def _reliance(decision: Decision, draft: Draft, passages: dict[str, Passage]) -> Reliance:
    cited = {source["passage"] for sentence in draft.sentences for source in sentence["sources"]}
    shown = [passages[row["ref"]] for row in draft.passages if row["ref"] in passages]
    return Reliance(decision, [each for each in shown if each.ref in cited], shown)


@require_GET
@staff(Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR)
def relied_on(request: StaffRequest, article_id: int) -> HttpResponse:
    article = Article.objects.filter(pk=article_id).first()
    if article is None:
        raise NotFound
    found = replies_relying_on(article, request.user)
    return render(request, "review/relied.html", {"article": article, "rows": found, "most": MOST})
