"""The help pages of the demo shop."""

from __future__ import annotations

from collections import deque
from contextlib import suppress

from conversations.demo.content import sheets
from conversations.knowledge.actions import save_article
from conversations.knowledge.meaning import NoModel
from conversations.knowledge.models import Article
from conversations.knowledge.vectors import write_missing
from conversations.tickets.kinds import DemoImported
from desk.actions import Actor, action, record


@action("demo.imported")
def import_articles(*, by: Actor) -> None:
    """Save every article that is not here yet; what somebody changed meanwhile stays as they want it."""
    here = set(Article.objects.values_list("slug", "language"))
    missing = [sheet for sheet in sheets() if (sheet.slug, sheet.language) not in here]
    for sheet in missing:
        save_article(
            slug=sheet.slug, language=sheet.language, title=sheet.title, body=sheet.body, tags=sheet.tags, by=by
        )
    record(DemoImported(what="articles", rows=len(missing)), by=by, subject="demo:articles")


def index_articles() -> None:
    """Make what is searched by meaning now, so that the first drafts find it; without the model words have to do."""
    with suppress(NoModel):
        deque(write_missing(), maxlen=0)
