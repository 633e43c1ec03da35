"""PostgreSQL restarted and killed under a burst of requests: what was acknowledged is there, once, and all goes on by itself."""

from __future__ import annotations

import time

from conversations.drafting.models import Draft
from conversations.models import Customer, Sending, Ticket
from desk.ledger.models import Counter, Entry
from tests.chaos.calling import Answer, in_background
from tests.chaos.stack import Stack, drafts, drop_connections, eventually
from tests.feed.live import signed_in
from tests.feed.test_replicas import Replica, fresh

BURST = 60


def test_postgres_restarted_and_killed_in_a_burst_loses_nothing_acknowledged_and_doubles_nothing(desk: Stack) -> None:
    page = Replica(desk.cast.ana, "todo", "en", signed_in(desk.cast.ana))
    page.load()
    page.connect(desk)  # type: ignore[arg-type]
    before = {name: program.pid for name, program in desk.programs.items()}
    refused: list[int] = []

    def until_acknowledged(number: int) -> Answer:
        """As a program does that wants to be sure: the same request with the same key, until it is answered."""
        while True:
            answer = desk.shop.open_ticket(f"restart{number}@example.com", key=f"restart {number}")
            if answer.status == 201:
                return answer
            refused.append(answer.status)
            time.sleep(0.3)

    with in_background(BURST, until_acknowledged, clients=6) as burst:
        burst.wait_for(15)
        desk.postgres.stop()
        time.sleep(1.0)
        desk.postgres.start()
        burst.wait_for(40)
        desk.postgres.kill()
        desk.postgres.start()
    answers = burst.results()
    drop_connections()
    back = time.monotonic()
    eventually(desk.shop.well, within=10, what="the desk is ready again")
    assert set(refused) <= {0, 409, 500, 503}, set(refused)
    assert refused, "the faults were felt"
    numbers = [answer.body["number"] for answer in answers]
    assert len(set(numbers)) == BURST
    for number, answer in enumerate(answers):
        again = desk.shop.open_ticket(f"restart{number}@example.com", key=f"restart {number}")
        assert (again.status, again.body) == (201, answer.body)
    written = Ticket.objects.filter(customer__email__startswith="restart")
    assert written.count() == BURST
    assert set(written.values_list("number", flat=True)) == set(numbers)
    assert Customer.objects.filter(email__startswith="restart").count() == BURST

    eventually(lambda: drafts(*numbers) == BURST, within=40, what="each is drafted")
    assert Draft.objects.filter(ticket__in=numbers).count() == BURST
    sendings = Sending.objects.filter(message__ticket__in=numbers)
    # When the database goes in the very moment in which a mail leaves, nobody knows: that is said, and not tried again.
    eventually(
        lambda: sendings.filter(state__in=["sent", "unknown"]).count() == BURST, within=30, what="all is settled"
    )
    for sending in sendings.select_related("message__ticket__customer"):
        mails = desk.mails_to(sending.message.ticket.customer.email)
        assert mails == 1 if sending.state == "sent" else mails <= 1
    assert {name: program.pid for name, program in desk.programs.items() if program.running} == before, "by themselves"
    assert _ledger_is_dense()
    page.catch_up(desk)  # type: ignore[arg-type]
    assert page.shown() == fresh(desk.cast.ana, "todo", "en")
    page.disconnect()
    assert time.monotonic() - back < 60


def _ledger_is_dense() -> bool:
    head = Counter.objects.get().value
    return Entry.objects.count() == head and Entry.objects.latest("seq").seq == head
