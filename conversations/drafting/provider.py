"""Asks a model through any OpenAI-compatible server (OpenAI, Azure, vLLM, llama.cpp, Ollama, the stand-in).

    provider.complete(body, before_send=keep_receipt)

Before every attempt `before_send` gets the exact bytes that are about to leave; what it raises stops them.
"""

from __future__ import annotations

import email.utils
import os
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import openai

    from conversations.drafting.wire import Attempt

Code = Literal["no_key", "wrong_key", "refused", "unreachable", "timeout", "rate_limited", "server_error", "bad_answer"]

_DEFAULT_BASE_URL = "https://api.openai.com/v1"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
_TRIED_AGAIN = frozenset({"rate_limited", "server_error", "unreachable"})
_SLUG = re.compile(r"[a-z0-9_.-]{1,40}", re.IGNORECASE)


class ProviderFailed(Exception):
    """No answer. `retryable`: the same call may succeed later, at the earliest in `retry_after` seconds.

    `detail` is a sentence of ours for people: it never holds what was sent, what came back, or the key. `receipts` are
    what `before_send` returned for each attempt of which the bytes may have left.
    """

    def __init__(self, code: Code, detail: str, *, retryable: bool, retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.retryable = retryable
        self.retry_after = retry_after
        self.receipts: tuple[str, ...] = ()


class Cancelled(Exception):
    """The caller's event was set: whoever asked no longer has the right to use an answer."""


@dataclass(frozen=True, slots=True)
class Completion:
    """The model's answer. Tokens are 0 where the provider does not count; `seconds` leave out `before_send`."""

    content: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    attempts: int
    receipts: tuple[str, ...]


class Provider:
    """One model at one address under one key. Its connections are reused; any number of threads may call it.

    `deadline` in seconds holds for a whole call, all attempts and pauses included.
    """

    def __init__(self, base_url: str, api_key: str, model: str, deadline: float = 45.0, attempts: int = 3) -> None:
        self.base_url = base_url or _DEFAULT_BASE_URL
        self.model = model
        self.deadline = deadline
        self.attempts = attempts
        self._api_key = api_key.strip()
        self._lock = threading.Lock()
        self._client: openai.OpenAI | None = None
        self._process = 0

    def warm(self) -> None:
        """Loads the SDK (about half a second) and builds what the first call needs; sends nothing."""
        if self._api_key:
            self._open().chat.completions.with_raw_response  # noqa: B018 - loads the resource

    def close(self) -> None:
        """Closes the connections; a later call opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def complete(
        self,
        body: Mapping[str, Any],
        *,
        before_send: Callable[[bytes], str],
        cancelled: threading.Event | None = None,
    ) -> Completion:
        """The answer to a Chat Completions request, tried again where that can help.

        `before_send` is called once for every attempt with the exact bytes, before any of them leave; what it raises is
        raised here, and nothing leaves. Raises ProviderFailed, or Cancelled soon after `cancelled` is set.
        """
        if not self._api_key:
            raise ProviderFailed("no_key", "No key for the model's provider is set.", retryable=False)
        if not (self._api_key.isascii() and self._api_key.isprintable()):
            raise ProviderFailed("wrong_key", "The key holds characters that no key has.", retryable=False)
        client = self._open()
        call = _Call(client, {"model": self.model, **body}, before_send, cancelled, time.monotonic() + self.deadline)
        while True:
            try:
                return call.attempt()
            except ProviderFailed as failure:
                failure.receipts = tuple(call.receipts)
                pause = _pause(failure, attempt=call.attempts)
                again = failure.retryable and failure.code in _TRIED_AGAIN and call.attempts < self.attempts
                if not again or time.monotonic() + pause >= call.deadline:
                    raise
            _wait(pause, cancelled)

    def _open(self) -> openai.OpenAI:
        """The client; a new one after a fork, since two processes must not share a connection."""
        with self._lock:
            if self._client is None or self._process != os.getpid():
                self._client, self._process = _client(self.base_url, self._api_key), os.getpid()
            return self._client


def _client(base_url: str, api_key: str) -> openai.OpenAI:
    # The SDK takes half a second to load, and most processes never need it.
    import httpx2
    import openai

    from conversations.drafting.wire import ReceiptedTransport

    transport = ReceiptedTransport(secure=base_url.lower().startswith("https:"))
    return openai.OpenAI(
        api_key=api_key,
        base_url=base_url,
        max_retries=0,
        default_headers={"User-Agent": "Countersign"},
        # A redirect would carry the customer's words to an address that nobody approved.
        http_client=httpx2.Client(transport=transport, follow_redirects=False, timeout=None),
    )


class _Call:
    """One call with its attempts, receipts and deadline."""

    def __init__(
        self,
        client: openai.OpenAI,
        body: dict[str, Any],
        before_send: Callable[[bytes], str],
        cancelled: threading.Event | None,
        deadline: float,
    ) -> None:
        self.deadline = deadline
        self.attempts = 0
        self.receipts: list[str] = []
        self._client, self._body, self._before_send, self._cancelled = client, body, before_send, cancelled
        self._started = time.monotonic()
        self._seconds_for_receipts = 0.0

    def attempt(self) -> Completion:
        """One attempt. Raises ProviderFailed, Cancelled, or what `before_send` raised."""
        import openai

        from conversations.drafting.wire import Attempt, CalledOff, WireFailed, current_attempt

        self.attempts += 1
        attempt = Attempt(self.deadline, self._before_send, self._cancelled)
        token = current_attempt.set(attempt)
        try:
            answer = self._client.chat.completions.create(**self._body)
        except CalledOff:
            raise Cancelled from None
        except WireFailed as failure:
            raise _failed(failure.code, str(failure)) from None
        except openai.APIStatusError as error:
            raise _status_failure(error) from None
        except openai.APIConnectionError:
            raise _failed("unreachable", "No connection to the provider could be made.") from None
        except (openai.OpenAIError, ValueError) as error:
            if error is attempt.refusal:
                raise
            raise _failed("bad_answer", "The provider's answer is not one of the API.") from None
        finally:
            current_attempt.reset(token)
            self._book(attempt)
        return self._completion(answer)

    def _book(self, attempt: Attempt) -> None:
        self._seconds_for_receipts += attempt.seconds_for_receipt
        if attempt.receipt is not None:
            self.receipts.append(attempt.receipt)

    def _completion(self, answer: Any) -> Completion:
        # The SDK builds its objects without checking them: any part may be missing or of another type.
        try:
            choice = answer.choices[0]
            content, refusal, reason = choice.message.content, choice.message.refusal, choice.finish_reason
        except (AttributeError, IndexError, TypeError, KeyError):
            raise _failed("bad_answer", "The provider's answer is not one of the API.") from None
        if refusal or reason == "content_filter":
            raise _failed("refused", "The model declined to answer.")
        if reason == "length":
            raise _failed("bad_answer", "The model's answer was cut off at its limit of tokens.")
        if not isinstance(content, str) or not content.strip():
            raise _failed("bad_answer", "The model's answer is empty.")
        usage = getattr(answer, "usage", None)
        model = getattr(answer, "model", None)
        return Completion(
            content=content,
            model=model if isinstance(model, str) and model else str(self._body["model"]),
            prompt_tokens=_count(usage, "prompt_tokens"),
            completion_tokens=_count(usage, "completion_tokens"),
            seconds=time.monotonic() - self._started - self._seconds_for_receipts,
            attempts=self.attempts,
            receipts=tuple(self.receipts),
        )


def _count(usage: Any, name: str) -> int:
    value = getattr(usage, name, None)
    return value if isinstance(value, int) and value >= 0 else 0


def _failed(code: Any, detail: str) -> ProviderFailed:
    return ProviderFailed(code, detail, retryable=code not in {"no_key", "wrong_key", "refused"})


def _status_failure(error: openai.APIStatusError) -> ProviderFailed:
    status = error.status_code
    said = error.code if isinstance(error.code, str) and _SLUG.fullmatch(error.code) else ""
    detail = f"The provider answered with status {status}{f' ({said})' if said else ''}."
    if status == 401:
        return ProviderFailed("wrong_key", "The provider does not accept the key.", retryable=False)
    if status == 429:
        lasting = said == "insufficient_quota"
        return ProviderFailed("rate_limited", detail, retryable=not lasting, retry_after=_retry_after(error))
    if status >= 500 or status == 408:
        again = status in {408, 500, 502, 503, 504}
        return ProviderFailed("server_error", detail, retryable=again, retry_after=_retry_after(error))
    return ProviderFailed("refused", detail, retryable=False)


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Seconds until the provider wants to be asked again (RFC 9110, 10.2.3: seconds or a date)."""
    value: str = error.response.headers.get("retry-after", "")
    with suppress(ValueError):
        return max(0.0, float(value))
    with suppress(ValueError, TypeError):
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    return None


def _pause(failure: ProviderFailed, *, attempt: int) -> float:
    """Doubling from half a second, with jitter so that workers do not come back together; never before Retry-After."""
    backoff = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
    if failure.retry_after is None:
        return backoff
    return failure.retry_after + random.uniform(0.0, 0.1)  # noqa: S311


def _wait(seconds: float, cancelled: threading.Event | None) -> None:
    if cancelled is None:
        time.sleep(seconds)
    elif cancelled.wait(seconds):
        raise Cancelled
