"""The witness program asks a desk over HTTP: what it sends, and what it does with whatever comes back."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from desk.ledger.programs import countersign_witness as program


class Answers(ThreadingHTTPServer):
    """Says the same to everybody, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.content, self.more = 200, b"", {}
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    status: int
    content: bytes
    more: dict[str, str]


class Handler(BaseHTTPRequestHandler):
    server: Answers

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers.items()), body))
        self.send_response(self.server.status)
        for name, value in {**self.server.more, "Content-Length": str(len(self.server.content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.content)

    do_GET = do_POST = answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def desk() -> Iterator[Answers]:
    with Answers() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def asking(desk: Answers) -> program.Desk:
    return program.Desk(f"http://127.0.0.1:{desk.server_port}/help/", "secret")


def test_it_asks_with_its_token_and_sends_a_line_that_can_come_twice(desk: Answers) -> None:
    desk.content = "an answer — whole\n".encode()
    witness = asking(desk)
    assert witness.checkpoint() == witness.consistency(3, 7) == witness.post("— line\n") == "an answer — whole\n"
    assert [(command, path) for command, path, _headers, _body in desk.asked] == [
        ("GET", "/help/api/v1/ledger/checkpoint/"),
        ("GET", "/help/api/v1/ledger/consistency/?from=3&to=7"),
        ("POST", "/help/api/v1/ledger/cosignatures/"),
    ]
    assert [headers["Authorization"] for _command, _path, headers, _body in desk.asked] == ["Bearer secret"] * 3
    _command, _path, headers, body = desk.asked[-1]
    assert body == "— line\n".encode()
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Idempotency-Key"] == hashlib.sha256(body).hexdigest()
    assert "Idempotency-Key" not in desk.asked[0][2]
    assert [witness.consistency(0, 7), witness.consistency(7, 7), witness.consistency(8, 7)] == ["", "", ""]
    assert len(desk.asked) == 3, "where there is nothing to prove nothing is asked"


def test_what_a_desk_refuses_is_said_in_its_words_or_in_those_of_http(desk: Answers) -> None:
    for status, content, said in (
        (401, b'{"detail": "No such token."}', "The desk refused (401): No such token."),
        (422, b'{"detail": "%s"}' % (b"x" * 600), f"The desk refused (422): {'x' * 500}"),
        (404, b"<h1>", "The desk refused (404): Not Found"),
        (500, b'{"title": "x"}', "The desk refused (500): Internal Server Error"),
        (503, b"[]", "The desk refused (503): Service Unavailable"),
    ):
        desk.status, desk.content = status, content
        with pytest.raises(program.Refused) as caught:
            asking(desk).checkpoint()
        assert str(caught.value) == said


def test_a_redirect_is_not_followed_for_it_would_carry_the_token_elsewhere(desk: Answers) -> None:
    desk.status, desk.more = 302, {"Location": f"http://127.0.0.1:{desk.server_port}/elsewhere"}
    with pytest.raises(program.Refused, match=r"The desk refused \(302\)"):
        asking(desk).checkpoint()
    assert len(desk.asked) == 1


def test_an_answer_that_is_too_long_or_no_text_is_not_taken(desk: Answers) -> None:
    desk.content = b"x" * program.MOST_BYTES
    assert len(asking(desk).checkpoint()) == program.MOST_BYTES
    for content, what in ((b"x" * (program.MOST_BYTES + 1), "longer than any checkpoint"), (b"\xff", "not UTF-8")):
        desk.content = content
        with pytest.raises(program.Refused, match=what):
            asking(desk).checkpoint()


def test_a_desk_that_does_not_answer_is_said_with_its_address() -> None:
    with pytest.raises(program.Refused) as caught:
        program.Desk("http://127.0.0.1:9", "t").checkpoint()
    assert str(caught.value).startswith("The desk at http://127.0.0.1:9 does not answer: ")
    assert str(caught.value).endswith("Connection refused.")
