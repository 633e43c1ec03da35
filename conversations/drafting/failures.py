"""Why a model did not answer, as codes; what is said of it never holds what was sent, what came back, or the key."""

from __future__ import annotations

import email.utils
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import openai

Code = Literal[
    "no_key",
    "wrong_key",
    "refused",
    "unreachable",
    "timeout",
    "rate_limited",
    "server_error",
    "bad_answer",
    "not_activated",
    "circuit_open",
]

_FOR_GOOD = {"no_key", "wrong_key", "refused", "not_activated"}
_SLUG = re.compile(r"[a-z0-9_.-]{1,40}", re.IGNORECASE)
_OF_PARAMETERS = {
    "form": re.compile(
        r"response_format|json_schema|json_object|structured.outputs?|grammar|guided_json", re.IGNORECASE
    ),
    "temperature": re.compile(r"temperature", re.IGNORECASE),
    "store": re.compile(r"\bstore\b", re.IGNORECASE),
}


class ProviderFailed(Exception):
    """No answer. `retryable`: the same call may succeed later, at the earliest in `retry_after` seconds.

    `detail` is a sentence of ours for people: it never holds what was sent, what came back, or the key. `receipts` are
    what `before_send` returned for each attempt of which the bytes may have left. `about` names what of the request the
    provider does not know: form, temperature or store; "" where it says nothing of the kind.
    """

    def __init__(
        self, code: Code, detail: str, *, retryable: bool, retry_after: float | None = None, about: str = ""
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.retryable = retryable
        self.retry_after = retry_after
        self.about = about
        self.receipts: tuple[str, ...] = ()


class Cancelled(Exception):
    """The caller's event was set: whoever asked no longer has the right to use an answer."""


def failed(code: Any, detail: str) -> ProviderFailed:
    return ProviderFailed(code, detail, retryable=code not in _FOR_GOOD)


def status_failure(error: openai.APIStatusError) -> ProviderFailed:
    """What an HTTP status means; servers agree on little more."""
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
        return ProviderFailed(
            "server_error", detail, retryable=again, retry_after=_retry_after(error), about=_about(error, "form")
        )
    return ProviderFailed("refused", detail, retryable=False, about=_about(error, "form", "temperature", "store"))


def _about(error: openai.APIStatusError, *parameters: str) -> str:
    """Which of these parameters the provider complains of. Read and not kept: a complaint may repeat what was sent."""
    body = error.body if isinstance(error.body, dict) else {}
    places = [each.get("loc") for each in body.get("detail", ()) if isinstance(each, dict)] if _listed(body) else []
    for text in (body.get("param"), *(str(place) for place in places), body.get("message"), body.get("detail")):
        if isinstance(text, str):
            for name in parameters:
                if _OF_PARAMETERS[name].search(text[:500]):
                    return name
    return ""


def _listed(body: dict[str, Any]) -> bool:
    return isinstance(body.get("detail"), list)


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Seconds until the provider wants to be asked again (RFC 9110, 10.2.3: seconds or a date; Azure has milliseconds too)."""
    with suppress(ValueError, KeyError):
        return max(0.0, float(error.response.headers["retry-after-ms"]) / 1000)
    value: str = error.response.headers.get("retry-after", "")
    with suppress(ValueError):
        return max(0.0, float(value))
    with suppress(ValueError, TypeError):
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    return None
