"""Servers of five kinds are asked as each wants to be asked, and what worked is remembered."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from conversations.drafting.answer import parse
from conversations.drafting.capability import Known, OwnMemory
from conversations.drafting.prompt import ANSWER_SCHEMA, PromptPassage, Turn, build
from conversations.drafting.provider import Completion, Provider, ProviderFailed
from tests.drafting import fakes
from tests.drafting.fakes import Behaviour, Fake, serving

PASSAGE = PromptPassage("kb-1", "Returns", "", "You can return any item within 30 days of delivery.")


def body(model: str) -> dict[str, Any]:
    return build(
        thread=[Turn("customer", "Where is my refund?")],
        subject="",
        passages=[PASSAGE],
        language="en",
        instruction=None,
        signature="Lumen",
        model=model,
    )


def ask(
    fake: Fake, *, model: str = "drafts", key: str = "key", memory: OwnMemory | None = None, **more: Any
) -> Completion:
    receipts: list[bytes] = []

    def keep(sent: bytes) -> str:
        receipts.append(sent)
        return str(len(receipts))

    provider = Provider(fake.base_url, key, model, memory=memory or OwnMemory(), **{"deadline": 8, **more})
    try:
        return provider.complete(body(model), before_send=keep)
    finally:
        provider.close()
        # Each attempt has the receipt of its own bytes, also where one asks for less than the one before.
        assert [json.loads(sent) for sent in receipts] == [each.body for each in fake.asked[-len(receipts) :]]


@pytest.mark.parametrize(
    ("behaviour", "model", "path", "forms"),
    [
        (fakes.openai, "gpt-4o-mini", "/v1", ["json_schema"]),
        (fakes.openai_older, "gpt-4-turbo", "/v1", ["json_schema", "json_object"]),
        (fakes.openai_reasoning, "o4-mini", "/v1", ["json_schema", "json_schema"]),
        (fakes.azure, "drafts", "?api-version=2024-10-21", ["json_schema"]),
        (fakes.azure, "drafts", "/?api-version=2024-02-01", ["json_schema", "json_object"]),
        (fakes.azure, "drafts", "/openai?api-version=2024-10-21", ["json_schema"]),
        (fakes.vllm, "Qwen/Qwen3-8B", "/v1", ["json_schema"]),
        (fakes.vllm_strict, "Qwen/Qwen3-8B", "/v1", ["json_schema", "json_schema"]),
        (fakes.vllm_thinking, "Qwen/Qwen3-8B", "/v1", ["json_schema"]),
        (fakes.llama_cpp, "mistral", "/v1", ["json_schema"]),
        (fakes.llama_cpp_no_grammar, "mistral", "/v1", ["json_schema", "json_object"]),
        (fakes.ollama, "llama3.2:3b", "/v1", ["json_schema"]),
        (fakes.ollama_older, "llama3.1:8b", "/v1", ["json_schema", "json_object"]),
        (fakes.words_only, "tiny", "/v1", ["json_schema", "json_object", "text"]),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_each_is_asked_for_what_it_can_do_and_the_second_time_at_once(
    behaviour: Behaviour, model: str, path: str, forms: list[str]
) -> None:
    memory = OwnMemory()
    with serving(behaviour, path=path) as fake:
        completion = ask(fake, model=model, memory=memory)
        assert [each.form for each in fake.asked] == forms
        assert parse(completion.content, [PASSAGE]).reply == "Hello"
        assert (completion.prompt_tokens, completion.completion_tokens) == (120, 30)
        again = ask(fake, model=model, memory=memory)
        assert again.attempts == 1
        assert fake.asked[-1].form == forms[-1]
        last = json.dumps(fake.asked[-1].body["messages"])
        assert (json.dumps(ANSWER_SCHEMA)[1:60] in last.replace("\\", "")) is (forms[-1] != "json_schema")
        # What can be told to keep nothing is told so; what does not know the word has no such storage.
        assert fake.asked[-1].body.get("store", None) is (None if behaviour is fakes.vllm_strict else False)


def test_azure_gets_its_key_in_its_own_header_and_the_deployment_in_the_path() -> None:
    with serving(fakes.azure, path="/?api-version=2024-10-21") as fake:
        ask(fake)
        asked = fake.asked[0]
    assert asked.path == "/openai/deployments/drafts/chat/completions"
    assert (asked.headers["api-key"], asked.query) == ("key", {"api-version": ["2024-10-21"]})
    assert "authorization" not in asked.headers


@pytest.mark.parametrize(
    ("behaviour", "path", "code"),
    [
        (fakes.openai, "/v1", "wrong_key"),
        (fakes.azure, "/?api-version=2024-10-21", "wrong_key"),
        (fakes.azure_filtered, "/?api-version=2024-10-21", "refused"),
        (fakes.ollama, "/v1", "refused"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_they_refuse_is_said_once_and_without_a_word_of_it(behaviour: Behaviour, path: str, code: str) -> None:
    with serving(behaviour, path=path) as fake:
        with pytest.raises(ProviderFailed) as failure:
            ask(fake, key="another")
        assert (failure.value.code, failure.value.retryable) == (code, False)
        assert len(fake.asked) == 1
        assert "refund" not in f"{failure.value!r}{failure.value.detail}"


def test_a_wait_in_milliseconds_is_kept() -> None:
    with serving(fakes.azure_busy, path="/?api-version=2024-10-21") as fake:
        began = time.monotonic()
        with pytest.raises(ProviderFailed) as failure:
            ask(fake)
        assert failure.value.code == "rate_limited"
        assert len(fake.asked) == 3
        assert 0.3 <= time.monotonic() - began < 2


def test_a_server_that_still_loads_its_model_is_asked_again_and_for_no_less() -> None:
    answers = iter([fakes.llama_cpp_loading, fakes.llama_cpp])

    def at_first_loading(asked: fakes.Asked) -> fakes.Reply:
        return next(answers)(asked)

    with serving(at_first_loading) as fake:
        assert ask(fake).attempts == 2
        assert [each.form for each in fake.asked] == ["json_schema", "json_schema"]


def test_one_that_is_known_to_keep_to_the_schema_is_not_asked_for_less_after_a_slip() -> None:
    memory = OwnMemory({"drafts": Known("schema")})
    with serving(fakes.ollama_older) as fake:
        assert "five days" in ask(fake, memory=memory).content
        assert len(fake.asked) == 1
    assert memory.recall("drafts").form == "schema"


def test_asking_for_less_ends_with_the_deadline() -> None:
    def slowly(asked: fakes.Asked) -> fakes.Reply:
        time.sleep(0.4)
        return fakes.words_only(asked)

    with serving(slowly) as fake:
        began = time.monotonic()
        with pytest.raises(ProviderFailed) as failure:
            ask(fake, deadline=0.6)
        assert failure.value.code == "timeout"
        assert time.monotonic() - began < 1.2
