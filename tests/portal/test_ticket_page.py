"""The ticket's page: what was said and nothing else, how each answer came about, and ways to go on."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.models import Concern, Message, Ticket
from conversations.review.actions import settle_concern
from conversations.tickets.actions import add_note, post_notice, set_status, withdraw_sending
from conversations.tickets.states import SendingState
from desk.actions import SYSTEM
from tests.cast import Cast
from tests.portal.letters import (
    approved_reply,
    edited_reply,
    prepared_draft,
    send,
    written_reply,
)
from tests.portal.pages import entries, once_of, page_of, read, words


def test_the_customer_reads_what_they_wrote_and_what_was_sent(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    send(approved_reply(ticket, cast.ana))
    page = words(read(client, page_of(ticket)))
    assert "Where is my refund? I sent the jacket back two weeks ago." in page
    assert "Your refund takes 14 days." in page
    assert "We have answered" in page
    assert page.index("I sent the jacket") < page.index("Your refund takes")


def test_a_reply_says_who_answered_and_how_and_how_to_reach_a_person(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    reply = send(approved_reply(ticket, cast.ana, replaced={"name": 2, "email": 1}))
    html = read(client, page_of(ticket))
    page = words(html)
    assert reply.disclosure_text in page
    assert 'href="#choices"' in html
    assert 'id="choices"' in html
    assert "An AI drafted this answer. A person decided to send it." in page
    assert "names (2), mail addresses (1)" in page
    assert "Refunds and returns" in page
    assert "It is written down who it was" in page
    assert "An AI can misunderstand" in page


def test_a_changed_draft_says_that_a_person_changed_it(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    send(
        edited_reply(ticket, cast.ana, draft_text="It takes 14 days from today.", text="It takes some days from today.")
    )
    assert "A person changed it and decided to send it." in words(read(client, page_of(ticket)))


def test_a_persons_own_answer_says_whether_an_ai_had_been_asked(client: Client, cast: Cast) -> None:
    asked, alone = cast.ticket(), cast.ticket(email="ola@example.com")
    prepared_draft(asked, "Unrelated words that nobody will use for anything at all.")
    send(written_reply(asked, cast.ana, "We sent your money this morning, it is on its way."))
    send(written_reply(alone, cast.ana, "We sent your money this morning, it is on its way."))
    assert "An AI had been asked for a draft before; the answer is not made from it." in words(
        read(client, page_of(asked))
    )
    assert "no AI was given anything for it" in words(read(client, page_of(alone)))


def test_what_an_ai_was_given_for_one_answer_is_not_told_of_the_next(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    send(approved_reply(ticket, cast.ana))
    client.post(f"{page_of(ticket)}write/", {"message": "And when will it arrive?"})
    send(written_reply(ticket, cast.ana, "Tomorrow, by post."))
    assert "no AI was given anything for it" in words(read(client, page_of(ticket)))


@pytest.mark.parametrize("state", ["queued", "withdrawn", "failed"])
def test_a_reply_that_did_not_leave_is_not_shown(client: Client, cast: Cast, state: str) -> None:
    ticket = cast.ticket()
    reply = approved_reply(ticket, cast.ana)
    if state == "withdrawn":
        withdraw_sending(reply.sending, because="undone", by=SYSTEM)
    elif state == "failed":
        send(reply, SendingState.FAILED)
    html = read(client, page_of(ticket))
    assert "takes 14 days" not in html
    assert f"letter-{reply.pk}" not in html
    assert "We have answered" not in html, "a reply that waits does not give itself away"


@pytest.mark.parametrize("state", [SendingState.SENDING, SendingState.UNKNOWN])
def test_a_reply_that_is_on_its_way_or_may_have_arrived_is_shown(
    client: Client, cast: Cast, state: SendingState
) -> None:
    ticket = cast.ticket()
    send(approved_reply(ticket, cast.ana), state)
    page = words(read(client, page_of(ticket)))
    assert "takes 14 days" in page
    assert ("is being sent right now" in page) is (state == SendingState.SENDING)


def test_nothing_of_the_inside_is_on_the_page(client: Client, cast: Cast) -> None:
    ticket = cast.ticket(tags=["vip-tag"])
    add_note(ticket, text="He always complains, be careful.", by=cast.ana.actor())
    prepared_draft(ticket, "A draft that nobody has decided.")
    other = cast.ticket("The other matter of somebody else.", email="other@example.com", subject="Other subject")
    send(written_reply(other, cast.ben, "An answer to somebody else."))
    html = read(client, page_of(ticket))
    for secret in (
        "be careful",
        "nobody has decided",
        "The other matter",
        "Other subject",
        "An answer to somebody else",
        "Ana Ruiz",
        "Ben Okafor",
        "Sam Lindqvist",
        "vip-tag",
        "standin",
        "secret of the desk",
        "desk.test",
        ticket.reply_token,
        other.link_token,
        ticket.customer.email,
        "pending_review",
        "review",
    ):
        assert secret not in html, secret


def test_the_name_of_the_person_who_answered_is_not_told_beyond_the_disclosure(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    reply = send(approved_reply(ticket, cast.ana))
    html = read(client, page_of(ticket))
    for name in ("Ana", "Ruiz", str(cast.ana.pk)):
        assert name not in html.replace(reply.disclosure_text, "")


def test_a_notice_is_marked_as_sent_by_itself_and_cannot_be_called_wrong(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    notice = post_notice(ticket, notice="acknowledgement", text="We have your message.", language="en", by=SYSTEM)
    send(notice)
    html = read(client, page_of(ticket))
    assert "Sent to you automatically" in words(html)
    assert "We have your message." in html
    assert f"/wrong/{notice.pk}/" not in html
    assert client.post(f"{page_of(ticket)}wrong/{notice.pk}/", {"wrong": "No"}).status_code == 404


def test_the_customers_own_page_has_the_link_in_the_notice(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    send(ticket.messages.get(notice="acknowledgement"))
    html = read(client, page_of(ticket))
    assert f"http://127.0.0.1:8000{page_of(ticket)}" in html
    assert "{link}" not in html


def test_a_solved_ticket_says_so(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    set_status(ticket, "solved", by=cast.ana.actor())
    assert "Solved" in words(read(client, page_of(ticket)))


def test_the_page_is_kept_out_of_caches_search_engines_and_other_sites_logs(client: Client, cast: Cast) -> None:
    response = client.get(page_of(cast.ticket()))
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "same-origin"
    assert 'name="referrer" content="same-origin"' in response.content.decode()
    assert "default-src 'self'" in response["Content-Security-Policy"]
    lost = client.get("/help/t/nothing-that-leads-anywhere/")
    assert (lost["Referrer-Policy"], "noindex" in lost["X-Robots-Tag"]) == ("same-origin", True)


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "..%2f..", "%F0%9F%98%80", "A" * 5000, "%27%20OR%201=1--"])
def test_a_wrong_link_says_what_to_do(client: Client, cast: Cast, token: str) -> None:
    cast.ticket()
    for path in (f"/help/t/{token}/", f"/help/t/{token}/write/"):
        response = client.get(path)
        assert response.status_code == 404
    assert client.post(f"/help/t/{token}/people-only/").status_code == 404
    page = client.get(f"/help/t/{token}/").content.decode()
    if token != "..%2f..":  # a path of another page
        assert "This link leads nowhere" in page
        assert 'href="/help/new/"' in page


def test_a_link_counts_to_the_letter(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    assert client.get(f"/help/t/{ticket.link_token.swapcase()}/").status_code == 404
    assert client.get(f"/help/t/{ticket.link_token[:-1]}/").status_code == 404
    assert client.get(f"/help/t/{ticket.number}/").status_code == 404


# --- Forms ------------------------------------------------------------------------------------------------------------


def test_a_get_never_acts(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    reply = send(approved_reply(ticket, cast.ana))
    before, state = entries(), Ticket.objects.values().get(pk=ticket.pk)
    for act in ("", "write/", "people-only/", "allow/", "person/", f"wrong/{reply.pk}/"):
        for response in (
            client.get(f"{page_of(ticket)}{act}", {"message": "Hello", "wrong": "Hello", "once": "x"}),
            client.head(f"{page_of(ticket)}{act}"),
        ):
            assert response.status_code == (302 if act else 200)
        assert client.options(f"{page_of(ticket)}{act}").status_code in {200, 405}
    assert entries() == before
    assert Ticket.objects.values().get(pk=ticket.pk) == state


def test_every_post_wants_the_forms_own_token(cast: Cast) -> None:
    ticket = cast.ticket()
    strict = Client(enforce_csrf_checks=True)
    before = entries()
    for act in ("write/", "people-only/", "allow/", "person/"):
        assert strict.post(f"{page_of(ticket)}{act}", {"message": "Hello"}).status_code == 403
    assert entries() == before


def test_a_further_message_arrives_once_and_is_shown(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    wish = {"message": "One more thing: it was blue.", "once": once_of(read(client, page_of(ticket)))}
    for _ in range(2):
        assert client.post(f"{page_of(ticket)}write/", wish).url == page_of(ticket)
    page = words(read(client, page_of(ticket)))
    assert page.count("One more thing: it was blue.") == 1
    assert "Your message has arrived." in page
    assert ticket.messages.filter(direction=Message.Direction.IN).count() == 2


def test_an_empty_message_is_refused_beside_its_field(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    response = client.post(f"{page_of(ticket)}write/", {"message": "   \n\u200b "})
    assert response.status_code == 400
    assert "Please write something before you send it." in response.content.decode()


def test_a_message_that_is_too_long_comes_back_whole(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    long = "word " * 20_001
    response = client.post(f"{page_of(ticket)}write/", {"message": long})
    assert response.status_code == 400
    assert "100004 characters" in response.content.decode()
    assert long.strip() in response.content.decode()
    assert ticket.messages.filter(direction="in").count() == 1


def test_a_message_opens_a_solved_ticket_again(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    set_status(ticket, "solved", by=cast.ana.actor())
    client.post(f"{page_of(ticket)}write/", {"message": "It broke again."})
    ticket.refresh_from_db()
    assert ticket.status == "open"
    assert ticket.lane


def test_this_is_wrong_becomes_an_item_with_an_owner(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    reply = send(approved_reply(ticket, cast.ana))
    once = once_of(read(client, page_of(ticket)))
    for _ in range(2):
        client.post(f"{page_of(ticket)}wrong/{reply.pk}/", {"wrong": "It was 30 days last time.", "once": once})
    concern = Concern.objects.get()
    ticket.refresh_from_db()
    assert (concern.message, concern.text, concern.owner) == (reply, "It was 30 days last time.", cast.sam)
    assert ticket.lane == "write"
    page = words(read(client, page_of(ticket)))
    assert "You told us that this is wrong." in page
    assert "We are working on it" in page
    settle_concern(concern, by=cast.ana.actor())
    assert "You told us that this is wrong." not in words(read(client, page_of(ticket)))


def test_this_is_wrong_needs_no_words(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    reply = send(approved_reply(ticket, cast.ana))
    client.post(f"{page_of(ticket)}wrong/{reply.pk}/", {"wrong": ""})
    assert Concern.objects.get().message == reply


def test_a_concern_that_is_too_long_opens_its_form_again_with_the_text(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    reply = send(approved_reply(ticket, cast.ana))
    response = client.post(f"{page_of(ticket)}wrong/{reply.pk}/", {"wrong": "no " * 1700})
    assert response.status_code == 400
    assert ("no " * 1700).strip() in response.content.decode()
    assert not Concern.objects.exists()


def test_only_a_visible_reply_of_this_ticket_can_be_called_wrong(client: Client, cast: Cast) -> None:
    ticket, other = cast.ticket(), cast.ticket(email="other@example.com")
    foreign = send(written_reply(other, cast.ana, "Words for somebody else."))
    waiting = approved_reply(ticket, cast.ana)
    own = ticket.messages.get(direction="in")
    for message_id in (foreign.pk, waiting.pk, own.pk, 10**18, 10**30):
        assert client.post(f"{page_of(ticket)}wrong/{message_id}/", {"wrong": "No"}).status_code == 404
    assert not Concern.objects.exists()
