"""The stand-in misbehaves when asked to, by its control or by the model's name, and only then."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from conversations.drafting.answer import BadAnswer, check_citations, parse
from conversations.drafting.prompt import PromptPassage, Turn, build
from conversations.drafting.standin.running import RunningStandIn, running_standin

MODEL = "countersign-standin-1"
PASSAGE = PromptPassage(
    "kb-1", "Returns", "", "You can return any item within 30 days of delivery. Returning an item is free of charge."
)


@pytest.fixture(scope="module")
def running() -> Iterator[RunningStandIn]:
    with running_standin() as standin:
        yield standin


@pytest.fixture
def standin(running: RunningStandIn) -> RunningStandIn:
    running.forget()
    return running


def _ask(standin: RunningStandIn, *, model: str = MODEL, wait: float = 5, **more: Any) -> Any:
    client = openai.OpenAI(base_url=standin.base_url, api_key="any", max_retries=0, timeout=wait)
    question = [Turn("customer", "How long can I return an item, is it free of charge? [NAME-7Q2K]")]
    body = build(
        thread=question,
        subject="",
        passages=[PASSAGE],
        language="en",
        instruction=None,
        signature="Team Lumen",
        model=model,
    )
    with client:
        return client.chat.completions.create(**body, **more)


def _content(standin: RunningStandIn, **more: Any) -> str:
    return str(_ask(standin, **more).choices[0].message.content)


@pytest.mark.parametrize("status", [400, 403, 429, 500, 502, 503, 504])
def test_any_error_status_can_be_asked_for_and_lasts_as_often_as_asked(standin: RunningStandIn, status: int) -> None:
    standin.misbehave(str(status), times=2)
    for _ in range(2):
        with pytest.raises(openai.APIStatusError) as refused:
            _ask(standin)
        assert refused.value.status_code == status
    assert parse(_content(standin), [PASSAGE]).reply
    assert {key: standin.state()[key] for key in ("requests", "faulted", "fault", "times")} == {
        "requests": 3,
        "faulted": 2,
        "fault": None,
        "times": None,
    }


def test_429_says_when_to_come_back(standin: RunningStandIn) -> None:
    standin.misbehave("429", seconds=7)
    with pytest.raises(openai.RateLimitError) as refused:
        _ask(standin)
    assert refused.value.response.headers["retry-after"] == "7"


def test_hanging_it_answers_nothing_and_others_are_served_meanwhile(standin: RunningStandIn) -> None:
    with pytest.raises(openai.APITimeoutError):
        _ask(standin, model=f"{MODEL}+hang", wait=0.4)
    assert _content(standin)


def test_slow_it_answers_after_the_time_asked_for(standin: RunningStandIn) -> None:
    standin.misbehave("slow", seconds=0.4)
    started = time.monotonic()
    assert _content(standin)
    assert 0.4 <= time.monotonic() - started < 2


def test_dripping_it_sends_single_bytes_with_pauses(standin: RunningStandIn) -> None:
    standin.misbehave("drip", seconds=0.05)
    client = openai.OpenAI(base_url=standin.base_url, api_key="any", max_retries=0, timeout=5)
    request: Any = {"model": MODEL, "messages": [{"role": "user", "content": "Hi"}]}
    with client, client.chat.completions.with_streaming_response.create(**request) as response:
        pieces = response.iter_bytes()
        started = time.monotonic()
        assert [len(next(pieces)) for _ in range(6)] == [1] * 6
        assert time.monotonic() - started > 0.15


@pytest.mark.parametrize("streamed", [False, True])
def test_cut_the_connection_closes_in_the_middle_of_the_answer(standin: RunningStandIn, streamed: bool) -> None:
    standin.misbehave("cut")
    with pytest.raises(Exception, match=r"[Cc]onnection|peer closed|incomplete"):
        list(_ask(standin, stream=streamed))


@pytest.mark.parametrize(
    ("fault", "reason"), [("bad_json", "not_json"), ("bad_schema", "wrong_shape"), ("empty", "empty")]
)
def test_content_that_is_no_answer_can_be_asked_for(standin: RunningStandIn, fault: str, reason: str) -> None:
    standin.misbehave(fault)
    with pytest.raises(BadAnswer) as refused:
        parse(_content(standin), [PASSAGE])
    assert refused.value.reason == reason


def test_wrong_quotes_stand_in_no_passage(standin: RunningStandIn) -> None:
    standin.misbehave("wrong_quote")
    answer = parse(_content(standin), [PASSAGE])
    assert any(sentence.sources for sentence in answer.sentences)
    assert not any(sentence.sources for sentence in check_citations(answer, [PASSAGE]))


@pytest.mark.parametrize(
    ("fault", "words"), [("invented", ["4,711.00 EUR", "https://", "2031"]), ("foreign_placeholder", ["[NAME-ZZ99]"])]
)
def test_invented_details_and_strange_placeholders_stand_in_the_reply_as_a_sentence(
    standin: RunningStandIn, fault: str, words: list[str]
) -> None:
    standin.misbehave(fault)
    checked = check_citations(parse(_content(standin), [PASSAGE]), [PASSAGE])
    (invented,) = [sentence for sentence in checked if words[0] in sentence.text]
    assert all(word in invented.text for word in words)
    assert invented.sources == []


def test_the_models_name_asks_for_a_fault_of_one_request_alone(standin: RunningStandIn) -> None:
    with pytest.raises(openai.InternalServerError):
        _ask(standin, model=f"{MODEL}+500")
    assert _content(standin)
    with pytest.raises(openai.BadRequestError, match="Unknown fault"):
        _ask(standin, model=f"{MODEL}+nonsense")


def test_control_keeps_the_exact_last_bodies_and_forgets_them_when_told(standin: RunningStandIn) -> None:
    _ask(standin)
    state = standin.state()
    assert state["requests"] == 1
    assert json.loads(state["bodies"][0])["model"] == MODEL
    standin.forget()
    assert standin.state() == {"fault": None, "times": None, "requests": 0, "faulted": 0, "bodies": []}


def test_control_refuses_a_fault_that_it_does_not_know(standin: RunningStandIn) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        standin.misbehave("explode")
    assert refused.value.code == 400
    assert "drip" in json.load(refused.value)["error"]["message"]


def test_it_listens_on_this_machine_alone(standin: RunningStandIn) -> None:
    port = int(standin.base_url.removesuffix("/v1").rpartition(":")[2])
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {fields[1] for fields in sockets if fields[3] == "0A" and fields[1].endswith(f":{port:04X}")}
    assert listening == {f"0100007F:{port:04X}"}
