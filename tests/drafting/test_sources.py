"""What drafts rest on beside articles, and what becomes of them when an article says something else."""

from __future__ import annotations

from typing import Any

import pytest

from conversations.drafting.models import Draft, ModelCall
from conversations.drafting.receipts import request_of
from conversations.drafting.sources import resting_on
from conversations.drafting.states import DraftState
from conversations.knowledge.actions import allow_note, bar_note, save_article, withdraw_article
from conversations.knowledge.models import Article
from conversations.tickets.actions import add_note
from conversations.tickets.models import Message, Ticket
from desk import jobs
from desk.actions import SYSTEM
from desk.jobs import Job
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast
from tests.drafting.test_pipeline import drafted, work
from tests.standin import StandIn


def follow() -> None:
    """Do what a worker does about changed articles."""
    for asked in Job.objects.filter(kind="article.apply", state=Job.State.QUEUED).order_by("id"):
        jobs.run(asked.pk)


def cited(draft: Draft) -> Article:
    ref = next(source["passage"] for sentence in draft.sentences for source in sentence["sources"])
    return Article.objects.get(passages=int(ref.removeprefix("passage:")))


def saved_again(article: Article, body: str) -> None:
    save_article(slug=article.slug, language=article.language, title=article.title, body=body, tags=[], by=SYSTEM)
    follow()


def test_a_withdrawn_article_ends_what_rests_on_it_and_another_draft_is_asked_for(cast: Cast, standin: StandIn) -> None:
    draft = drafted(cast)
    withdraw_article(cited(draft), by=cast.ada.actor())
    follow()
    draft.refresh_from_db()
    assert draft.state == DraftState.STALE
    told = Entry.objects.filter(kind="draft.went_stale", subject=draft.ref).latest("seq")
    assert told.facts["because"] == "article_withdrawn"
    assert "an article that it rests on was withdrawn" in sentences([told])[0]
    assert Draft.objects.get(ticket=draft.ticket, state=DraftState.QUEUED).pk > draft.pk


def test_only_what_an_article_says_otherwise_ends_drafts(cast: Cast, standin: StandIn) -> None:
    draft = drafted(cast)
    article = cited(draft)
    saved_again(article, article.body + "\n\n## A word more\n\nWe are glad to help.")
    draft.refresh_from_db()
    assert draft.state == DraftState.PENDING_REVIEW
    saved_again(article, "## All new\n\nNothing of what was here.")
    draft.refresh_from_db()
    assert draft.state == DraftState.STALE


def test_an_article_that_changes_while_the_model_writes_is_noticed(
    cast: Cast, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conversations.drafting import tasks

    ask = tasks.ask_about

    def meanwhile(*about: Any) -> object:
        question = ask(*about)
        for article in Article.objects.filter(slug="refunds-and-returns"):
            withdraw_article(article, by=SYSTEM)
        return question

    monkeypatch.setattr(tasks, "ask_about", meanwhile)
    draft = drafted(cast)
    follow()
    draft.refresh_from_db()
    assert draft.state == DraftState.STALE


def test_which_drafts_a_passage_was_in_is_found_by_the_index(cast: Cast, standin: StandIn) -> None:
    draft = drafted(cast)
    refs = [passage["ref"] for passage in draft.passages]
    assert list(resting_on(refs[:1])) == [draft]
    assert list(resting_on(["passage:999999"])) == []


class TestNotes:
    """Notes are the staff's: a model sees one when an agent said so, and then without what is personal in it."""

    NOTE = "Carla Jones rang: the jacket's refund of parcel box seventeen is on hold until Tuesday."

    def note(self, cast: Cast, ticket: Ticket) -> Message:
        return add_note(ticket, text=self.NOTE, by=cast.ana.actor())

    def left(self, draft: Draft) -> str:
        return request_of(ModelCall.objects.filter(draft=draft).latest("id"))

    def test_a_note_that_nobody_marked_never_leaves(self, cast: Cast, standin: StandIn) -> None:
        draft = drafted(cast)
        self.note(cast, draft.ticket)
        again = self.drafted_again(draft)
        assert "seventeen" not in self.left(again)

    def test_a_marked_note_is_a_source_without_what_is_personal_in_it(self, cast: Cast, standin: StandIn) -> None:
        draft = drafted(cast)
        note = self.note(cast, draft.ticket)
        allow_note(note, by=cast.ben.actor())
        again = self.drafted_again(draft)
        assert "parcel box seventeen" in self.left(again)
        assert "Carla" not in self.left(again)
        (shown,) = [passage for passage in again.passages if passage["ref"] == note.ref]
        assert shown["text"] == self.NOTE, "people read it as it was written"
        bar_note(note, by=cast.ana.actor())
        assert "seventeen" not in self.left(self.drafted_again(again))
        kinds = Entry.objects.filter(subject=note.ref).order_by("seq").values_list("kind", flat=True)
        assert list(kinds) == ["message.noted", "note.allowed", "note.barred"]

    def test_only_notes_are_marked_and_only_by_who_works(self, cast: Cast, standin: StandIn) -> None:
        ticket = cast.ticket()
        with pytest.raises(Invalid):
            allow_note(ticket.messages.earliest("id"), by=cast.ana.actor())
        with pytest.raises(NotAllowed):
            allow_note(self.note(cast, ticket), by=cast.aud.actor())

    def drafted_again(self, draft: Draft) -> Draft:
        from conversations.drafting.actions import request_draft, stale

        stale(draft, because="customer_wrote", by=SYSTEM)
        request_draft(draft.ticket, by=SYSTEM)
        work()
        return Draft.objects.filter(ticket=draft.ticket).latest("id")
