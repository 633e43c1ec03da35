"""Asking a model: nothing leaves unseen, every failure has a code, and the time is never more than was given."""

from __future__ import annotations

import json
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conversations.drafting.prompt import PromptPassage, Turn, build
from conversations.drafting.provider import Cancelled, Completion, Provider, ProviderFailed
from conversations.drafting.standin.running import RunningStandIn, running_standin

MODEL = "countersign-standin-1"
SECRET = "sk-very-secret"
PASSAGE = PromptPassage("kb-1", "Returns", "", "You can return any item within 30 days of delivery.")


def _body(words: str = "How long can I return the item after delivery?") -> dict[str, Any]:
    return build(
        thread=[Turn("customer", words)],
        subject="",
        passages=[PASSAGE],
        language="en",
        instruction=None,
        signature="Team Lumen",
        model=MODEL,
    )


@pytest.fixture(scope="module")
def running() -> Iterator[RunningStandIn]:
    with running_standin() as standin:
        yield standin


@pytest.fixture
def standin(running: RunningStandIn) -> RunningStandIn:
    running.forget()
    return running


@pytest.fixture
def provider(standin: RunningStandIn) -> Iterator[Provider]:
    made = Provider(standin.base_url, SECRET, MODEL, deadline=8)
    made.warm()
    yield made
    made.close()


class Receipts:
    """Keeps what was about to leave, as the desk's receipts do."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, body: bytes) -> str:
        self.bodies.append(body)
        return f"receipt-{len(self.bodies)}"


def _complete(provider: Provider, **more: Any) -> Completion:
    return provider.complete(_body(), before_send=more.pop("before_send", Receipts()), **more)


def _failure(provider: Provider, **more: Any) -> ProviderFailed:
    with pytest.raises(ProviderFailed) as failure:
        _complete(provider, **more)
    return failure.value


def test_an_answer_comes_with_its_model_tokens_and_time(provider: Provider) -> None:
    completion = _complete(provider)
    assert json.loads(completion.content)["reply"].startswith("Hello")
    assert completion.model == MODEL
    assert completion.prompt_tokens > 100
    assert completion.completion_tokens > 10
    assert 0 < completion.seconds < 5
    assert completion.attempts == 1
    assert completion.receipts == ("receipt-1",)


def test_what_leaves_is_to_the_byte_what_was_shown_before(provider: Provider, standin: RunningStandIn) -> None:
    receipts = Receipts()
    provider.complete(_body("Grüße 🙂 \u0007 مرحبا"), before_send=receipts)
    assert [body.encode() for body in standin.state()["bodies"]] == receipts.bodies
    assert "Grüße 🙂" in json.loads(receipts.bodies[0])["messages"][1]["content"]


def test_nothing_leaves_before_the_receipt_is_written(provider: Provider, standin: RunningStandIn) -> None:
    _complete(provider)  # a connection is open now, which the next call would use

    def slowly(body: bytes) -> str:
        time.sleep(0.2)
        assert standin.state()["requests"] == 1
        return "receipt"

    assert _complete(provider, before_send=slowly).seconds < 0.2
    assert standin.state()["requests"] == 2


@pytest.mark.parametrize("error", [RuntimeError("no"), ValueError("no"), TimeoutError("no"), KeyboardInterrupt("no")])
def test_nothing_leaves_where_no_receipt_could_be_written(
    provider: Provider, standin: RunningStandIn, error: BaseException
) -> None:
    def refuse(body: bytes) -> str:
        raise error

    with pytest.raises(type(error)) as raised:
        _complete(provider, before_send=refuse)
    assert raised.value is error
    assert standin.state()["requests"] == 0
    assert _complete(provider).content


def test_every_attempt_has_a_receipt_of_its_own(provider: Provider, standin: RunningStandIn) -> None:
    standin.misbehave("500", times=2)
    receipts = Receipts()
    completion = _complete(provider, before_send=receipts)
    assert completion.attempts == 3
    assert completion.receipts == ("receipt-1", "receipt-2", "receipt-3")
    assert standin.state()["requests"] == len(receipts.bodies) == 3
    assert len(set(receipts.bodies)) == 1


@pytest.mark.parametrize("fault", ["500", "502", "503", "504", "429", "cut"])
def test_what_can_pass_is_tried_again(provider: Provider, standin: RunningStandIn, fault: str) -> None:
    standin.misbehave(fault, times=1, seconds=0)
    assert _complete(provider).attempts == 2


@pytest.mark.parametrize(("fault", "code"), [("500", "server_error"), ("429", "rate_limited"), ("cut", "unreachable")])
def test_after_the_last_attempt_the_failure_says_what_it_was(
    provider: Provider, standin: RunningStandIn, fault: str, code: str
) -> None:
    standin.misbehave(fault, seconds=0)
    failure = _failure(provider)
    assert (failure.code, failure.retryable) == (code, True)
    assert failure.receipts == ("receipt-1", "receipt-2", "receipt-3")
    assert standin.state()["requests"] == 3


@pytest.mark.parametrize("status", [400, 403, 404])
def test_what_will_not_pass_is_not_tried_again(provider: Provider, standin: RunningStandIn, status: int) -> None:
    standin.misbehave(str(status))
    failure = _failure(provider)
    assert (failure.code, failure.retryable) == ("refused", False)
    assert str(status) in failure.detail
    assert standin.state()["requests"] == 1


def test_a_wrong_key_is_named_and_a_missing_one_sends_nothing(standin: RunningStandIn) -> None:
    failure = _failure(Provider(standin.base_url, "wrong-key", MODEL))
    assert (failure.code, failure.retryable) == ("wrong_key", False)
    for key, code in (("", "no_key"), ("  ", "no_key"), ("schlüssel", "wrong_key"), ("two\nlines", "wrong_key")):
        receipts = Receipts()
        assert _failure(Provider(standin.base_url, key, MODEL), before_send=receipts).code == code
        assert receipts.bodies == []


def test_a_key_with_a_line_break_behind_it_as_from_a_file_is_taken(standin: RunningStandIn) -> None:
    assert _complete(Provider(standin.base_url, "key\n", MODEL)).content


def test_a_wait_that_the_provider_asks_for_is_kept(provider: Provider, standin: RunningStandIn) -> None:
    standin.misbehave("429", times=1, seconds=1)
    started = time.monotonic()
    assert _complete(provider).attempts == 2
    assert 1.0 <= time.monotonic() - started < 2.5


def test_a_wait_beyond_the_deadline_is_not_begun(provider: Provider, standin: RunningStandIn) -> None:
    standin.misbehave("429", seconds=60)
    started = time.monotonic()
    failure = _failure(provider)
    assert time.monotonic() - started < 1
    assert (failure.code, failure.retry_after, failure.retryable) == ("rate_limited", 60, True)


@pytest.mark.parametrize(("fault", "seconds"), [("hang", None), ("drip", 0.05), ("slow", 30)])
def test_the_deadline_holds_for_the_whole_call(standin: RunningStandIn, fault: str, seconds: float | None) -> None:
    standin.misbehave(fault, seconds=seconds)
    provider = Provider(standin.base_url, SECRET, MODEL, deadline=0.7)
    provider.warm()
    started = time.monotonic()
    failure = _failure(provider)
    assert 0.6 < time.monotonic() - started < 1.2
    assert (failure.code, failure.retryable) == ("timeout", True)
    assert failure.receipts == ("receipt-1",)


def test_the_deadline_holds_over_attempts_and_their_pauses(standin: RunningStandIn) -> None:
    standin.misbehave("500")
    provider = Provider(standin.base_url, SECRET, MODEL, deadline=1.2, attempts=50)
    provider.warm()
    started = time.monotonic()
    assert _failure(provider).code == "server_error"
    assert time.monotonic() - started < 1.4
    assert standin.state()["requests"] < 6


@pytest.mark.parametrize("fault", ["hang", "drip", "500"])
def test_called_off_it_stops_soon_whatever_it_waits_for(standin: RunningStandIn, fault: str) -> None:
    standin.misbehave(fault)
    provider = Provider(standin.base_url, SECRET, MODEL, deadline=30, attempts=100)
    provider.warm()
    cancelled = threading.Event()
    threading.Timer(0.4, cancelled.set).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        _complete(provider, cancelled=cancelled)
    assert time.monotonic() - started < 1
    with pytest.raises(Cancelled):
        _complete(provider, cancelled=cancelled)


@pytest.mark.parametrize("fault", ["bad_json", "bad_schema", "wrong_quote", "invented"])
def test_content_of_any_kind_is_handed_on_to_be_judged(provider: Provider, standin: RunningStandIn, fault: str) -> None:
    standin.misbehave(fault)
    assert _complete(provider).content


def test_an_empty_answer_is_a_bad_one(provider: Provider, standin: RunningStandIn) -> None:
    standin.misbehave("empty")
    failure = _failure(provider)
    assert (failure.code, failure.retryable) == ("bad_answer", True)


def test_nobody_there_is_unreachable_after_the_attempts() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        failure = _failure(Provider(address, SECRET, MODEL, attempts=2))
    assert (failure.code, failure.retryable) == ("unreachable", True)
    assert failure.receipts == ("receipt-1", "receipt-2")


@pytest.mark.parametrize("address", ["http://no-such-host.invalid/v1", "ftp://127.0.0.1/v1", "not an address"])
def test_an_address_that_cannot_be_asked_is_a_failure_like_others(address: str) -> None:
    assert _failure(Provider(address, SECRET, MODEL, attempts=1, deadline=20)).code in {"unreachable", "refused"}


def test_many_threads_share_one_provider_and_each_gets_its_own_answer(
    provider: Provider, standin: RunningStandIn
) -> None:
    def ask(number: int) -> tuple[int, Completion, list[bytes]]:
        receipts = Receipts()
        return number, provider.complete(_body(f"Is lamp-{number} delivered?"), before_send=receipts), receipts.bodies

    with ThreadPoolExecutor(8) as threads:
        for number, completion, bodies in threads.map(ask, range(40)):
            assert f"lamp-{number} " in bodies[0].decode()
            assert f"lamp-{number} " in completion.content
    assert standin.state()["requests"] == 40


def test_it_adds_a_few_milliseconds_to_a_call_on_a_kept_connection(provider: Provider) -> None:
    _complete(provider)
    assert statistics.median(_complete(provider).seconds for _ in range(15)) < 0.025


def test_a_failure_holds_neither_key_nor_what_was_sent(provider: Provider, standin: RunningStandIn) -> None:
    for fault in ("400", "500", "cut", "empty", "429"):
        standin.misbehave(fault, seconds=60)
        failure = _failure(Provider(standin.base_url, SECRET, MODEL, attempts=1))
        shown = f"{failure!r} {failure} {failure.detail} {failure.args}"
        assert SECRET not in shown
        assert "return the item" not in shown
        assert failure.__cause__ is None
    assert SECRET not in repr(provider)


class Canned:
    """A server that answers what the stand-in never would; it keeps the raw requests."""

    def __init__(self, *answers: bytes | Callable[[socket.socket], None]) -> None:
        self.requests: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._answers = answers
        self.base_url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/v1"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        for answer in self._answers:
            connection, _ = self._listening.accept()
            with connection:
                received = b""
                while b"\r\n\r\n" not in received or len(received.split(b"\r\n\r\n", 1)[1]) < self._length(received):
                    received += connection.recv(65536)
                self.requests.append(received)
                if isinstance(answer, bytes):
                    connection.sendall(answer)
                else:
                    answer(connection)
        self._listening.close()

    @staticmethod
    def _length(received: bytes) -> int:
        head = received.split(b"\r\n\r\n", 1)[0].lower()
        return int(head.split(b"content-length:")[1].split(b"\r\n")[0])


def _http(status: str, body: bytes, *headers: str, kind: str = "application/json") -> bytes:
    head = [
        f"HTTP/1.1 {status}",
        f"content-type: {kind}",
        f"content-length: {len(body)}",
        "connection: close",
        *headers,
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def _choice(**message: Any) -> bytes:
    reason = message.pop("finish_reason", "stop")
    choice = {"index": 0, "finish_reason": reason, "message": {"role": "assistant", "content": None, **message}}
    return json.dumps(
        {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    ).encode()


def test_the_request_tells_nothing_about_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-of-somebody-else")
    server = Canned(_http("200 OK", _choice(content="Hi")))
    completion = _complete(Provider(server.base_url, SECRET, MODEL))
    assert (completion.model, completion.prompt_tokens, completion.completion_tokens) == ("m", 0, 0)
    head = server.requests[0].split(b"\r\n\r\n")[0].decode().lower()
    names = {line.split(":")[0] for line in head.split("\r\n")[1:]}
    assert names == {"host", "accept", "content-type", "content-length", "authorization", "user-agent", "connection"}
    assert "user-agent: countersign" in head
    assert f"authorization: bearer {SECRET}" in head
    assert b"sk-of-somebody-else" not in server.requests[0]


def test_a_redirect_is_not_followed() -> None:
    elsewhere = Canned(_http("200 OK", _choice(content="Hi")))
    server = Canned(_http("307 Temporary Redirect", b"", f"location: {elsewhere.base_url}/chat/completions"))
    failure = _failure(Provider(server.base_url, SECRET, MODEL))
    assert (failure.code, failure.retryable) == ("refused", False)
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("answer", "code", "retryable"),
    [
        (_http("200 OK", b"<html>Welcome</html>", kind="text/html"), "bad_answer", True),
        (_http("200 OK", b'{"choices": [', kind="application/json"), "bad_answer", True),
        (_http("200 OK", b"[]"), "bad_answer", True),
        (_http("200 OK", b'{"choices": []}'), "bad_answer", True),
        (_http("200 OK", b'{"choices": [{"message": "no"}]}'), "bad_answer", True),
        (_http("200 OK", _choice(content=["a"])), "bad_answer", True),
        (_http("200 OK", _choice(content="half of it", finish_reason="length")), "bad_answer", True),
        (_http("200 OK", _choice(content="", finish_reason="content_filter")), "refused", False),
        (_http("200 OK", _choice(refusal="I will not.")), "refused", False),
        (_http("429 Too Many", b'{"error": {"code": "insufficient_quota"}}'), "rate_limited", False),
        (_http("501 Not Implemented", b"{}"), "server_error", False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n" + b" " * 9_000_000, "bad_answer", True),
        (b"\x00\x01 this is not HTTP\r\n\r\n", "unreachable", True),
        (b"", "unreachable", True),
    ],
)
def test_odd_answers_become_failures_with_a_code(answer: bytes, code: str, *, retryable: bool) -> None:
    failure = _failure(Provider(Canned(answer).base_url, SECRET, MODEL, attempts=1))
    assert (failure.code, failure.retryable) == (code, retryable)


def test_a_date_in_retry_after_is_understood() -> None:
    server = Canned(_http("503 Busy", b"{}", "retry-after: Fri, 31 Dec 2100 23:59:59 GMT"))
    failure = _failure(Provider(server.base_url, SECRET, MODEL))
    assert failure.retry_after
    assert failure.retry_after > 1e6


def test_headers_that_drip_are_no_way_around_the_deadline() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
        for _ in range(100):
            time.sleep(0.05)
            try:
                connection.sendall(b"y")
            except OSError:
                return

    started = time.monotonic()
    assert _failure(Provider(Canned(drip).base_url, SECRET, MODEL, deadline=0.8)).code == "timeout"
    assert time.monotonic() - started < 1.6
