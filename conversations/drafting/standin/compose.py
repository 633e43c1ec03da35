"""Composes an answer from the prompt: a greeting, sentences copied from the passages with their sources, a closing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conversations.drafting.prompt import Block, read_blocks
from conversations.drafting.standin.choosing import A_NUMBER, choose, is_wish, unanswered
from conversations.drafting.standin.choosing import questions as _questions
from conversations.drafting.standin.matching import Passage, Sentence, fits, language_of, read_out, terms
from conversations.drafting.standin.phrases import (
    AMONG_FRIENDS,
    FORMAL,
    HANGING,
    INFORMAL,
    INJECTION,
    LEGAL,
    LONGER,
    ORDER_NUMBER,
    PHRASES,
    SEND_US,
    SHORTER,
    STYLE,
    TROUBLE,
    Phrases,
)
from conversations.redaction.folding import fold

_TASK = re.compile(
    r"language: (?P<language>\w*)[^\n]*\n(?:customer: (?P<customer>[^\n]*)\n)?signature:\n(?P<signature>.*)", re.DOTALL
)
_TONE = re.compile(r"^tone: (\w+)", re.MULTILINE)
_INFORMAL_ADDRESS = re.compile(r"^form of address: informal\b", re.MULTILINE)
_NAME = re.compile(r"\[NAME-[0-9A-Z]{4,8}(?:-[0-9]{1,3})?\]")
Part = tuple[str, str, list[dict[str, str]]]
_USUAL, _SHORT, _LONG = 7, 1, 12  # sentences


@dataclass(frozen=True, slots=True)
class Asked:
    """What the prompt asks for, read from its blocks."""

    language: str
    tone: str
    informally: bool
    addressee: str
    signature: str
    instruction: str
    subject: str
    customer: Sequence[str]
    passages: Sequence[Passage]


def read_prompt(messages: Sequence[dict[str, Any]]) -> Asked | None:
    """What the messages of the request ask for, or None where they hold no customer's message in a block."""
    blocks = [block for message in messages for block in _blocks(message)]
    customer = [block.text for block in blocks if block.name == "message customer"]
    if not customer:
        return None
    named = {block.name: block.text for block in blocks}
    task, tone = _TASK.match(named.get("task", "")), _TONE.search(named.get("house", ""))
    language = task["language"] if task and task["language"] in PHRASES else language_of(customer[-1]) or "en"
    return Asked(
        language=language,
        tone=tone[1] if tone else "",
        informally=bool(_INFORMAL_ADDRESS.search(named.get("house", ""))),
        addressee=(task["customer"] or "") if task else "",
        signature=task["signature"].strip() if task else "",
        instruction=named.get("instruction", ""),
        subject=named.get("subject", ""),
        customer=customer,
        passages=[_passage(block) for block in blocks if block.name.startswith("passage ")],
    )


def _blocks(message: dict[str, Any]) -> list[Block]:
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return read_blocks(content) if isinstance(content, str) else []


def _passage(block: Block) -> Passage:
    head, _, text = block.text.partition("\n\n")
    lines = dict(line.split(": ", 1) for line in head.split("\n") if ": " in line)
    return Passage(block.name.removeprefix("passage "), lines.get("title", ""), lines.get("heading", ""), text)


def answer(asked: Asked) -> dict[str, Any]:
    """The answer in the shape of ANSWER_SCHEMA. An instruction that changes nothing is named among the risks."""
    made = _answer(asked, instruction=asked.instruction)
    if asked.instruction and made["reply"] == _answer(asked, instruction="")["reply"]:
        made["risks"].append("The instruction of the reviewer changed nothing.")
    return made


def _answer(asked: Asked, *, instruction: str) -> dict[str, Any]:
    phrases = (AMONG_FRIENDS if asked.informally else PHRASES)[asked.language]
    last = asked.customer[-1]
    length = _SHORT if SHORTER.search(instruction) else _LONG if LONGER.search(instruction) else _USUAL
    passages, own_language = _readable(asked)
    chosen = choose(asked.customer, asked.subject, passages, length=length)
    if instruction and not STYLE.search(instruction):
        added = [sentence for fit in fits(terms(instruction), passages)[:1] for sentence in read_out(fit, most=1)]
        chosen += [[sentence] for sentence in added if all(sentence not in part for part in chosen)]
    said = [sentence for part in chosen for sentence in part]
    left = unanswered(last, said) if said else _questions(last) or [asked.subject or last[:200]]

    opening: list[Part] = []
    if length != _SHORT:
        opening.append(("courtesy", phrases.formal_thanks if _is_formal(asked, instruction) else phrases.thanks, []))
        if TROUBLE.search(fold(f"{asked.subject} {last}")):
            opening.append(("courtesy", phrases.sorry, []))
    if said and not own_language:
        opening.append(("courtesy", phrases.other_language, []))
    paragraphs: list[list[Part]] = [
        [("courtesy", _greeting(asked, phrases, instruction), [])],
        opening,
        *(
            [
                ("claim", _ended(_opened(sentence.text) if first else sentence.text), [_source(sentence)])
                for first, sentence in _numbered(part)
            ]
            for part in chosen
        ),
        _rest(asked, said, left, phrases),
        [("courtesy", f"{_closing(asked, phrases, instruction)}\n{asked.signature}".strip(), [])],
    ]
    if length == _SHORT:
        paragraphs[1:3] = [[part for paragraph in paragraphs[1:3] for part in paragraph]]
    parts = [part for paragraph in paragraphs for part in paragraph]
    return {
        "reply": "\n\n".join(" ".join(text for _, text, _ in paragraph) for paragraph in paragraphs if paragraph),
        "sentences": [{"text": text, "sources": sources, "kind": kind} for kind, text, sources in parts],
        "unanswered": left,
        "risks": _risks(asked),
    }


def _numbered(part: Sequence[Sentence]) -> list[tuple[bool, Sentence]]:
    return [(place == 0, sentence) for place, sentence in enumerate(part)]


def _opened(sentence: str) -> str:
    """Without a word that hangs on a sentence before it, which is not said."""
    rest = HANGING.sub("", sentence)
    return rest[:1].upper() + rest[1:]


def _rest(asked: Asked, said: Sequence[Sentence], left: Sequence[str], phrases: Phrases) -> list[Part]:
    """What a colleague has to do or answer, and what is missing for it."""
    parts: list[Part] = []
    written = "\n".join([asked.subject, *asked.customer])
    wants_number = any(ORDER_NUMBER.search(fold(sentence.text)) for sentence in said)
    if wants_number and not A_NUMBER.search(written) and not any(SEND_US.search(fold(each.text)) for each in said):
        parts.append(("question", phrases.which_order, []))
    if left:
        acts = all(is_wish(each) for each in left)
        words = phrases.colleague_acts if acts else phrases.colleague_for_the_rest if said else phrases.colleague
        parts.append(("courtesy", words, []))
    return parts


def _readable(asked: Asked) -> tuple[Sequence[Passage], bool]:
    """The passages in the customer's language, or all where there are none; and which of the two it is."""
    understood = {asked.language, None}
    own = [passage for passage in asked.passages if language_of(f"{passage.title} {passage.text}") in understood]
    return (own, True) if own else (asked.passages, not asked.passages)


def _is_formal(asked: Asked, instruction: str) -> bool:
    return not INFORMAL.search(instruction) and (asked.tone == "formal" or bool(FORMAL.search(instruction)))


def _greeting(asked: Asked, phrases: Phrases, instruction: str) -> str:
    # Without an addressee in the task: a name usually stands at the end of a message, where people sign.
    names = _NAME.findall(asked.addressee) or [name for text in asked.customer for name in _NAME.findall(text)]
    formal = _is_formal(asked, instruction)
    if names:
        return (phrases.formal_greeting if formal else phrases.greeting).format(name=names[-1])
    return phrases.formal_greeting_without_name if formal else phrases.greeting_without_name


def _closing(asked: Asked, phrases: Phrases, instruction: str) -> str:
    if _is_formal(asked, instruction):
        return phrases.formal_closing
    return phrases.warm_closing if INFORMAL.search(instruction) else phrases.closing


def _ended(sentence: str) -> str:
    return sentence if sentence[-1] in '.!?…:)"”»' else sentence.rstrip(" ;,") + "."


def _source(sentence: Sentence) -> dict[str, str]:
    return {"passage": sentence.passage.ref, "quote": sentence.text}


def _risks(asked: Asked) -> list[str]:
    text = "\n".join([asked.subject, *asked.customer])
    risks = []
    if INJECTION.search(text):
        risks.append("The customer's message contains instructions to the model; they were not followed.")
    if LEGAL.search(text):
        risks.append("The customer mentions legal steps.")
    return risks


def smallest_instance(schema: dict[str, Any]) -> Any:
    """The smallest value that another program's JSON schema allows: this model has nothing to say on its subject."""
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for union in ("anyOf", "oneOf"):
        if schema.get(union):
            return smallest_instance(schema[union][0])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: smallest_instance(properties.get(name, {})) for name in schema.get("required", [])}
    if kind == "array":
        return [smallest_instance(schema.get("items", {}))] * int(schema.get("minItems", 0))
    return {"string": "", "integer": 0, "number": 0, "boolean": False}.get(str(kind))
