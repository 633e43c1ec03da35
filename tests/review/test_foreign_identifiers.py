"""Another customer's data never leaves: no answer lets it through, in a draft, a changed text or one's own."""

from __future__ import annotations

import pytest
from django.test import Client

from conversations.drafting.models import Draft
from conversations.review.actions import Edit, Seen, approve, edit, write_reply
from conversations.review.problems import FlagsUnacknowledged
from tests.cast import Cast
from tests.drafts import pending_draft

LEAK = "Hello Carla, your order NO-48211 is on its way."


@pytest.fixture
def draft(cast: Cast) -> Draft:
    """Paul has an order; Carla's draft is clean."""
    cast.ticket("My order NO-48211 never came.", email="paul@example.com", name="Paul Bauer")
    return pending_draft(cast.ticket())


def test_an_answer_does_not_let_a_flag_through_and_editing_the_words_away_does(cast: Cast, draft: Draft) -> None:
    leaking = pending_draft(draft.ticket, text=LEAK, flags=[("other_customer", "blocker", "NO-48211")])
    answered = {leaking.flags.get().pk: ("false_alarm", "I am sure")}
    with pytest.raises(FlagsUnacknowledged) as refused:
        approve(leaking, by=cast.ana.actor(), seen=Seen(leaking.version, answered))
    assert [flag["words"] for flag in refused.value.fields["flags"]] == ["NO-48211"]
    assert "NO-48211" in str(refused.value.detail)
    edit(leaking, Edit("Hello Carla, your order is on its way."), by=cast.ana.actor(), seen=Seen(leaking.version))


def test_typed_into_a_draft_it_cannot_be_answered_away_either(cast: Cast, draft: Draft) -> None:
    for _try in range(2):
        with pytest.raises(FlagsUnacknowledged) as refused:
            edit(draft, Edit(LEAK), by=cast.ana.actor(), seen=Seen(draft.version))
        (flag,) = refused.value.fields["flags"]
        assert (flag["kind"], flag["id"] < 0, refused.value.fields["text"]) == ("other_customer", True, LEAK)
    with pytest.raises(FlagsUnacknowledged):
        edit(draft, Edit(LEAK), by=cast.ana.actor(), seen=Seen(draft.version, {flag["id"]: ("true", "x")}))


def test_ones_own_reply_is_refused_with_the_words_and_kept(cast: Cast, draft: Draft) -> None:
    with pytest.raises(FlagsUnacknowledged) as refused:
        write_reply(draft.ticket, text=LEAK, by=cast.ana.actor())
    assert refused.value.fields["text"] == LEAK
    # Other facts of one's own are one's own affair.
    write_reply(draft.ticket, text="The 79.00 € left us on Monday.", by=cast.ana.actor())


def test_the_page_shows_the_words_and_keeps_the_reply(cast: Cast, draft: Draft, client: Client) -> None:
    client.force_login(cast.ana)
    last = cast.last_message(draft.ticket).pk
    answer = client.post(f"/tickets/{draft.ticket_id}/reply/", {"text": LEAK, "last_seen": last})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This belongs to another customer and must go: “NO-48211”." in page
    assert page.count(LEAK) >= 1


def test_the_api_refuses_a_reply_of_ones_own(cast: Cast, draft: Draft, client: Client) -> None:
    token = cast.token(cast.ana, "tickets:write", "decide")
    answer = client.post(
        f"/api/v1/tickets/{draft.ticket_id}/messages/",
        {"body": LEAK, "from": "agent"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "flags_unacknowledged")
    assert answer.json()["flags"][0]["kind"] == "other_customer"
