"""The demo as it is once it is loaded: believable, complete, honest about when it came."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Max, Q
from django.utils import timezone

from accounts.models import Membership, Person, Team
from conversations.attachments.actions import DRAW
from conversations.attachments.models import Attachment
from conversations.demo.content import content, sheets, tickets
from conversations.demo.load import is_complete, is_loading, load
from conversations.drafting.queries import shown_drafts
from conversations.drafting.receipts import request_of
from conversations.knowledge.actions.articles import INDEX
from conversations.knowledge.actions.lookups import LOOK_UP
from conversations.models import Article, Customer, Decision, Draft, Macro, Message, ModelCall, Passage, Sending, Ticket
from conversations.review.disclosure import disclose
from conversations.tickets.models import text_hash
from conversations.tickets.states import Lane, Status
from conversations.tickets.times import WAIT
from desk.jobs import Job
from desk.ledger.models import Entry
from tests.demo.conftest import Loaded


def messages() -> list[dict[str, Any]]:
    return [message for ticket in tickets() for message in ticket["messages"]]


def test_everybody_and_everything_of_the_files_is_there(loaded: Loaded) -> None:
    assert Person.objects.count() == len(content("people")["people"]) == 9
    assert Team.objects.count() == 5
    assert Membership.objects.count() == sum(len(row["teams"]) for row in content("people")["people"])
    assert Article.objects.count() == len(sheets()) == 65
    assert Macro.objects.count() == len(content("macros")) == 6
    assert Passage.objects.filter(current=True).count() > 200
    assert Customer.objects.count() == 45
    assert Ticket.objects.count() == len(tickets()) >= 60
    assert Message.objects.count() == len(messages())
    assert {language for (language,) in Ticket.objects.values_list("language")} == {"en", "de", "es", "fr"}


def test_some_messages_have_files_that_are_what_they_say(loaded: Loaded) -> None:
    files = Attachment.objects.select_related("message").order_by("name")
    assert {(file.name, file.type, file.message.direction) for file in files} == {
        ("IMG_2041.jpg", "image/jpeg", "in"),
        ("zip of my jacket.jpg", "image/jpeg", "in"),
        ("zip, from the side.jpg", "image/jpeg", "in"),
        ("receipt NO-47388.pdf", "application/pdf", "in"),
        ("return label NO-47702.pdf", "application/pdf", "out"),
    }
    assert all(20_000 < file.size < 400_000 for file in files)
    pictures = {file.pk for file in files if file.type == "image/jpeg"}
    assert {int(job.target) for job in Job.objects.filter(kind=DRAW)} == pictures


def test_all_sign_in_with_the_password_of_the_demo(loaded: Loaded) -> None:
    for person in Person.objects.all():
        assert person.check_password("demo"), person.email
    agent = Person.objects.get(email="agent@demo.test")
    assert agent.roles == ["agent"]
    assert Team.objects.get(name="Orders").lead == agent


def test_there_are_tickets_in_every_status_and_every_lane(loaded: Loaded) -> None:
    assert {status for (status,) in Ticket.objects.values_list("status")} == set(Status.values)
    lanes = Counter(Ticket.objects.values_list("lane", flat=True))
    assert lanes == {Lane.NONE: 47, Lane.REVIEW: 14, Lane.WRITE: 8, Lane.TROUBLE: 2}
    reasons = set(Ticket.objects.filter(lane=Lane.WRITE).values_list("lane_why", flat=True))
    assert reasons == {"opted_out", "people_only", "asked_for_person", "no_sources", "provider"}
    troubles = set(Ticket.objects.filter(lane=Lane.TROUBLE).values_list("lane_why", flat=True))
    assert troubles == {"sending_unknown", "sending_failed"}
    kept = set(Ticket.objects.exclude(kept_for_people="").values_list("kept_for_people", flat=True))
    assert kept == {"people_only", "asked_for_person"}
    assert not Ticket.objects.filter(lane_why="opted_out").exclude(customer__ai_consent=False).exists()


def test_what_waits_has_a_due_time_and_few_are_overdue(loaded: Loaded) -> None:
    waiting = Ticket.objects.exclude(lane=Lane.NONE)
    for ticket in waiting:
        assert ticket.waiting_since is not None
        assert ticket.due_at == ticket.waiting_since + WAIT[ticket.priority]
        assert ticket.waiting_since in set(ticket.messages.filter(direction="in").values_list("created_at", flat=True))
    assert 1 <= waiting.filter(due_at__lt=timezone.now()).count() <= 6
    due = Q(due_at__isnull=False) | Q(waiting_since__isnull=False)
    assert not Ticket.objects.filter(due, lane=Lane.NONE).exists()


def test_waiting_drafts_are_real_with_a_receipt_each_and_others_have_none(loaded: Loaded) -> None:
    drafts = Draft.objects.filter(state="pending_review")
    assert drafts.count() == 14
    assert {draft.ticket_id for draft in drafts} == set(
        Ticket.objects.filter(lane=Lane.REVIEW).values_list("number", flat=True)
    )
    assert set(ModelCall.objects.values_list("draft", flat=True)) == {draft.pk for draft in drafts}
    for call in ModelCall.objects.select_related("ticket__customer"):
        assert call.state == "answered"
        assert call.ticket.customer.email not in request_of(call)
        assert call.created_at >= loaded.begun
    for draft in drafts:
        assert any(sentence["sources"] for sentence in draft.sentences), draft.ticket
    assert not Draft.objects.exclude(state="pending_review").filter(settings__isnull=False).exists()


def test_past_drafts_are_cut_to_the_letter_and_quote_their_passages(loaded: Loaded) -> None:
    past = Draft.objects.exclude(state="pending_review")
    assert Counter(past.values_list("state", flat=True)) == {"approved": 27, "edited": 11, "rejected": 9}
    for draft in past:
        assert "".join(sentence["text"] for sentence in draft.sentences) == draft.text
        passages = {passage["ref"]: passage["text"] for passage in draft.passages}
        for sentence in draft.sentences:
            assert all(source["quote"] in passages[source["passage"]] for source in sentence["sources"])
    unfounded = [
        sentence
        for draft in past.filter(state="rejected")
        for sentence in draft.sentences
        if sentence["kind"] == "claim" and not sentence["sources"]
    ]
    assert unfounded


def test_entries_carry_the_real_time_while_business_times_lie_back(loaded: Loaded) -> None:
    entries = Entry.objects.filter(kind="demo.imported")
    assert Counter(entry.facts["what"] for entry in entries) == {
        "people": 1,
        "articles": 1,
        "macros": 1,
        "lookups": 1,
        "customers": 1,
        "ticket": len(tickets()),
        "complete": 1,
    }
    assert all(loaded.begun <= entry.at <= loaded.ended for entry in Entry.objects.all())
    assert Ticket.objects.filter(created_at__lt=loaded.begun - timedelta(days=10)).count() > 5
    assert not Ticket.objects.filter(created_at__gt=loaded.begun).exists()
    assert not Message.objects.filter(created_at__gt=loaded.begun).exists()
    assert not Decision.objects.filter(created_at__gt=loaded.begun).exists()
    assert not Sending.objects.filter(changed_at__gt=loaded.begun).exists()
    assert {entry.thread for entry in entries.exclude(thread="")} == {ticket.ref for ticket in Ticket.objects.all()}
    head = Entry.objects.aggregate(head=Max("seq"))["head"]
    assert Entry.objects.get(seq=head).facts["what"] == "complete"
    assert Entry.objects.count() == head


def test_nothing_of_the_past_is_told_as_if_it_happened_now(loaded: Loaded) -> None:
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert kinds <= {
        "demo.imported",
        "person.added",
        "team.added",
        "team.joined",
        "article.saved",
        "macro.saved",
        "lookup.saved",
        "settings.recorded",
        "files.enclosed",
        "draft.requested",
        "draft.begun",
        "model.called",
        "draft.prepared",
        "cases.taken",
    }


def test_no_mail_leaves_for_the_past_and_nobody_is_thanked_for_it(loaded: Loaded) -> None:
    assert set(Job.objects.exclude(kind__in=[DRAW, INDEX, LOOK_UP]).values_list("kind", "state")) == {
        ("draft.generate", "done")
    }
    assert Counter(Sending.objects.values_list("state", flat=True)) == {"sent": 60, "unknown": 1, "failed": 1}
    assert not Message.objects.exclude(notice="").exists()


def test_what_left_was_decided_and_disclosed_as_the_text_says(loaded: Loaded) -> None:
    replies = Message.objects.filter(direction="out").select_related("decision", "sending", "ticket")
    assert replies.count() == 62
    for reply in replies:
        assert reply.decision is not None
        assert reply.decision.text_hash == reply.text_hash == text_hash(reply.text)
        assert reply.sending.decision_id == reply.decision_id
        shown = shown_drafts(reply.ticket_id).filter(created_at__lt=reply.created_at).values_list("text", flat=True)
        wanted = disclose(reply.text, shown)
        assert reply.disclosure_kind == ("drafted_changed" if reply.draft_id and wanted == "person" else wanted)
        assert reply.disclosure_text
        assert " ." not in reply.disclosure_text
    kinds = Counter(replies.values_list("decision__kind", "disclosure_kind"))
    assert kinds["approved", "drafted"] == 27
    assert {kind for kind, said in kinds if said == "person"} == {"written"}
    rejected = Decision.objects.filter(kind="rejected")
    assert rejected.count() == 9
    assert all(decision.reason and decision.draft and decision.draft.state == "rejected" for decision in rejected)


def test_conversations_run_forward_in_time(loaded: Loaded) -> None:
    for ticket in Ticket.objects.all():
        times = list(ticket.messages.order_by("id").values_list("created_at", flat=True))
        assert times == sorted(times)
        assert ticket.created_at == times[0]
        assert ticket.last_inbound == ticket.messages.filter(direction="in").latest("id")
    assert not Decision.objects.filter(draft__isnull=False, created_at__lte=F("draft__ready_at")).exists()


def test_a_second_load_changes_nothing(loaded: Loaded) -> None:
    before = everything()
    assert not load()
    assert not load(if_empty=True)
    assert everything() == before
    assert is_complete()
    assert not is_loading()


def everything() -> dict[str, str]:
    """A fingerprint of each table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM {table} t")
            found[table] = cursor.fetchone()[0]
    return found
