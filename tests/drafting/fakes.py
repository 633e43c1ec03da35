"""Servers that speak Chat Completions as OpenAI, Azure, vLLM, llama.cpp and Ollama do: their paths, headers, and refusals.

What each answers to a request is what its documentation and its own sources say; a small server in a thread of this process.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ANSWER = {"reply": "Hello", "sentences": [], "unanswered": [], "risks": []}


@dataclass(frozen=True)
class Reply:
    """Status, body and headers of one answer."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def form(self) -> str:
        return str((self.body.get("response_format") or {}).get("type", "text"))


Behaviour = Callable[[Asked], Reply]


@dataclass
class Fake:
    base_url: str
    asked: list[Asked]


@contextmanager
def serving(behaviour: Behaviour, *, path: str = "/v1") -> Iterator[Fake]:
    """The server, at an address with this path behind it."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            one = Asked(parts.path, parse_qs(parts.query), headers, body)
            asked.append(one)
            reply = behaviour(one)
            content = json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(content)),
                **reply.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Fake(f"http://127.0.0.1:{server.server_address[1]}{path}", asked)
    finally:
        server.shutdown()
        server.server_close()


def completion(asked: Asked, content: str | None = None, *, model: str = "", **more: Any) -> Reply:
    said = json.dumps(ANSWER) if content is None else content
    message = {"role": "assistant", "content": said, **more.pop("message", {})}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model or asked.body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", **more.pop("choice", {})}],
        "usage": {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150},
        **more,
    }
    return Reply(200, body)


def openai_error(status: int, message: str, *, param: str | None = None, code: str | None = None) -> Reply:
    kind = "invalid_request_error" if status < 500 else "server_error"
    return Reply(status, {"error": {"message": message, "type": kind, "param": param, "code": code}})


def openai(asked: Asked) -> Reply:
    """api.openai.com with a model that takes a schema."""
    if asked.headers.get("authorization") != "Bearer key" or asked.path != "/v1/chat/completions":
        return openai_error(401, "Incorrect API key provided.", code="invalid_api_key")
    return completion(asked, model="gpt-4o-mini-2024-07-18", message={"refusal": None}, system_fingerprint="fp_1")


def openai_older(asked: Asked) -> Reply:
    """A model of before structured outputs."""
    if asked.form == "json_schema":
        words = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."
        return openai_error(400, words, param="response_format")
    if asked.form == "json_object" and "json" not in json.dumps(asked.body["messages"]).lower():
        return openai_error(400, "'messages' must contain the word 'json' in some form.", param="messages")
    return completion(asked)


def openai_reasoning(asked: Asked) -> Reply:
    """A model that takes no temperature but its own."""
    if "temperature" in asked.body:
        words = "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported."
        return openai_error(400, words, param="temperature", code="unsupported_value")
    return completion(asked)


def azure(asked: Asked) -> Reply:
    """A deployment named drafts, whose api-version knows the schema."""
    if asked.headers.get("api-key") != "key" or "authorization" in asked.headers:
        return Reply(401, {"error": {"code": "401", "message": "Access denied due to invalid subscription key."}})
    if asked.query.get("api-version") is None:
        return Reply(404, {"error": {"code": "404", "message": "Resource not found"}})
    if asked.path != "/openai/deployments/drafts/chat/completions":
        return Reply(404, {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}})
    if asked.form == "json_schema" and asked.query["api-version"] < ["2024-08-01"]:
        words = "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later"
        return Reply(400, {"error": {"code": "BadRequest", "message": words}})
    return completion(asked, model="gpt-4o-mini-2024-07-18", choice={"content_filter_results": {}})


def azure_filtered(asked: Asked) -> Reply:
    """The filter of contents refuses the prompt."""
    error = {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        "code": "content_filter",
        "status": 400,
        "param": "prompt",
    }
    return Reply(400, {"error": error})


def azure_busy(asked: Asked) -> Reply:
    """Over the rate; Azure says when in seconds and in milliseconds."""
    return Reply(
        429, {"error": {"code": "429", "message": "Rate limit."}}, {"Retry-After": "30", "Retry-After-Ms": "150"}
    )


def vllm(asked: Asked) -> Reply:
    """vLLM with a reasoning parser; it names the model by its folder and leaves the refusal out."""
    return completion(
        asked,
        model="/models/Qwen3-8B",
        message={"reasoning_content": "The customer asks ...", "tool_calls": []},
        choice={"stop_reason": None},
        prompt_logprobs=None,
    )


def vllm_strict(asked: Asked) -> Reply:
    """A server on FastAPI that forbids what it does not know, and repeats what was sent in its complaint."""
    if "store" in asked.body:
        detail = [
            {
                "type": "extra_forbidden",
                "loc": ["body", "store"],
                "msg": "Extra inputs are not permitted",
                "input": False,
            }
        ]
        return Reply(422, {"detail": detail})
    return completion(asked)


def vllm_thinking(asked: Asked) -> Reply:
    """Without a reasoning parser the thoughts come with the answer, braces and all."""
    return completion(asked, f"<think>Perhaps {{a}} or {{b}}?</think>\n\n{json.dumps(ANSWER)}")


def llama_cpp(asked: Asked) -> Reply:
    """llama.cpp's server: grammars from schemas, timings, a model named by its file, its code a number."""
    if "pattern" in json.dumps(asked.body.get("response_format", {})):
        return Reply(
            400, {"error": {"code": 400, "message": "Failed to parse grammar", "type": "invalid_request_error"}}
        )
    return completion(
        asked, model="models/mistral-7b.Q4_K_M.gguf", timings={"predicted_ms": 10.0}, system_fingerprint="b5"
    )


def llama_cpp_no_grammar(asked: Asked) -> Reply:
    """A build whose grammar does not take our schema: it fails as if it were its own fault."""
    if asked.form == "json_schema":
        return Reply(500, {"error": {"code": 500, "message": "failed to parse grammar", "type": "server_error"}})
    return completion(asked)


def llama_cpp_loading(asked: Asked) -> Reply:
    """The first requests come before the model is loaded."""
    return Reply(503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}})


def ollama(asked: Asked) -> Reply:
    """Ollama: no key is looked at, models carry a tag."""
    if asked.body["model"] != "llama3.2:3b":
        words = f'model "{asked.body["model"]}" not found, try pulling it first'
        return Reply(404, {"error": {"message": words, "type": "api_error", "param": None, "code": None}})
    return completion(asked, system_fingerprint="fp_ollama")


def ollama_older(asked: Asked) -> Reply:
    """Before 0.5 a schema is passed over in silence; JSON mode and words in the prompt work."""
    if asked.form == "json_object":
        return completion(asked)
    return completion(asked, "Of course! Refunds take five days.")


def words_only(asked: Asked) -> Reply:
    """A small server that knows no response_format at all; the schema in the prompt is all it has."""
    if "response_format" in asked.body:
        return openai_error(400, "Unrecognized request argument supplied: response_format")
    return completion(asked, f"Here you are:\n```json\n{json.dumps(ANSWER)}\n```")
