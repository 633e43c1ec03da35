"""Merging: a ticket goes on in another, nothing is moved or lost, nothing of another customer is read, and it can be undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from conversations.drafting.asking import said_in
from conversations.drafting.models import Draft
from conversations.drafting.resting import read_thread
from conversations.drafting.states import DraftState
from conversations.review.actions import Seen, approve, raise_concern, write_reply
from conversations.review.models import Decision
from conversations.review.problems import DraftStale
from conversations.teamwork import leases, unsent
from conversations.teamwork.actions import follow
from conversations.teamwork.models import Claim
from conversations.teamwork.queries import follows
from conversations.tickets.actions import (
    CannotMerge,
    IsMerged,
    IsSpam,
    NotMerged,
    OtherCustomer,
    Unsettled,
    add_note,
    assign,
    keep_for_people,
    mark_spam,
    merge,
    receive_message,
    set_priority,
    set_status,
    snooze,
    unmerge,
)
from conversations.tickets.merges import Merge
from conversations.tickets.models import Message, Sending, Ticket
from conversations.tickets.rows import lists_of
from conversations.tickets.states import Lane, Status
from conversations.tickets.threads import standing, thread_of
from desk.actions import SYSTEM
from desk.ledger.kinds import sentences
from desk.ledger.models import Entry
from desk.problems import NotAllowed
from tests.cast import FORM, Cast
from tests.drafts import pending_draft

DAN = {"email": "dan@example.com", "name": "Dan Brown"}


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def head() -> int:
    return Entry.objects.order_by("-seq").values_list("seq", flat=True)[0]


def said_since(seq: int) -> list[tuple[str, str]]:
    return list(Entry.objects.filter(seq__gt=seq).order_by("seq").values_list("kind", "thread"))


def test_a_merged_ticket_is_closed_and_the_other_waits_for_what_it_waited_for(cast: Cast) -> None:
    first, second = cast.ticket("Where is my refund?"), cast.ticket("And the voucher?")
    before = head()
    merge(second, first, by=cast.ana.actor())
    gone, kept = now(second), now(first)
    assert (gone.status, gone.lane, gone.due_at, gone.merged_into_id) == (Status.CLOSED, Lane.NONE, None, first.number)
    assert set(lists_of(gone)) == {"queue:all"}
    assert kept.last_inbound_id == second.last_inbound_id
    assert kept.lane in {Lane.WRITE, Lane.DRAFTING}
    assert kept.due_at == first.due_at
    said = said_since(before)
    assert said[:2] == [("ticket.merged", gone.ref), ("ticket.took_in", kept.ref)]


def test_both_threads_say_it_in_words(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ana.actor())
    told = Entry.objects.filter(kind__in=["ticket.merged", "ticket.took_in"]).order_by("seq")
    assert sentences(told) == [f"Ana Ruiz merged ticket {second.number} into ticket {first.number}"] * 2


def test_no_message_is_moved_and_the_other_ticket_reads_them(cast: Cast) -> None:
    first, second = cast.ticket("Where is my refund?"), cast.ticket("And the voucher?")
    texts = dict(Message.objects.values_list("pk", "ticket"))
    merge(second, first, by=cast.ana.actor())
    assert dict(Message.objects.values_list("pk", "ticket")) == texts
    read = thread_of(first.number).messages().filter(direction="in").order_by("id").values_list("text", flat=True)
    assert list(read) == ["Where is my refund?", "And the voucher?"]


def test_the_model_is_asked_about_the_whole_conversation(cast: Cast) -> None:
    first, second = cast.ticket("Where is my refund?"), cast.ticket("And the voucher for the late parcel?")
    add_note(second, text="Accounting knows of it.", by=cast.ana.actor())
    merge(second, first, by=cast.ana.actor())
    assert [message.text for message in said_in(read_thread(now(first)))] == [
        "Where is my refund?",
        "And the voucher for the late parcel?",
    ]


def test_a_draft_of_either_is_out_of_use_and_cannot_be_approved(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    stays, goes = pending_draft(first), pending_draft(second)
    merge(second, first, by=cast.ana.actor())
    assert Draft.objects.get(pk=stays.pk).state == DraftState.STALE
    assert Draft.objects.get(pk=goes.pk).state == DraftState.SUPERSEDED
    for draft, because in ((stays, "customer_wrote"), (goes, "merged")):
        with pytest.raises(DraftStale) as refused:
            approve(draft, by=cast.ben.actor(), seen=Seen(2))
        assert refused.value.fields["because"] == because


def test_a_reply_that_waits_in_either_is_taken_back(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    decided = [approve(pending_draft(each), by=cast.ana.actor(), seen=Seen(2)) for each in (first, second)]
    assert [now(each).lane for each in (first, second)] == [Lane.NONE, Lane.NONE]
    receive_message(second, text="One thing more.", channel="mail", by=FORM)
    merge(second, first, by=cast.ben.actor())
    for decision in decided:
        assert not Decision.objects.get(pk=decision.pk).standing
        assert Sending.objects.get(decision=decision).state == "withdrawn"
    assert now(second).lane == Lane.NONE
    assert now(first).lane != Lane.NONE


def test_a_waiting_reply_of_the_merged_one_alone_does_not_leave_from_there(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    set_status(first, "solved", by=cast.ana.actor())
    decision = approve(pending_draft(second), by=cast.ana.actor(), seen=Seen(2))
    merge(second, first, by=cast.ben.actor())
    assert Sending.objects.get(decision=decision).withdrawn_because == "merged"
    assert Draft.objects.get(pk=decision.draft_id).state == DraftState.STALE


def test_somebody_who_writes_meanwhile_is_told_and_keeps_the_text(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ana.actor())
    with pytest.raises(DraftStale) as refused:
        write_reply(now(first), text="Your refund left.", merges_seen=0, by=cast.ben.actor())
    assert refused.value.fields == {"because": "joined", "version": None, "text": "Your refund left."}
    with pytest.raises(IsMerged) as gone:
        write_reply(now(second), text="The voucher too.", by=cast.ben.actor())
    assert gone.value.fields == {"into": first.number, "text": "The voucher too."}


def test_nothing_is_done_in_a_merged_ticket(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ana.actor())
    ana, gone = cast.ana.actor(), now(second)
    with pytest.raises(IsMerged):
        add_note(gone, text="Hm.", by=ana)
    for act in (
        lambda: set_status(gone, "open", by=ana),
        lambda: set_priority(gone, "high", by=ana),
        lambda: assign(gone, cast.ben, by=ana),
        lambda: snooze(gone, timezone.now() + timedelta(hours=1), by=ana),
        lambda: mark_spam(gone, by=ana),
    ):
        with pytest.raises(IsMerged):
            act()


def test_what_comes_in_later_lands_where_it_goes_on(cast: Cast) -> None:
    first, second, third = cast.ticket(), cast.ticket(), cast.ticket()
    merge(third, second, by=cast.ana.actor())
    merge(second, first, by=cast.ana.actor())
    assert standing(third.number) == first.number
    message = receive_message(now(third), text="Any news?", channel="mail", by=FORM)
    assert message.ticket_id == first.number
    assert set(thread_of(first.number).numbers) == {first.number, second.number, third.number}


def test_undone_it_is_what_it_was(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    set_status(first, "solved", by=cast.ana.actor())
    draft = pending_draft(second)
    merge(second, first, by=cast.ana.actor())
    assert now(first).status == Status.OPEN
    before = head()
    unmerge(now(second), by=cast.ben.actor())
    back, left = now(second), now(first)
    assert (back.status, back.lane, back.merged_into_id) == (Status.NEW, Lane.REVIEW, None)
    assert back.due_at == second.due_at
    assert Draft.objects.get(pk=draft.pk).state == DraftState.PENDING_REVIEW
    assert (left.status, left.lane, left.last_inbound_id) == (Status.SOLVED, Lane.NONE, first.last_inbound_id)
    assert said_since(before)[:2] == [("ticket.unmerged", back.ref), ("ticket.gave_back", left.ref)]
    with pytest.raises(NotMerged):
        unmerge(now(second), by=cast.ana.actor())


def test_undone_from_the_middle_of_a_chain(cast: Cast) -> None:
    first, second, third = cast.ticket(), cast.ticket(), cast.ticket()
    merge(third, second, by=cast.ana.actor())
    merge(second, first, by=cast.ana.actor())
    unmerge(now(third), by=cast.ana.actor())
    assert thread_of(first.number).numbers == (first.number, second.number)
    assert now(first).last_inbound_id == second.last_inbound_id
    assert now(third).lane != Lane.NONE


def test_who_waited_longest_counts(cast: Cast) -> None:
    first, second = cast.ticket(priority="low"), cast.ticket(priority="urgent")
    snooze(first, timezone.now() + timedelta(hours=1), by=cast.ana.actor())
    merge(second, first, by=cast.ana.actor())
    kept = now(first)
    assert (kept.due_at, kept.waiting_since, kept.snoozed_until) == (second.due_at, first.waiting_since, None)


def test_who_asked_for_a_person_gets_one_and_only_so_long(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    keep_for_people(second, "asked_for_person", by=SYSTEM)
    merge(now(second), first, by=cast.ana.actor())
    assert now(first).kept_for_people == "asked_for_person"
    unmerge(now(second), by=cast.ana.actor())
    assert (now(first).kept_for_people, now(second).kept_for_people) == ("", "asked_for_person")


def test_claims_end_followers_come_along_and_unsent_texts_are_offered_there(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    leases.claim(second, cast.ben)
    follow(second, cast.ben, by=cast.ben.actor())
    unsent.keep(cast.ben, second, what="reply", text="The voucher is", known=None)
    merge(second, first, by=cast.ana.actor())
    assert not Claim.objects.exists()
    assert follows(cast.ben, now(first))
    (offered,) = unsent.texts_of(cast.ben, now(first))["reply"]
    assert (offered["text"], offered["aside"]) == ("The voucher is", True)


def test_what_is_unsafe_is_refused_with_a_sentence(cast: Cast) -> None:
    first, second, spam = cast.ticket(), cast.ticket(), cast.ticket()
    mark_spam(spam, by=cast.ana.actor())
    with pytest.raises(CannotMerge, match="cannot_merge"):
        merge(first, first, by=cast.ana.actor())
    with pytest.raises(IsSpam):
        merge(spam, first, by=cast.ana.actor())
    raise_concern(second, message=None, text="That was wrong", by=FORM)
    with pytest.raises(Unsettled) as refused:
        merge(now(second), first, by=cast.ana.actor())
    assert str(second.number) in str(refused.value.detail)
    with pytest.raises(NotAllowed):
        merge(second, first, by=cast.aud.actor())


def test_a_merged_ticket_is_no_place_to_merge_into_nor_merged_twice(cast: Cast) -> None:
    first, second, third = cast.ticket(), cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ana.actor())
    for source, target in ((third, second), (second, third), (first, second)):
        with pytest.raises(IsMerged) as refused:
            merge(source, target, by=cast.ana.actor())
        assert refused.value.fields["into"] == first.number
    assert Merge.objects.count() == 1


def test_another_customers_ticket_is_never_merged_silently(cast: Cast) -> None:
    carlas, dans = cast.ticket("Carla's secret"), cast.ticket("Dan's secret", **DAN)
    with pytest.raises(OtherCustomer) as refused:
        merge(dans, carlas, by=cast.ana.actor())
    assert "dan@example.com" in str(refused.value.detail)
    assert not now(dans).is_merged


def test_texts_of_two_customers_stay_apart_even_where_somebody_merged_them(cast: Cast) -> None:
    carlas, dans = cast.ticket("Carla's secret"), cast.ticket("Dan's secret", **DAN)
    before = now(carlas)
    merge(dans, carlas, other_customer=True, by=cast.ana.actor())
    assert thread_of(carlas.number).of_others == (dans.number,)
    assert not thread_of(carlas.number).messages().filter(ticket=dans).exists()
    assert thread_of(carlas.number).desk_messages().filter(ticket=dans).exists()
    assert now(carlas).last_inbound_id == before.last_inbound_id
    assert [message.text for message in said_in(read_thread(now(carlas)))] == ["Carla's secret"]


def test_what_was_written_to_one_customer_is_not_offered_in_a_reply_to_another(cast: Cast) -> None:
    carlas, dans = cast.ticket(), cast.ticket(**DAN)
    unsent.keep(cast.ben, dans, what="reply", text="Dear Dan", known=None)
    merge(dans, carlas, other_customer=True, by=cast.ana.actor())
    assert unsent.texts_of(cast.ben, now(carlas)) == {}
    unmerge(now(dans), by=cast.ana.actor())
    assert unsent.texts_of(cast.ben, now(dans))["reply"][0]["text"] == "Dear Dan"


def test_another_customer_who_writes_again_has_their_own_ticket_back(cast: Cast) -> None:
    carlas, dans = cast.ticket(), cast.ticket(**DAN)
    merge(dans, carlas, other_customer=True, by=cast.ana.actor())
    message = receive_message(now(dans), text="Hello?", channel="mail", by=FORM)
    assert message.ticket_id == dans.number
    assert (now(dans).is_merged, now(dans).lane == Lane.NONE) == (False, False)
    assert thread_of(carlas.number).of_others == ()


def test_the_database_holds_it_too(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ana.actor())
    from django.db import connection

    for statement in (
        "UPDATE tickets_ticket SET status = 'open' WHERE number = %s",
        "UPDATE tickets_ticket SET merged_into_id = number, status = 'closed', lane = '' WHERE number = %s",
        "UPDATE tickets_ticket SET lane = 'write', due_at = now() WHERE number = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('countersign.action', 'test', true)")
            cursor.execute(statement, [second.number])
