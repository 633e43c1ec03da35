"""The stand-in as a plain ASGI application: models, chat completions (at once or streamed), control."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import math
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

from conversations.drafting.standin.compose import answer, read_prompt, smallest_instance
from conversations.drafting.standin.faults import Control, Fault, UnknownFault, spoiled

MODEL = "countersign-standin-1"
_LARGEST_BODY = 4_000_000
_DRIP_SECONDS, _SLOW_SECONDS, _LONGEST_HANG = 0.5, 2.0, 3600.0
_PIECE = 48  # characters in one event of a stream

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Refused(Exception):
    """A request that is answered with an error in the shape of OpenAI's."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or {}

    def body(self) -> bytes:
        """The error as JSON."""
        kind = {429: "rate_limit_error"}.get(
            self.status, "server_error" if self.status >= 500 else "invalid_request_error"
        )
        return json.dumps({"error": {"message": str(self), "type": kind, "param": None, "code": self.code}}).encode()


class StandIn:
    """The application; one `Control` for all its connections."""

    def __init__(self) -> None:
        self.control = Control()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            await self._answer(scope, receive, send)
        except Refused as refused:
            await _respond(send, refused.status, refused.body(), refused.headers)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        call = (scope["method"], scope["path"].rstrip("/"))
        match call:
            case ("GET", "/health"):
                await _respond(send, 200, b'{"status": "ok"}')
            case (_, "/control"):
                await self._control(scope, receive, send)
            case ("GET", "/v1/models"):
                _check_key(scope)
                await _respond_json(send, {"object": "list", "data": [_model(MODEL)]})
            case ("GET", path) if path == f"/v1/models/{MODEL}":
                _check_key(scope)
                await _respond_json(send, _model(MODEL))
            case ("POST", "/v1/chat/completions"):
                _check_key(scope)
                await self._complete(await _body(receive), receive, send)
            case _:
                raise Refused(404, f"There is no {call[0]} {call[1]} here.")

    async def _control(self, scope: Message, receive: Receive, send: Send) -> None:
        peer = scope.get("client")
        if not peer or not ipaddress.ip_address(peer[0]).is_loopback:
            raise Refused(403, "Control is only for programs on this machine.")
        if scope["method"] == "POST":
            asked = _json_object(await _body(receive))
            try:
                self.control.set(fault=asked.get("fault"), times=asked.get("times"), seconds=asked.get("seconds"))
            except (UnknownFault, AttributeError) as error:
                raise Refused(400, str(error)) from None
        elif scope["method"] == "DELETE":
            self.control.forget()
        await _respond_json(send, self.control.state())

    async def _complete(self, body: bytes, receive: Receive, send: Send) -> None:
        request = _json_object(body)
        base, _, asked_fault = str(request.get("model", "")).partition("+")
        if base != MODEL:
            raise Refused(404, f"The model {base!r} does not exist; this is {MODEL}.", code="model_not_found")
        if not isinstance(request.get("messages"), list) or not request["messages"]:
            raise Refused(400, "messages must be a list with at least one message.")
        try:
            fault = self.control.take(body=body.decode(), asked_by_model=asked_fault)
        except UnknownFault as error:
            raise Refused(400, str(error)) from None
        if fault is not None and fault.status is not None:
            raise _status_fault(fault)
        if fault is not None and fault.name == "hang":
            await _until_gone(receive, fault.seconds or _LONGEST_HANG)
            return
        if fault is not None and fault.name == "slow" and await _until_gone(receive, _pause(fault, _SLOW_SECONDS)):
            return
        content = _content(request)
        completion = _completion(request, spoiled(content, fault) if fault else content)
        streamed = bool(request.get("stream"))
        whole = json.dumps(completion, ensure_ascii=False).encode()
        pieces = list(_events(request, completion)) if streamed else [whole]
        headers = {"content-type": "text/event-stream"} if streamed else {"content-length": str(len(pieces[0]))}
        await _write(send, receive, pieces, headers, fault)


def _status_fault(fault: Fault) -> Refused:
    pause = 1.0 if fault.seconds is None else fault.seconds
    headers = {"retry-after": str(math.ceil(pause))} if fault.status in {429, 503} else {}
    code = "rate_limit_exceeded" if fault.status == 429 else None
    return Refused(fault.status or 500, f"The stand-in was asked to answer {fault.name}.", code=code, headers=headers)


def _pause(fault: Fault, usual: float) -> float:
    return usual if fault.seconds is None else fault.seconds


def _check_key(scope: Message) -> None:
    value = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    key = value.removeprefix("Bearer ").strip() if value.startswith("Bearer ") else ""
    if not key or key == "wrong-key":
        raise Refused(401, "Incorrect API key provided.", code="invalid_api_key")


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "countersign"}


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Refused(400, "The body must be a JSON object.")
    return value


async def _body(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "The body ended early.")
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > _LARGEST_BODY:
            raise Refused(413, "The body is larger than 4 MB.")
        if not message.get("more_body"):
            return b"".join(pieces)


def _content(request: dict[str, Any]) -> str:
    """What the model says: JSON where the request asks for it, otherwise the reply alone."""
    asked = read_prompt([message for message in request["messages"] if isinstance(message, dict)])
    made = answer(asked) if asked else None
    wanted = request.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        schema = (wanted.get("json_schema") or {}).get("schema") or {}
        ours = made is not None and set(schema.get("required", [])) <= set(made)
        return json.dumps(made if ours else smallest_instance(schema), ensure_ascii=False)
    if made is None:
        words = f"This is {MODEL}, a stand-in: it only answers drafts, from the passages in their prompt."
        return json.dumps({"reply": words}) if wanted.get("type") == "json_object" else words
    return json.dumps(made, ensure_ascii=False) if wanted.get("type") == "json_object" else str(made["reply"])


def _completion(request: dict[str, Any], content: str) -> dict[str, Any]:
    asked = sum(len(str(message.get("content", ""))) for message in request["messages"] if isinstance(message, dict))
    prompt_tokens, completion_tokens = asked // 4 + 8, len(content) // 4 + 1
    return {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        },
        "system_fingerprint": None,
    }


def _events(request: dict[str, Any], completion: dict[str, Any]) -> Iterator[bytes]:
    """The completion as server-sent events, the usage last where `stream_options` asks for it."""
    base = {key: completion[key] for key in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
    content = completion["choices"][0]["message"]["content"]

    def event(delta: dict[str, Any], reason: str | None = None) -> bytes:
        chunk = base | {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"

    yield event({"role": "assistant", "content": ""})
    for start in range(0, len(content), _PIECE):
        yield event({"content": content[start : start + _PIECE]})
    yield event({}, "stop")
    if (request.get("stream_options") or {}).get("include_usage"):
        yield b"data: " + json.dumps(base | {"choices": [], "usage": completion["usage"]}).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


async def _write(
    send: Send, receive: Receive, pieces: list[bytes], headers: dict[str, str], fault: Fault | None
) -> None:
    """Writes the answer; cut, it ends in the middle, and the server closes the connection because of that."""
    await _start(send, 200, headers)
    whole = b"".join(pieces)
    if fault is not None and fault.name == "cut":
        await send({"type": "http.response.body", "body": whole[: len(whole) // 2], "more_body": True})
        return
    if fault is not None and fault.name == "drip":
        for place in range(len(whole)):
            await send({"type": "http.response.body", "body": whole[place : place + 1], "more_body": True})
            if await _until_gone(receive, _pause(fault, _DRIP_SECONDS)):
                return
        pieces = []
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive, seconds: float) -> bool:
    """Waits; True as soon as the other side has gone."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


async def _respond_json(send: Send, value: dict[str, Any]) -> None:
    await _respond(send, 200, json.dumps(value, ensure_ascii=False).encode())


async def _respond(send: Send, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    await _start(send, status, (headers or {}) | {"content-length": str(len(body))})
    await send({"type": "http.response.body", "body": body})


async def _start(send: Send, status: int, headers: dict[str, str]) -> None:
    headers = {"content-type": "application/json", **headers}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
