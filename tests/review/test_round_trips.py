"""How often whoever approves waits for the database: each time costs more than the statement itself."""

from __future__ import annotations

from conversations.review.actions import Seen, approve
from tests.cast import Cast
from tests.desk.test_statements import trips
from tests.drafts import pending_draft

MOST = 2


def test_an_approval_takes_two_round_trips(company: Cast) -> None:
    first, second = pending_draft(company.ticket()), pending_draft(company.ticket())
    approve(first, by=company.ana.actor(), seen=Seen(first.version))  # what is made once is made
    with trips() as made:
        approve(second, by=company.ana.actor(), seen=Seen(second.version))
    assert len(made) <= MOST, made
