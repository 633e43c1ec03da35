"""Floods are stopped with a sentence, what was typed is kept, and nobody is refused because the counting fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from conversations.models import Concern, Ticket
from conversations.portal.limits import (
    CHOICES_OF_A_TICKET,
    CONCERNS_OF_A_TICKET,
    MESSAGES_OF_A_TICKET,
    REQUESTS_OF_A_NETWORK,
    REQUESTS_OF_AN_ADDRESS,
    SEARCHES_OF_A_NETWORK,
    Limit,
    network_of,
)
from tests.cast import Cast
from tests.portal.letters import approved_reply, send
from tests.portal.pages import ask, page_of, read


def use_up(limit: Limit, who: str) -> None:
    for _ in range(limit.times):
        assert limit.allows(who)


def test_too_many_requests_from_one_place_get_a_sentence_and_keep_the_text(client: Client, cast: Cast) -> None:
    use_up(REQUESTS_OF_A_NETWORK, "127.0.0.1")
    response = ask(client, message="My words.")
    assert response.status_code == 429
    assert response["Retry-After"] == "600"
    html = response.content.decode()
    assert "please wait ten minutes" in html
    assert "My words." in html
    assert not Ticket.objects.exists()


def test_one_address_cannot_be_flooded_from_many_places(client: Client, cast: Cast) -> None:
    use_up(REQUESTS_OF_AN_ADDRESS, "dora@example.com")
    assert ask(client, email="Dora@Example.com").status_code == 429
    assert ask(client, email="other@example.com").status_code == 302


def test_a_form_with_mistakes_counts_for_the_place_and_not_for_the_address(client: Client, cast: Cast) -> None:
    for _ in range(REQUESTS_OF_AN_ADDRESS.times + 1):
        assert ask(client, message="").status_code == 400
    assert ask(client).status_code == 302


def test_too_many_messages_on_a_ticket_keep_the_text(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    use_up(MESSAGES_OF_A_TICKET, str(ticket.number))
    response = client.post(f"{page_of(ticket)}write/", {"message": "One more word."})
    assert response.status_code == 429
    assert "One more word." in response.content.decode()
    assert "That was a lot in a short time." in response.content.decode()
    assert ticket.messages.filter(direction="in").count() == 1


def test_who_wrote_a_lot_can_still_choose_people(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    use_up(MESSAGES_OF_A_TICKET, str(ticket.number))
    assert client.post(f"{page_of(ticket)}people-only/").status_code == 302
    assert cast.carla.ai_consent is False


def test_choices_and_concerns_have_their_limits_too(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    reply = send(approved_reply(ticket, cast.ana))
    use_up(CHOICES_OF_A_TICKET, str(ticket.number))
    use_up(CONCERNS_OF_A_TICKET, str(ticket.number))
    for act in ("people-only/", "allow/", "person/"):
        assert client.post(f"{page_of(ticket)}{act}").status_code == 429
    response = client.post(f"{page_of(ticket)}wrong/{reply.pk}/", {"wrong": "It was 30 days."})
    assert response.status_code == 429
    assert "It was 30 days." in response.content.decode()
    assert cast.carla.ai_consent is None
    assert not Concern.objects.exists()


def test_one_ticket_in_a_flood_leaves_the_others_alone(client: Client, cast: Cast) -> None:
    ticket, other = cast.ticket(), cast.ticket()
    use_up(MESSAGES_OF_A_TICKET, str(ticket.number))
    assert client.post(f"{page_of(other)}write/", {"message": "Hello"}).status_code == 302


def test_reading_is_never_limited(client: Client, cast: Cast) -> None:
    ticket = cast.ticket()
    for limit in (MESSAGES_OF_A_TICKET, CHOICES_OF_A_TICKET, REQUESTS_OF_A_NETWORK, SEARCHES_OF_A_NETWORK):
        use_up(limit, str(ticket.number))
        use_up(limit, "127.0.0.1")
    for path in (page_of(ticket), "/help/", "/help/new/", "/help/?q=refund"):
        read(client, path)


def test_without_its_cache_nobody_is_refused(client: Client, cast: Cast, settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    ticket = cast.ticket()
    assert ask(client).status_code == 302
    assert client.post(f"{page_of(ticket)}write/", {"message": "Hello"}).status_code == 302
    assert client.post(f"{page_of(ticket)}people-only/").status_code == 302


def test_a_household_with_many_addresses_counts_as_one(rf: RequestFactory) -> None:
    def network(address: str) -> str:
        return network_of(rf.get("/", REMOTE_ADDR=address))

    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9")
    assert network("2001:db8:1:2::1") != network("2001:db8:1:3::1")
    assert network("192.0.2.1") != network("192.0.2.2")
    assert network("no address") == "unknown"


def test_a_forwarded_address_of_ones_own_making_does_not_help(
    client: Client, cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Outside the demo, which refuses every request that says that it comes from elsewhere.
    settings.DEMO = False
    monkeypatch.setattr(settings.ENV, "demo", False)
    use_up(REQUESTS_OF_A_NETWORK, "127.0.0.1")
    response = client.post(
        "/help/new/", {"email": "a@example.com", "message": "x"}, headers={"x-forwarded-for": "192.0.2.9"}
    )
    assert response.status_code == 429
