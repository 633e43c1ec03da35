"""What is sent twice at the very same moment acts once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections
from django.test import Client

from conversations.models import Ticket
from desk.idempotency import Answer
from tests.cast import Cast
from tests.portal.letters import approved_reply, send
from tests.portal.pages import WISH, page_of

AT_ONCE = 6


def send_at_once(path: str, wish: dict[str, str]) -> list[Any]:
    def post(_: int) -> Any:
        try:
            return Client().post(path, wish)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(post, range(AT_ONCE)))


def test_a_request_sent_several_times_at_once_is_one_ticket(company: Cast) -> None:
    answers = send_at_once("/help/new/", {**WISH, "once": "the-mark-of-the-form"})
    assert {answer.status_code for answer in answers} == {302}
    ticket = Ticket.objects.get()
    for answer in answers:
        assert str(ticket.number) in Client().get(answer.url).content.decode()


def test_a_message_sent_several_times_at_once_is_one_message(company: Cast) -> None:
    ticket = company.ticket()
    answers = send_at_once(f"{page_of(ticket)}write/", {"message": "One more thing.", "once": "the-mark"})
    assert {answer.status_code for answer in answers} == {302}
    assert ticket.messages.filter(text="One more thing.").count() == 1


def test_a_refused_sending_can_be_sent_again(client: Client, cast: Cast, monkeypatch: Any) -> None:
    """What goes wrong after the mark was claimed gives the mark back with everything else."""
    from conversations.portal import actions

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the disk is full")

    client.raise_request_exception = False
    monkeypatch.setattr(actions, "taken", broken)
    assert client.post("/help/new/", {**WISH, "once": "m"}).status_code == 500
    assert not Ticket.objects.exists()
    assert not Answer.objects.exists()
    monkeypatch.undo()
    assert client.post("/help/new/", {**WISH, "once": "m"}).status_code == 302
    assert Ticket.objects.count() == 1


def test_the_same_mark_on_two_pages_is_two_things(client: Client, cast: Cast) -> None:
    ticket, other = cast.ticket(), cast.ticket()
    reply = send(approved_reply(ticket, cast.ana))
    for path in (f"{page_of(ticket)}write/", f"{page_of(other)}write/"):
        client.post(path, {"message": "The same words.", "once": "m"})
    client.post(f"{page_of(ticket)}wrong/{reply.pk}/", {"wrong": "The same words.", "once": "m"})
    assert ticket.messages.filter(text="The same words.").count() == 1
    assert other.messages.filter(text="The same words.").count() == 1
    assert ticket.concerns.count() == 1
