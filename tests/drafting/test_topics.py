"""Languages and topics that are people's alone, by the model settings or by a stop."""

from __future__ import annotations

from django.db import connection

from conversations.drafting.actions import begin_draft, stop_drafting
from conversations.drafting.models import Draft
from conversations.drafting.states import OPEN, DraftState
from conversations.tickets.actions import change_tags, set_tags
from conversations.tickets.states import Lane, Why
from desk import jobs
from desk.actions import SYSTEM
from tests.cast import Cast
from tests.drafting.settings_made import active
from tests.drafts import pending_draft


def test_languages_and_topics_that_a_version_leaves_out_go_to_people(cast: Cast) -> None:
    active(cast, languages=["de"], left_out=["legal"])
    ticket = cast.ticket()
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, Why.STOPPED)
    german = cast.ticket("Wo bleibt mein Geld?", language="de")
    german.refresh_from_db()
    assert german.lane == Lane.DRAFTING


def test_what_waits_follows_the_topic_of_its_ticket(cast: Cast) -> None:
    active(cast, left_out=["legal"])
    draft = pending_draft(cast.ticket())
    ticket = draft.ticket
    set_tags(ticket, ["delivery"], by=cast.ana.actor())
    draft.refresh_from_db()
    assert draft.state == DraftState.PENDING_REVIEW
    set_tags(ticket, ["delivery", "legal"], by=cast.ana.actor())
    draft.refresh_from_db()
    ticket.refresh_from_db()
    assert (draft.state, ticket.lane, ticket.lane_why) == (DraftState.WITHDRAWN, Lane.WRITE, Why.STOPPED)
    change_tags(ticket, remove=["legal"], by=cast.ana.actor())
    ticket.refresh_from_db()
    assert ticket.lane == Lane.DRAFTING
    assert Draft.objects.filter(ticket=ticket, state=DraftState.QUEUED).count() == 1


def test_a_topic_that_a_stop_is_about_takes_the_draft_of_a_ticket_that_gets_it(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())
    stop_drafting(scope="topic", value="recall", reason="x", by=cast.sam.actor())
    set_tags(draft.ticket, ["recall"], by=cast.ana.actor())
    draft.refresh_from_db()
    assert draft.state == DraftState.WITHDRAWN
    set_tags(draft.ticket, ["recall", "size"], by=cast.ana.actor())
    assert not Draft.objects.filter(ticket=draft.ticket, state__in=OPEN).exists()


def test_a_job_that_finds_its_ticket_left_out_sends_nothing(cast: Cast) -> None:
    active(cast, left_out=["legal"])
    ticket = cast.ticket()
    draft = Draft.objects.get(ticket=ticket)
    with connection.cursor() as cursor:  # a tag that came by no action which this room hears of
        cursor.execute("SELECT set_config('countersign.action', 'x', true)")
        cursor.execute("UPDATE tickets_ticket SET tags = '{legal}' WHERE number = %s", [ticket.number])
    claim = jobs.claim(jobs.Job.objects.get(key=f"draft.generate:{draft.pk}").pk)
    assert claim is not None
    assert begin_draft(draft.pk, claim, by=SYSTEM) is None
    draft.refresh_from_db()
    ticket.refresh_from_db()
    assert (draft.state, ticket.lane_why) == (DraftState.WITHDRAWN, Why.STOPPED)
