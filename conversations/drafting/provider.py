"""Asks a model through any OpenAI-compatible server (OpenAI, Azure, vLLM, llama.cpp, Ollama, the stand-in).

    provider.complete(body, before_send=keep_receipt)

Before every attempt `before_send` gets the exact bytes that are about to leave; what it raises stops them.
"""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from conversations.drafting.capability import Memory, OwnMemory, keeps_to_it, less, shaped
from conversations.drafting.failures import Cancelled, Code, ProviderFailed, failed, status_failure

__all__ = ["Cancelled", "Code", "Completion", "Provider", "ProviderFailed"]

if TYPE_CHECKING:
    import openai

    from conversations.drafting.wire import Attempt

_DEFAULT_BASE_URL = "https://api.openai.com/v1"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
_TRIED_AGAIN = frozenset({"rate_limited", "server_error", "unreachable"})
_THOUGHT = re.compile(r"\s*<think>.*?</think>\s*", re.DOTALL)


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

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        deadline: float = 45.0,
        attempts: int = 3,
        memory: Memory | None = None,
    ) -> None:
        self.base_url = base_url or _DEFAULT_BASE_URL
        self._memory = memory or OwnMemory()
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
            import_module("openai.types.chat")
            self._open()

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
        seconds: float | None = None,
    ) -> Completion:
        """The answer to a Chat Completions request, tried again where that can help, and with less where the model takes
        no more. `seconds` is another deadline than the usual one.

        `before_send` is called once for every attempt with the exact bytes, before any of them leave; what it raises is
        raised here, and nothing leaves. Raises ProviderFailed, or Cancelled soon after `cancelled` is set.
        """
        if not self._api_key:
            raise ProviderFailed("no_key", "No key for the model's provider is set.", retryable=False)
        if not (self._api_key.isascii() and self._api_key.isprintable()):
            raise ProviderFailed("wrong_key", "The key holds characters that no key has.", retryable=False)
        client = self._open()
        asked = {"model": self.model, **body}
        call = _Call(client, before_send, cancelled, time.monotonic() + (seconds or self.deadline))
        before = known = self._memory.recall(asked["model"])
        said: Completion | None = None
        while True:
            try:
                completion = call.attempt(shaped(asked, known))
            except ProviderFailed as failure:
                if said is not None:
                    return said
                failure.receipts = tuple(call.receipts)
                if weaker := less(known, failure.about):
                    known = weaker
                    continue
                pause = _pause(failure, attempt=call.attempts)
                again = failure.retryable and failure.code in _TRIED_AGAIN and call.attempts < self.attempts
                if not again or time.monotonic() + pause >= call.deadline:
                    raise
            else:
                if keeps_to_it(asked, completion.content):
                    if (found := replace(known, form=known.asks_for)) != before:
                        self._memory.learn(asked["model"], found)
                    return completion
                # One that is known to keep to a form has made a mistake; of another nobody knows what it can do.
                weaker = less(known, "form")
                if before.form or weaker is None or call.attempts >= self.attempts:
                    return completion
                known, said = weaker, completion
                continue
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
    more: dict[str, Any] = {
        "api_key": api_key,
        "max_retries": 0,
        "default_headers": {"User-Agent": "Countersign"},
        # A redirect would carry the customer's words to an address that nobody approved.
        "http_client": httpx2.Client(transport=transport, follow_redirects=False, timeout=None),
    }
    parts = urlsplit(base_url)
    version = parse_qs(parts.query).get("api-version")
    if version is None:
        return openai.OpenAI(base_url=base_url, **more)
    # Azure: the key in a header of its own, the model in the path.
    endpoint = f"{parts.scheme}://{parts.netloc}"
    return openai.AzureOpenAI(azure_endpoint=endpoint, api_version=version[0], **more)


class _Call:
    """One call with its attempts, receipts and deadline."""

    def __init__(
        self,
        client: openai.OpenAI,
        before_send: Callable[[bytes], str],
        cancelled: threading.Event | None,
        deadline: float,
    ) -> None:
        self.deadline = deadline
        self.attempts = 0
        self.receipts: list[str] = []
        self._client, self._before_send, self._cancelled = client, before_send, cancelled
        self._started = time.monotonic()
        self._seconds_for_receipts = 0.0

    def attempt(self, body: dict[str, Any]) -> Completion:
        """One attempt. Raises ProviderFailed, Cancelled, or what `before_send` raised."""
        import openai
        from openai.types.chat import ChatCompletion

        from conversations.drafting.wire import Attempt, CalledOff, WireFailed, current_attempt

        self.attempts += 1
        attempt = Attempt(self.deadline, self._before_send, self._cancelled)
        token = current_attempt.set(attempt)
        try:
            # What `chat.completions.create` does, without its search of every value for names that need changing.
            answer = self._client.post("/chat/completions", body=body, cast_to=ChatCompletion)
        except CalledOff:
            raise Cancelled from None
        except WireFailed as failure:
            raise failed(failure.code, str(failure)) from None
        except openai.APIStatusError as error:
            raise status_failure(error) from None
        except openai.APIConnectionError:
            raise failed("unreachable", "No connection to the provider could be made.") from None
        except (openai.OpenAIError, ValueError) as error:
            if error is attempt.refusal:
                raise
            raise failed("bad_answer", "The provider's answer is not one of the API.") from None
        finally:
            current_attempt.reset(token)
            self._book(attempt)
        return self._completion(answer, body)

    def _book(self, attempt: Attempt) -> None:
        self._seconds_for_receipts += attempt.seconds_for_receipt
        if attempt.receipt is not None:
            self.receipts.append(attempt.receipt)

    def _completion(self, answer: Any, body: dict[str, Any]) -> Completion:
        # The SDK builds its objects without checking them: any part may be missing or of another type.
        try:
            choice = answer.choices[0]
            content, refusal, reason = choice.message.content, choice.message.refusal, choice.finish_reason
        except (AttributeError, IndexError, TypeError, KeyError):
            raise failed("bad_answer", "The provider's answer is not one of the API.") from None
        if refusal or reason == "content_filter":
            raise failed("refused", "The model declined to answer.")
        if reason == "length":
            raise failed("bad_answer", "The model's answer was cut off at its limit of tokens.")
        # What some servers let a model think aloud is not its answer.
        content = _THOUGHT.sub("", content, count=1) if isinstance(content, str) and "<think>" in content else content
        if not isinstance(content, str) or not content.strip():
            raise failed("bad_answer", "The model's answer is empty.")
        usage = getattr(answer, "usage", None)
        model = getattr(answer, "model", None)
        return Completion(
            content=content,
            model=model if isinstance(model, str) and model else str(body["model"]),
            prompt_tokens=_count(usage, "prompt_tokens"),
            completion_tokens=_count(usage, "completion_tokens"),
            seconds=time.monotonic() - self._started - self._seconds_for_receipts,
            attempts=self.attempts,
            receipts=tuple(self.receipts),
        )


def _count(usage: Any, name: str) -> int:
    value = getattr(usage, name, None)
    return value if isinstance(value, int) and value >= 0 else 0


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
