"""How often a worker waits for the database while it prepares a draft: each time costs more than the statement itself."""

from __future__ import annotations

from conversations.drafting.models import Draft
from tests.cast import Cast
from tests.desk.test_statements import trips
from tests.drafting.shelf import fill
from tests.drafting.test_pipeline import work
from tests.standin import StandIn

MOST = 10


def test_a_draft_takes_few_round_trips(company: Cast, standin: StandIn) -> None:
    fill()
    company.ticket()
    work()  # what is made once is made
    company.ticket()
    with trips() as made:
        work()
    assert Draft.objects.filter(state="pending_review").count() == 2
    assert len(made) <= MOST, made
