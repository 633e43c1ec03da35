"""What a model answered: read, cleaned and shaped here, whatever the provider promised about it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from conversations.drafting.citations import Sentence, Source, check_citations
from conversations.drafting.plain import plain
from conversations.drafting.prompt import PromptPassage, reference
from conversations.redaction.placeholders import restore

__all__ = ["Answer", "BadAnswer", "Cited", "Sentence", "Source", "Stated", "check_citations", "parse", "restored"]

_LONGEST_REPLY, _LONGEST_PART, _MOST_PARTS = 20_000, 4_000, 400

_FENCE = re.compile(r"\s*```[\w-]*[ \t]*\n(.*?)\n?[ \t]*```\s*", re.DOTALL)


class BadAnswer(Exception):
    """The content is no answer; `reason` says why, without a word of it: `empty`, `not_json`, `wrong_shape`."""

    def __init__(self, reason: Literal["empty", "not_json", "wrong_shape"]) -> None:
        super().__init__(reason)
        self.reason = reason


PlainText = Annotated[str, StringConstraints(max_length=_LONGEST_PART), AfterValidator(plain)]


class Cited(BaseModel):
    """A source as the model names it; whether it holds is for `check_citations` to say."""

    model_config = ConfigDict(frozen=True)

    passage: str = Field(max_length=200)
    quote: PlainText


class Stated(BaseModel):
    """A sentence as the model reports it."""

    model_config = ConfigDict(frozen=True)

    text: PlainText
    sources: tuple[Cited, ...] = Field(default=(), max_length=_MOST_PARTS)
    kind: Literal["claim", "courtesy", "question"] = "claim"


class Answer(BaseModel):
    """A model's answer in plain text, as ANSWER_SCHEMA has it."""

    model_config = ConfigDict(frozen=True)

    reply: Annotated[str, StringConstraints(max_length=_LONGEST_REPLY), AfterValidator(plain)]
    sentences: tuple[Stated, ...] = Field(max_length=_MOST_PARTS)
    unanswered: tuple[PlainText, ...] = Field(default=(), max_length=_MOST_PARTS)
    risks: tuple[PlainText, ...] = Field(default=(), max_length=_MOST_PARTS)


def parse(content: str, passages: Sequence[PromptPassage]) -> Answer:
    """Reads the content of a completion, also inside code fences or with words around it. Raises BadAnswer.

    Unknown keys are passed over; a source may call its passage `passage kb-1` or `[kb-1]` and gets the passage's own
    reference.
    """
    if not content.strip():
        raise BadAnswer("empty")
    try:
        answer = Answer.model_validate(_json_object(content))
    except ValidationError:
        raise BadAnswer("wrong_shape") from None
    if not answer.reply:
        raise BadAnswer("empty")
    references = {reference(passage.ref): passage.ref for passage in passages}
    sentences = tuple(
        sentence.model_copy(update={"sources": tuple(_renamed(source, references) for source in sentence.sources)})
        for sentence in answer.sentences
    )
    return answer.model_copy(update={"sentences": sentences})


def _json_object(content: str) -> Any:
    fenced = _FENCE.fullmatch(content)
    candidates = [fenced[1] if fenced else content, content[content.find("{") : content.rfind("}") + 1]]
    for candidate in candidates:
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    raise BadAnswer("not_json")


def _renamed(source: Cited, references: Mapping[str, str]) -> Cited:
    named = re.sub(r"^passage\s+", "", source.passage.strip(" []\"'`"), flags=re.IGNORECASE)
    return source.model_copy(update={"passage": references.get(named, named)})


def restored(answer: Answer, placeholders: Mapping[str, str]) -> tuple[Answer, list[str]]:
    """The answer with the originals back in its texts, and the placeholders in it that nobody issued, each once.

    Quotes stay as they are: passages hold no placeholders.
    """
    unknown: list[str] = []

    def back(text: str) -> str:
        result = restore(text, placeholders)
        unknown.extend(result.unknown)
        return result.text

    changed = answer.model_copy(
        update={
            "reply": back(answer.reply),
            "sentences": tuple(
                sentence.model_copy(update={"text": back(sentence.text)}) for sentence in answer.sentences
            ),
            "unanswered": tuple(map(back, answer.unanswered)),
            "risks": tuple(map(back, answer.risks)),
        }
    )
    return changed, list(dict.fromkeys(unknown))
