"""The wire to a provider: nothing leaves without a receipt, and nothing waits beyond the deadline.

The SDK's timeouts are for each read, so a server that sends a byte now and then is waited for without end. Here every
connect, write and read is told how much is left of one deadline, and looks up now and then whether it was called off.
"""

from __future__ import annotations

import queue
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore2
import httpx2
from openai import OpenAIError

_CONNECT_SECONDS = 5.0
_LOOK_UP_SECONDS = 0.1
_WRITTEN_AT_ONCE = 16_384
_LARGEST_ANSWER = 8_000_000
_IDLE_SECONDS = 30.0
# What tells about the machine or asks for an answer whose size is not known before it is unpacked.
_HEADERS_LEFT_OUT = (b"x-stainless-", b"accept-encoding")


class WireFailed(OpenAIError):
    """The attempt failed on the way; an OpenAIError, because the SDK lets those through as they are."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class CalledOff(OpenAIError):
    """The caller no longer wants the answer."""


@dataclass(slots=True)
class Attempt:
    """What one attempt may use up, and whom it tells what is about to leave."""

    deadline: float
    before_send: Callable[[bytes], str]
    cancelled: threading.Event | None = None
    receipt: str | None = None
    refusal: BaseException | None = None
    seconds_for_receipt: float = 0.0

    def remaining(self) -> float:
        """Seconds until the deadline. Raises WireFailed past it, CalledOff where the caller has given up."""
        if self.cancelled is not None and self.cancelled.is_set():
            raise CalledOff("The call was called off.")
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise WireFailed("timeout", "The deadline passed before the answer was complete.")
        return remaining

    def show(self, body: bytes) -> None:
        """Gives the caller the exact bytes; if that raises, the bytes stay here."""
        started = time.monotonic()
        try:
            self.receipt = self.before_send(body)
        except BaseException as refusal:
            self.refusal = refusal
            raise
        finally:
            self.seconds_for_receipt += time.monotonic() - started


current_attempt: ContextVar[Attempt] = ContextVar("current_attempt")


class _Stream(httpcore2.NetworkStream):
    """A connection whose every step is bounded by the deadline of the attempt that uses it."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        attempt = current_attempt.get()
        while True:
            try:
                return self._inner.read(max_bytes, timeout=min(_LOOK_UP_SECONDS, attempt.remaining()))
            except httpcore2.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        attempt = current_attempt.get()
        for start in range(0, len(buffer), _WRITTEN_AT_ONCE):
            self._inner.write(buffer[start : start + _WRITTEN_AT_ONCE], timeout=attempt.remaining())

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = min(_CONNECT_SECONDS, current_attempt.get().remaining())
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout=left))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Connecting:
    """A connection being made in a thread, since looking up a name cannot be given a time limit."""

    def __init__(self, connect: Callable[[], httpcore2.NetworkStream]) -> None:
        self._connect = connect
        self._results: queue.SimpleQueue[httpcore2.NetworkStream | Exception] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._abandoned = False
        threading.Thread(target=self._run, name="provider-connect", daemon=True).start()

    def _run(self) -> None:
        try:
            result: httpcore2.NetworkStream | Exception = self._connect()
        except Exception as error:  # noqa: BLE001 - raised again by whoever waits
            result = error
        with self._lock:
            if not self._abandoned:
                self._results.put(result)
            elif isinstance(result, httpcore2.NetworkStream):
                result.close()

    def result(self, attempt: Attempt) -> httpcore2.NetworkStream:
        """The connection, once it is there. Raises what the attempt or the connecting raised."""
        until = time.monotonic() + _CONNECT_SECONDS
        try:
            while True:
                left = until - time.monotonic()
                try:
                    return _raised(self._results.get(timeout=min(_LOOK_UP_SECONDS, max(0, left), attempt.remaining())))
                except queue.Empty:
                    if left <= 0:
                        raise httpcore2.ConnectTimeout("The connection took too long.") from None
        except BaseException:
            with self._lock:
                self._abandoned = True
            raise


def _raised(result: httpcore2.NetworkStream | Exception) -> httpcore2.NetworkStream:
    if isinstance(result, Exception):
        raise result
    return result


class _Backend(httpcore2.NetworkBackend):
    """Makes connections that know the deadline."""

    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        attempt = current_attempt.get()
        left = min(_CONNECT_SECONDS, attempt.remaining())
        connecting = _Connecting(lambda: self._inner.connect_tcp(host, port, left, local_address, socket_options))
        return _Stream(connecting.result(attempt))


class _Body(httpx2.SyncByteStream):
    """The body of an answer, up to a size that no answer has."""

    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        try:
            for piece in self._response.iter_stream():
                size += len(piece)
                if size > _LARGEST_ANSWER:
                    raise WireFailed("bad_answer", "The answer is larger than any answer can be.")
                yield piece
        except _WIRE_ERRORS as error:
            raise _wire_failure(error) from None

    def close(self) -> None:
        self._response.close()


class ReceiptedTransport(httpx2.BaseTransport):
    """Sends what the SDK wrote after showing it, byte for byte, to the attempt's `before_send`. Threads share it."""

    def __init__(self, *, secure: bool) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context() if secure else None,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=_Backend(),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One HTTP request. Raises WireFailed, CalledOff, or what `before_send` raised."""
        attempt = current_attempt.get()
        body = request.read()
        headers = [pair for pair in request.headers.raw if not pair[0].lower().startswith(_HEADERS_LEFT_OUT)]
        attempt.show(body)
        url = request.url
        try:
            response = self._pool.handle_request(
                httpcore2.Request(
                    method=request.method,
                    url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=headers,
                    content=body,
                    extensions={"timeout": {"pool": attempt.remaining()}},
                )
            )
        except _WIRE_ERRORS as error:
            raise _wire_failure(error) from None
        return httpx2.Response(status_code=response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        """Closes all connections."""
        self._pool.close()


_WIRE_ERRORS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
)


def _wire_failure(error: Exception) -> WireFailed:
    if isinstance(error, (httpcore2.ConnectTimeout, httpcore2.ConnectError)):
        return WireFailed("unreachable", "No connection to the provider could be made.")
    if isinstance(error, httpcore2.TimeoutException):
        return WireFailed("timeout", "The deadline passed before the answer was complete.")
    if isinstance(error, (httpcore2.UnsupportedProtocol, httpcore2.LocalProtocolError)):
        return WireFailed("refused", "The provider's address or key cannot be used in a request.")
    return WireFailed("unreachable", "The connection broke before the answer was complete.")
