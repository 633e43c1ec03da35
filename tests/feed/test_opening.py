"""Who may open a socket, how many, and how much may be said over it."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest
from django.test import override_settings
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from desk.feed.consumers import Feed, origin_allowed
from tests.cast import Cast
from tests.feed.live import Live, LiveProcess, Page, head, signed_in


def test_nobody_is_let_in_without_a_session(company: Cast, live: Live) -> None:
    assert Page(live).hear_closing() == 4401
    assert Page(live, cookie="sessionid=made-up").hear_closing() == 4401


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_a_page_of_another_site_may_not_connect(company: Cast, live: Live, origin: str | None) -> None:
    page = Page(live, cookie=signed_in(company.ana), origin=origin)
    assert page.hear_closing() == 4403
    assert page.told == []


def test_an_origin_is_ours_when_host_and_port_are() -> None:
    def allowed(origin: str, host: str = "desk.example.com") -> bool:
        return origin_allowed({"origin": origin, "host": host})

    with override_settings(ALLOWED_HOSTS=["desk.example.com", "[::1]"], PUBLIC_URL="https://desk.example.com:8443"):
        assert allowed("https://desk.example.com")
        assert allowed("https://desk.example.com:8443", "internal:9000")
        assert allowed("http://[::1]:8000", "[::1]:8000")
        assert not allowed("https://desk.example.com:3000")
        assert not allowed("https://desk.example.com:nonsense")
        assert not allowed("https://other.example.com")
        assert not allowed("file://desk.example.com")
        assert not allowed("")


def test_the_demo_opens_sockets_for_this_machine_only() -> None:
    for peer, code in (("192.0.2.7", 4403), ("127.0.0.1", 4401)):
        sent: list[dict[str, object]] = []
        heard = iter([{"type": "websocket.connect"}])

        async def receive(heard=heard):
            return next(heard)

        async def send(message, sent=sent):
            sent.append(message)

        headers = [(b"origin", b"http://127.0.0.1:8000"), (b"host", b"127.0.0.1:8000")]
        asyncio.run(Feed()({"type": "websocket", "headers": headers, "client": (peer, 5000)}, receive, send))
        assert sent[-1] == {"type": "websocket.close", "code": code}


def test_there_is_one_address_for_sockets(company: Cast, live: Live) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{live.port}/ws/other/", origin=live.origin)  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403


def test_a_person_has_at_most_forty_sockets(company: Cast, live: Live) -> None:
    cookie = signed_in(company.ana)
    pages = [Page(live, cookie=cookie) for _ in range(40)]
    for page in pages:
        page.say({"ping": 1})
        page.hear(lambda frame: "pong" in frame)
    assert Page(live, cookie=cookie).hear_closing() == 4429
    Page.of(company.ben, live, "queue:todo").hear(lambda frame: "counts" in frame)
    pages[0].leave()
    again = Page(live, cookie=cookie)
    again.say({"ping": 2})
    again.hear(lambda frame: "pong" in frame)


def test_a_page_that_never_stops_talking_is_closed(company: Cast, live: Live) -> None:
    page = Page.of(company.ana, live, "queue:todo")
    with contextlib.suppress(ConnectionClosed):
        for number in range(300):
            page.say({"ping": number})
    assert page.hear_closing() == 4429


def test_a_long_message_is_refused_before_it_is_read(company: Cast, live: Live) -> None:
    page = Page.of(company.ana, live, "queue:todo")
    page.say({"follow": ["queue:todo" for _ in range(5_000)], "after": head()})
    assert page.hear_closing() == 1009


def test_open_sockets_are_counted_for_the_operators(company: Cast, process: LiveProcess) -> None:
    page = Page.of(company.ana, process, "queue:todo")
    page.hear_change(company.ticket().number)
    page.hear_up_to(head())
    time.sleep(1.2)
    found = dict(line.rsplit(" ", 1) for line in process.metrics().splitlines() if line.startswith("countersign_feed"))
    assert float(found["countersign_feed_sockets"]) == 1
    assert float(found["countersign_feed_frames_total"]) >= 1
    assert float(found["countersign_feed_lag_seconds_count"]) >= 1
    assert float(found["countersign_feed_lag_seconds_sum"]) < 5
