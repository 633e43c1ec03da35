"""The desk's pages as whole requests: what each role gets, what forms do, and that nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from conversations.drafting.models import Draft
from conversations.drafting.states import DraftState
from conversations.review.actions import raise_concern
from conversations.review.models import Decision
from conversations.tickets.actions import receive_message
from conversations.tickets.models import Message, Sending, Ticket
from conversations.tickets.states import Lane, Status
from desk.actions import SYSTEM, Actor
from tests.cast import FORM, Cast
from tests.drafts import TEXT, pending_draft
from tests.invariants.test_walls import careless

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)> "quoted" {{ 7|add:7 }} \u202eevil'


@pytest.fixture
def ana(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ana)
    return client


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_start_page_is_what_waits_drafted_or_not_by_due_time(cast: Cast, ana: Client) -> None:
    low = cast.ticket(subject="Low but drafted", priority="low", email="low@example.com")
    urgent = cast.ticket(subject="Urgent without a draft", priority="urgent", email="urgent@example.com")
    pending_draft(low)
    urgent.refresh_from_db()
    assert urgent.lane in {Lane.WRITE, Lane.DRAFTING}
    page = words(ana.get("/queue/"))
    assert page.index("Urgent without a draft") < page.index("Low but drafted")


def test_having_no_draft_never_means_later(cast: Cast) -> None:
    drafted, undrafted = cast.ticket(email="one@example.com"), cast.ticket(email="two@example.com", ai_consent=False)
    pending_draft(drafted)
    one, two = Ticket.objects.get(pk=drafted.pk), Ticket.objects.get(pk=undrafted.pk)
    assert one.due_at is not None
    assert two.due_at is not None
    assert (one.lane, two.lane) == (Lane.REVIEW, Lane.WRITE)
    assert one.due_at - one.created_at == two.due_at - two.created_at


@pytest.mark.parametrize(
    "path",
    [
        "/queue/",
        "/queue/review/",
        "/queue/write/",
        "/queue/trouble/",
        "/queue/mine/",
        "/queue/all/",
        "/queue/todo/rows/",
    ],
)
def test_lists_need_a_sign_in_and_show_only_what_is_ones_own(cast: Cast, client: Client, path: str) -> None:
    cast.ticket(subject="Of the team Orders")
    assert client.get(path).headers["Location"].startswith("/accounts/login/")
    client.force_login(cast.olga)
    assert "Of the team Orders" not in words(client.get(path))


def test_a_ticket_of_another_team_does_not_exist(cast: Cast, client: Client) -> None:
    ticket = cast.ticket(team=cast.returns)
    draft = pending_draft(ticket)
    client.force_login(cast.ana)
    posts = [f"/drafts/{draft.pk}/{verb}/" for verb in ("approve", "edit", "reject")]
    posts += [f"/tickets/{ticket.number}/{verb}/" for verb in ("reply", "note", "draft", "claim", "escalate", "status")]
    for path in posts:
        assert client.post(path, {"version": draft.version, "text": "x"}).status_code == 404, path
    for path in (
        f"/tickets/{ticket.number}/",
        f"/tickets/{ticket.number}/live/",
        f"/drafts/{draft.pk}/saw/",
        f"/customers/{ticket.customer_id}/",
        "/tickets/99999999/",
        "/tickets/999999999999999999999/",
    ):
        assert client.get(path).status_code == 404, path
    client.force_login(cast.ben)
    assert client.get(f"/tickets/{ticket.number}/").status_code == 200


def test_only_a_post_acts(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    for path in (
        f"/drafts/{draft.pk}/approve/",
        f"/tickets/{ticket.number}/reply/",
        f"/tickets/{ticket.number}/claim/",
    ):
        assert ana.get(path).status_code == 405
    assert not Decision.objects.exists()


def test_approving_on_the_page_offers_undo_and_undo_works(cast: Cast, ana: Client) -> None:
    draft = pending_draft(cast.ticket())
    assert ana.post(f"/drafts/{draft.pk}/approve/", {"version": draft.version}).status_code == 302
    page = words(ana.get(f"/tickets/{draft.ticket_id}/"))
    assert "<undo-toast" in page
    decision = Decision.objects.get()
    ana.post(f"/decisions/{decision.pk}/undo/")
    draft.refresh_from_db()
    assert draft.state == DraftState.PENDING_REVIEW
    assert "<undo-toast" not in words(ana.get(f"/tickets/{draft.ticket_id}/"))


def test_who_comes_second_reads_who_was_first_and_keeps_their_text(cast: Cast, client: Client) -> None:
    draft = pending_draft(cast.ticket())
    client.force_login(cast.ana)
    client.post(f"/drafts/{draft.pk}/approve/", {"version": draft.version})
    client.force_login(cast.ben)
    answer = client.post(f"/drafts/{draft.pk}/edit/", {"version": draft.version, "text": "Half an hour of Ben's work."})
    assert answer.status_code == 409
    page = words(answer)
    assert "Ana Ruiz" in page
    assert "Half an hour of Ben&#x27;s work." in page


def test_a_reply_to_what_is_no_longer_the_last_word_is_held(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    seen = Ticket.objects.get(pk=ticket.pk).last_inbound_id
    receive_message(ticket, text="I found it!", channel="form", by=FORM)
    answer = ana.post(f"/tickets/{ticket.number}/reply/", {"text": "We are searching.", "last_seen": seen})
    assert answer.status_code == 409
    assert "We are searching." in words(answer)
    assert not Message.objects.filter(direction="out", notice="").exists()


def test_an_empty_reply_comes_back_with_a_sentence(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    answer = ana.post(f"/tickets/{ticket.number}/reply/", {"text": "  ", "last_seen": 10**9})
    assert answer.status_code == 400
    assert "Please write something." in words(answer)


def test_a_form_that_does_not_say_what_was_read_decides_nothing(cast: Cast, ana: Client) -> None:
    draft = pending_draft(cast.ticket())
    for version in ("", "abc", "-1", "99999999999999999999"):
        assert ana.post(f"/drafts/{draft.pk}/approve/", {"version": version}).status_code in {400, 409}
    assert not Decision.objects.exists()


def test_a_blocker_is_answered_on_the_page(cast: Cast, ana: Client) -> None:
    draft = pending_draft(cast.ticket(), flags=[("link", "blocker", "https://odd.example")])
    flag = draft.flags.get()
    held = ana.post(f"/drafts/{draft.pk}/approve/", {"version": draft.version})
    assert held.status_code == 409
    sent = ana.post(f"/drafts/{draft.pk}/approve/", {"version": draft.version, f"answer-{flag.pk}": "false_alarm"})
    assert sent.status_code == 302


def test_rejecting_on_the_page(cast: Cast, ana: Client) -> None:
    draft = pending_draft(cast.ticket())
    ana.post(
        f"/drafts/{draft.pk}/reject/",
        {"version": draft.version, "reason": "tone", "next": "write", "note": "Too stiff."},
    )
    draft.refresh_from_db()
    assert draft.state == DraftState.REJECTED
    page = words(ana.get(f"/tickets/{draft.ticket_id}/drafts/"))
    assert "Too stiff." in page


def test_writing_oneself_sets_the_draft_aside(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    form = {"text": "My own words.", "draft": draft.pk, "version": draft.version, "last_seen": draft.last_message_id}
    assert ana.post(f"/tickets/{ticket.number}/reply/", form).status_code == 302
    assert list(Decision.objects.order_by("id").values_list("kind", flat=True)) == ["set_aside", "written"]


def test_a_note_is_for_the_house_alone(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    ana.post(f"/tickets/{ticket.number}/note/", {"text": "He called twice."})
    assert "He called twice." in words(ana.get(f"/tickets/{ticket.number}/"))
    ticket.refresh_from_db()
    assert "He called twice." not in words(Client().get(f"/help/t/{ticket.link_token}/"))


def test_status_escalate_and_concern(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    ana.post(f"/tickets/{ticket.number}/escalate/")
    ticket.refresh_from_db()
    assert ticket.assignee == cast.sam
    ana.post(f"/tickets/{ticket.number}/status/", {"status": "solved"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.lane) == (Status.SOLVED, Lane.NONE)
    assert ana.post(f"/tickets/{ticket.number}/status/", {"status": "asleep"}).status_code == 400
    concern = raise_concern(ticket, message=None, text="The amount is wrong.", by=Actor("customer"))
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.status, concern.owner) == (Lane.WRITE, Status.OPEN, cast.sam)
    assert "The amount is wrong." in words(ana.get(f"/tickets/{ticket.number}/"))
    ana.post(f"/concerns/{concern.pk}/settle/")
    ticket.refresh_from_db()
    assert (ticket.lane, ticket.lane_why) == (Lane.WRITE, ""), "nobody has answered the customer yet"


@pytest.mark.parametrize(("outcome", "state"), [("sent", "sent"), ("again", "queued"), ("drop", "withdrawn")])
def test_a_person_settles_what_nobody_knows(cast: Cast, ana: Client, outcome: str, state: str) -> None:
    draft = pending_draft(cast.ticket())
    ana.post(f"/drafts/{draft.pk}/approve/", {"version": draft.version})
    sending = Sending.objects.get(decision__isnull=False)
    for way in ("sending", "unknown"):
        careless(lambda way=way: Sending.objects.filter(pk=sending.pk).update(state=way), by=SYSTEM)
    assert ana.get(f"/sendings/{sending.pk}/").status_code == 200
    assert ana.post(f"/sendings/{sending.pk}/", {"outcome": outcome}).status_code == 302
    sending.refresh_from_db()
    assert sending.state == state


def test_what_people_write_is_shown_and_never_run(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket(HOSTILE, subject=HOSTILE, name=HOSTILE[:60])
    draft = pending_draft(ticket, text=f"{TEXT} {HOSTILE}")
    ana.post(f"/tickets/{ticket.number}/note/", {"text": HOSTILE})
    for path in (
        "/queue/",
        f"/tickets/{ticket.number}/",
        f"/tickets/{ticket.number}/live/",
        f"/tickets/{ticket.number}/drafts/",
        f"/customers/{ticket.customer_id}/",
        f"/drafts/{draft.pk}/saw/",
    ):
        page = ana.get(path).content.decode()
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "\u202e" not in page or "drafts" in path or "tickets" in path, path
        assert "14" not in re.findall(r"quoted&quot; (\S+)", page), path


def test_a_draft_that_is_on_its_way_is_said_so(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket("Where is my parcel?")
    assert Draft.objects.filter(ticket=ticket, state=DraftState.QUEUED).exists()
    assert "A draft is being prepared" in words(ana.get(f"/tickets/{ticket.number}/"))


def test_pages_carry_the_policy_and_are_kept_by_nobody(cast: Cast, ana: Client) -> None:
    answer = ana.get("/queue/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "no-store" in answer.headers["Cache-Control"]
    page = answer.content.decode()
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)
    assert not re.search(r"\son[a-z]+=", page)


def test_queries_do_not_grow_with_the_list(cast: Cast, ana: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        pending_draft(cast.ticket(email=f"few{number}@example.com"))
    with django_assert_max_num_queries(40) as few:
        ana.get("/queue/")
    for number in range(12):
        pending_draft(cast.ticket(email=f"many{number}@example.com"))
    with django_assert_max_num_queries(len(few.captured_queries)):
        ana.get("/queue/")


def test_a_link_that_an_agent_typed_comes_back_with_its_question_and_goes_with_the_answer(
    cast: Cast, ana: Client
) -> None:
    draft = pending_draft(cast.ticket())
    text = f"{draft.text} See https://typed.example."
    held = ana.post(f"/drafts/{draft.pk}/edit/", {"version": draft.version, "text": text})
    assert held.status_code == 409
    name = re.findall(r'name="(answer--[0-9]+)"', held.content.decode())[0]
    sent = ana.post(f"/drafts/{draft.pk}/edit/", {"version": draft.version, "text": text, name: "true"})
    assert sent.status_code == 302


def test_a_row_says_how_much_wants_looking_at(cast: Cast, ana: Client) -> None:
    pending_draft(cast.ticket(), flags=[("link", "blocker", "https://a.example"), ("tone", "hint", "stiff")])
    assert "1 blocker" in words(ana.get("/queue/"))


def test_numbers_beyond_all_measure_and_nul_are_answered_with_a_page(cast: Cast, ana: Client) -> None:
    ticket = cast.ticket()
    draft = pending_draft(ticket)
    huge, reply = (
        "9" * 5_000,
        {
            "text": "Hello.",
            "version": str(draft.version),
            "draft": str(draft.pk),
            "last_seen": str(draft.last_message_id),
        },
    )
    assert ana.post(f"/drafts/{draft.pk}/approve/", {"version": huge}).status_code == 409
    assert ana.post(f"/tickets/{ticket.number}/reply/", {**reply, "draft": huge}).status_code == 404
    assert ana.post(f"/tickets/{ticket.number}/reply/", {**reply, "version": huge}).status_code == 409
    assert ana.post(f"/tickets/{ticket.number}/reply/", {**reply, "last_seen": huge, "text": " "}).status_code == 400
    found = ana.get("/queue/todo/", {"q": f"\0{ticket.subject}"})
    assert (found.status_code, ticket.subject in words(found)) == (200, True)
    ana.force_login(cast.sam)
    assert ana.get("/ledger/", {"person": "\0", "kind": "\0", "ticket": "\0", "since": "\0"}).status_code == 200
