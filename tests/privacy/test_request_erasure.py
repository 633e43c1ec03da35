"""A customer wants to be erased: restricted at once, and back if they change their mind."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.access import sight_of
from conversations.drafting.actions import request_draft
from conversations.models import Draft, Sending
from conversations.privacy.actions import (
    AlreadyRequested,
    cancel_erasure,
    request_erasure,
)
from conversations.review.actions import Seen, approve, write_reply
from conversations.tickets.access import ticket_for, tickets_for
from conversations.tickets.actions import receive_message
from conversations.tickets.actions.sendings import IsRestricted
from conversations.tickets.counting import counts_for
from conversations.tickets.listing import Listing
from conversations.tickets.models import Ticket
from conversations.tickets.rows import counts, rows_for
from desk.actions import SYSTEM
from desk.ledger.models import Entry
from desk.problems import NotAllowed, NotFound
from tests.cast import FORM, Cast
from tests.drafts import pending_draft
from tests.invariants.test_walls import careless


def ask(cast: Cast) -> Any:
    return request_erasure(cast.carla, source="staff", by=cast.ana.actor())


def test_it_is_written_down_with_its_date_and_nothing_personal(cast: Cast) -> None:
    cast.ticket()
    erasure = ask(cast)
    assert (erasure.due_at - erasure.requested_at).days == 14
    entry = Entry.objects.get(kind="customer.erasure_requested")
    assert (entry.subject, entry.facts) == (cast.carla.ref, {"source": "staff", "days": 14})
    with pytest.raises(AlreadyRequested) as again:
        ask(cast)
    assert again.value.fields["due_at"] == erasure.due_at.isoformat()


def test_their_tickets_leave_every_list_count_row_and_search(cast: Cast) -> None:
    ticket, other = (
        cast.ticket(),
        cast.ticket("Another matter", subject="Parcel", email="hans@example.org", name="Hans"),
    )
    ask(cast)
    for person in (cast.ana, cast.sam, cast.ada):
        assert list(tickets_for(person)) == [other]
        assert counts_for(person)["queue:todo"] == 1
    assert [each.number for each in Listing.of("all", {"q": "refund"}).read(cast.sam).tickets] == []
    assert counts()["queue:todo"] == {f"team:{cast.orders.pk}": 1}
    assert rows_for([ticket.number])[ticket.number].lists == {}


def test_only_those_who_answer_for_all_can_still_open_them(cast: Cast) -> None:
    ticket = cast.ticket()
    ask(cast)
    assert ticket_for(cast.sam, ticket.number) == ticket
    assert sight_of(cast.aud).everything
    with pytest.raises(NotFound):
        ticket_for(cast.ana, ticket.number)


def test_nothing_is_drafted_for_them_by_any_way(cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    ask(cast)
    draft.refresh_from_db()
    assert draft.state == "withdrawn"
    assert request_draft(ticket, by=SYSTEM) is None
    assert Entry.objects.filter(kind="draft.declined").latest("seq").facts == {"because": "restricted"}
    for state in ("queued", "generating", "pending_review"):
        with pytest.raises(IntegrityError, match="no draft: restricted"):
            careless(
                lambda state=state: Draft.objects.create(  # type: ignore[misc]
                    ticket=ticket, last_message=draft.last_message, state=state, created_at=timezone.now()
                ),
                by=SYSTEM,
            )


def test_replies_and_notices_that_wait_are_not_sent(cast: Cast) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    approve(draft, by=cast.ana.actor(), seen=Seen(version=draft.version))
    assert set(Sending.objects.values_list("state", flat=True)) == {"queued"}
    ask(cast)
    assert set(Sending.objects.values_list("state", "withdrawn_because")) == {("withdrawn", "restricted")}
    with pytest.raises(IsRestricted):
        write_reply(ticket, text="In my own words.", by=cast.sam.actor())
    sending = Sending.objects.latest("id")
    with pytest.raises(IntegrityError, match=r"nothing is sent|does not go from"):
        careless(lambda: Sending.objects.filter(pk=sending.pk).update(state="sending"), by=SYSTEM)


def test_what_they_write_meanwhile_is_kept_and_restricted_too(cast: Cast) -> None:
    ticket = cast.ticket()
    ask(cast)
    sent = Sending.objects.count()
    receive_message(ticket, text="One more thing.", channel="form", by=FORM)
    assert ticket.messages.filter(text="One more thing.").exists()
    new = cast.ticket("Yet another matter.")
    assert Ticket.objects.get(pk=new.pk).restricted
    assert list(tickets_for(cast.ana)) == []
    assert Sending.objects.count() == sent, "no acknowledgement goes out"


def test_taken_back_everything_is_as_before_and_a_draft_is_asked_for(cast: Cast) -> None:
    ticket = cast.ticket()
    pending_draft(ticket)
    erasure = ask(cast)
    with pytest.raises(NotAllowed):
        cancel_erasure(erasure, by=cast.ana.actor())
    cancel_erasure(erasure, by=cast.sam.actor())
    assert list(tickets_for(cast.ana)) == [ticket]
    assert cast.carla.restricted_at is None
    assert Entry.objects.filter(kind="customer.erasure_cancelled").get().facts == {"days_left": 13}
    assert ask(cast).pk != erasure.pk, "they may ask again"
