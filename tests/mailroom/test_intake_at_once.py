"""One mail that arrives many times at the same moment."""

from __future__ import annotations

import threading

from django.db import connection

from conversations.mailroom.intake import take_in
from conversations.models import Message, Ticket
from tests.cast import Cast
from tests.mailroom.written import MAIL, letter


def test_eight_copies_at_once_are_one_message(company: Cast) -> None:
    raw = letter(message_id="<at-once@mail.test>")
    start, became = threading.Barrier(8), []

    def take() -> None:
        start.wait(10)
        try:
            became.append(take_in(raw, by=MAIL).refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(became) == [""] + ["duplicate"] * 7
    assert Ticket.objects.count() == 1
    assert Message.objects.filter(direction="in").count() == 1
