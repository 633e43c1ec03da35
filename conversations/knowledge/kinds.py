"""What happens to articles. Their texts are the organisation's own and hold nothing personal; entries hold a hash."""

from __future__ import annotations

from conversations.knowledge.models import Article
from desk.ledger.kinds import Code, Facts, Hash, kind, names


@kind("article.saved", says="{actor} saved version {version} of {subject} ({language}, {passages} passages)")
class ArticleSaved(Facts):
    version: int
    language: Code
    passages: int
    body: Hash


@names("article")
def articles(refs: set[str]) -> dict[str, str]:
    ids = [int(ref.partition(":")[2]) for ref in refs]
    return {article.ref: f"the article “{article.title}”" for article in Article.objects.filter(pk__in=ids)}
