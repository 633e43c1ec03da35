"""How frames get to pages: made once, written as they are, in order, and never more than a page takes."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from conversations.tickets import actions
from desk.feed.frames import Frame
from tests.cast import Cast
from tests.feed.live import Live, Page, head, signed_in
from tests.feed.test_following import entries_since


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 70_000])
def test_what_is_made_once_is_a_whole_frame_for_any_page(size: int) -> None:
    text = ("é" * (size // 2)) + "x" * (size % 2)
    client = ClientProtocol(parse_uri("ws://desk.test/"), state=State.OPEN)
    client.receive_data(Frame(text).wire * 2)
    frames = client.events_received()
    assert [(frame.opcode, frame.fin, bytes(frame.data).decode()) for frame in frames] == [
        (Opcode.TEXT, True, text)
    ] * 2


@pytest.fixture(params=["desk.feed.wire:Protocol", "websockets-sansio"])
def any_server(request: pytest.FixtureRequest, company: Cast) -> Iterator[Live]:
    """The desk as it is started, and under a server that knows nothing of whole frames."""
    server = Live(ws=request.param)
    yield server
    server.stop()


@pytest.fixture
def plain(company: Cast) -> Iterator[Live]:
    """Under a server that knows nothing of the feed."""
    server = Live(ws="websockets-sansio")
    yield server
    server.stop()


@pytest.fixture
def compressing(company: Cast) -> Iterator[Live]:
    """Under a server that compresses for every socket anew; `make run` has none such."""
    server = Live(compresses=True)
    yield server
    server.stop()


def test_under_any_server_a_page_is_told_the_same(company: Cast, any_server: Live) -> None:
    page, began = Page.of(company.ana, any_server, "queue:all"), head()
    ticket = company.ticket()
    for number in range(5):
        actions.add_note(ticket, text=f"Note {number}", by=company.ben.actor())
    page.hear_up_to(head())
    assert [frame["seq"] for frame in page.told if "ticket" in frame] == entries_since(began)
    page.say({"ping": 3})
    page.hear(lambda frame: frame.get("pong") == 3)


USUAL = {
    "Host": "desk.test",
    "Connection": "keep-alive, Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
}
FEED = "GET /ws/feed/?from=here HTTP/1.1"


def answer(server: Live, line: str, headers: dict[str, str], *more: str) -> tuple[str, dict[str, str]]:
    """What this server says to a request for a socket: its status line, and its headers but for the time."""
    lines = [line, *(f"{name}: {value}" for name, value in headers.items()), *more, "", ""]
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as pipe, pipe.makefile("rb") as said:
        pipe.sendall("\r\n".join(lines).encode())
        status = said.readline().decode().strip()
        found = [line.split(": ", 1) for line in iter(lambda: said.readline().decode().strip(), "")]
    return status, {name.lower(): value for name, value in found if name.lower() != "date"}


@pytest.mark.parametrize(
    ("line", "changed", "more", "status"),
    [
        (FEED, {}, [], 101),
        (FEED, {"Upgrade": "WebSocket", "Connection": "UPGRADE"}, [], 101),
        (FEED, {"Sec-WebSocket-Protocol": "mqtt, feed"}, [], 101),
        ("GET http://desk.test/ws/feed/ HTTP/1.1", {}, [], 403),
        ("GET /ws/f%65ed/ HTTP/1.1", {}, [], 101),
        ("GET /ws/elsewhere/ HTTP/1.1", {}, [], 403),
        ("POST /ws/feed/ HTTP/1.1", {}, [], 405),
        (FEED, {"Sec-WebSocket-Version": "8"}, [], 400),
        (FEED, {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ"}, [], 400),
        (FEED, {"Sec-WebSocket-Key": "dGhl"}, [], 400),
        (FEED, {"Sec-WebSocket-Key": ""}, [], 400),
        (FEED, {}, ["Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="], 400),
    ],
)
def test_any_server_answers_a_handshake_the_same(
    live: Live, plain: Live, line: str, changed: dict[str, str], more: list[str], status: int
) -> None:
    ours, theirs = (answer(server, line, {**USUAL, **changed}, *more) for server in (live, plain))
    assert ours == theirs
    assert ours[0].startswith(f"HTTP/1.1 {status} ")
    # The example of RFC 6455, 1.3.
    assert ours[1].get("sec-websocket-accept") == ("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" if status == 101 else None)


def test_a_page_that_agreed_on_compression_understands_frames_without(company: Cast, compressing: Live) -> None:
    page = Page(compressing, cookie=signed_in(company.ana), compression="deflate")
    assert "permessage-deflate" in page.socket.response.headers.get("Sec-WebSocket-Extensions", "")  # type: ignore[union-attr]
    page.follow("queue:todo", after=head())
    assert "row" in page.hear_change(company.ticket().number)
    page.say({"ping": 1})
    page.hear(lambda frame: frame.get("pong") == 1)


def test_a_page_that_reads_slowly_but_reads_hears_everything_in_order_and_once(company: Cast) -> None:
    """Its connection is full again and again; what waits for it is its place in the list, not its frames."""
    live = Live(send_buffer=20_000)
    try:
        tickets = [company.ticket(subject="🪁" * 300, name="🧦" * 200) for _ in range(4)]
        pipe = socket.socket()
        pipe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        pipe.connect(("127.0.0.1", live.port))
        page = Page(live, cookie=signed_in(company.ana), sock=pipe, max_queue=1)
        began = head()
        page.follow("queue:all", after=began)
        for _ in range(40):
            for ticket in tickets:
                actions.set_tags(ticket, ["looked-at"], by=company.ana.actor())
        limit = time.monotonic() + 40
        while max((frame.get("seq", 0) for frame in page.told), default=0) < head():
            assert time.monotonic() < limit
            page.hear(lambda frame: True, within=10)
            time.sleep(0.01)
        assert [frame["seq"] for frame in page.told if "ticket" in frame] == list(range(began + 1, head() + 1))
    finally:
        live.stop()


def test_pages_of_all_sorts_are_told_what_each_of_them_follows(company: Cast, live: Live) -> None:
    """Those of one sort share what is made; nobody gets what is another sort's."""
    one, other = company.ticket(), company.ticket(team=company.returns)
    ana = [Page.of(company.ana, live, "queue:all") for _ in range(3)]
    ben = Page.of(company.ben, live, "queue:all", "queue:mine")
    only = Page.of(company.ben, live, f"ticket:{other.number}")
    german = Page.of(company.ben, live)
    german.say({"follow": ["queue:all"], "after": head(), "language": "de"})
    actions.assign(one, company.ben, by=company.ben.actor())
    actions.assign(other, company.ben, by=company.ben.actor())
    for page in ana:
        page.hear_up_to(head())
        assert {frame["ticket"] for frame in page.told if "ticket" in frame} == {one.number}
    ben.hear_up_to(head())
    assert all("queue:mine" in frame["in"] for frame in ben.told if "ticket" in frame)
    assert not any("queue:mine" in frame["in"] for page in ana for frame in page.told if "ticket" in frame)
    only.hear_up_to(head())
    assert {frame["ticket"] for frame in only.told if "ticket" in frame} == {other.number}
    assert not any("row" in frame for frame in only.told)
    german.hear_up_to(head())
    rows = {frame["ticket"]: frame["row"] for frame in german.told if "row" in frame}
    english = {frame["ticket"]: frame["row"] for frame in ben.told if "row" in frame}
    assert rows.keys() == english.keys() == {one.number, other.number}
    assert all(rows[number] != english[number] for number in rows)
