"""From a ticket to what is asked of a model, and from its answer to what is put before people. No transaction is open here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.models import Team
from conversations.drafting.actions import Prepared
from conversations.drafting.answer import parse, restored
from conversations.drafting.beside import facts_beside, foresee_facts, with_persons, without_persons, words_of
from conversations.drafting.checks import Grounds, check
from conversations.drafting.checks.following import own_statements
from conversations.drafting.citations import Sentence, check_citations
from conversations.drafting.manner import USUAL
from conversations.drafting.models import Draft
from conversations.drafting.plain import plain
from conversations.drafting.prompt import PromptPassage, Turn, build
from conversations.drafting.provider import Completion
from conversations.drafting.redacting import foresee_recognisers, further_recognisers
from conversations.drafting.resting import (
    foresee_files,
    foresee_thread_of,
    grounds_of,
    is_unsupported,
    read_thread,
    was_sent,
)
from conversations.drafting.versions import Shape
from conversations.knowledge.queries import Search
from conversations.redaction.redact import Known, Redacted, redact
from conversations.tickets.models import Message
from desk import statements

MOST_MESSAGES = 12
MOST_CHARACTERS = 6_000  # of one message, redacted


class NoSources(Exception):
    """Nothing in the knowledge base answers the ticket: no passage bears on it, or a model found nothing to say in them."""


@dataclass(frozen=True, slots=True)
class Question:
    """What will be asked, and what is needed to understand the answer."""

    body: dict[str, Any]
    redacted: Redacted
    passages: list[PromptPassage]
    grounds: Grounds


def foresee_grounds(number: int) -> None:
    """Have what `ask_about` reads of a ticket first asked along with the next statement, inside `statements.read_together`."""
    foresee_thread_of(number)
    foresee_facts(number)
    foresee_recognisers()


def ask_about(draft: Draft, shape: Shape) -> Question:
    """Redact, retrieve, and build the request. Raises RedactionFailed or NoSources; then there is no call."""
    with statements.read_together():
        return _ask_about(draft, shape)


def _ask_about(draft: Draft, shape: Shape) -> Question:
    ticket = draft.ticket
    foresee_grounds(ticket.number)
    thread = read_thread(ticket)
    messages = said_in(thread)
    customer = ticket.customer
    # What tags hide would otherwise be joined only after it was looked for.
    texts = {str(message.pk): plain(message.text) for message in messages}
    beside = facts_beside(ticket)
    texts |= words_of(beside)
    texts |= {"subject": plain(ticket.subject), "instruction": draft.instruction, "name": customer.name}
    recognisers = further_recognisers(ticket.language)
    question = "\n".join(
        [ticket.subject, *(plain(message.text) for message in messages if message.direction == "in")][-3:]
    )
    search = Search(text=question, language=ticket.language)
    foresee_files(thread)
    with statements.meanwhile():
        redacted = redact(
            texts,
            known=Known(
                names=[customer.name] if customer.name else [],
                emails=[customer.email],
                phones=[customer.phone] if customer.phone else [],
                addresses=[],
                ours=[settings.ENV.organisation, ticket.team.name if ticket.team else ""],
            ),
            most=MOST_CHARACTERS,
            also=recognisers,
        )
        search.think()
    found = search.best(shape.most_passages)
    if not found and not beside:
        raise NoSources
    public = [PromptPassage(each.passage.ref, each.title, each.passage.heading, each.passage.text) for each in found]
    asked = [*public, *without_persons(beside, redacted)]
    # What people read, and what the restored answer is compared with.
    passages = [*public, *with_persons(asked[len(public) :], redacted)]
    body = build(
        thread=[
            Turn("customer" if message.direction == Message.Direction.IN else "agent", redacted.texts[str(message.pk)])
            for message in messages
        ],
        subject=redacted.texts["subject"],
        passages=asked,
        language=ticket.language,
        instruction=redacted.texts["instruction"] or None,
        customer=redacted.texts["name"],
        signature=signature(draft),
        model=shape.model,
        manner=shape.manner,
        temperature=shape.temperature,
    )
    grounds = grounds_of(
        ticket,
        passages={passage.ref: passage.text for passage in passages},
        thread=thread,
        address=(shape.manner or USUAL).address if shape.manner else "",
    )
    return Question(body, redacted, passages, grounds)


def said_in(thread: list[Message]) -> list[Message]:
    """What the customer wrote and was sent, of what `read_thread` gave and is still of the ticket; the latest, oldest first."""
    said = [
        message
        for message in thread
        if not message.split_off and (message.direction == Message.Direction.IN or was_sent(message))
    ]
    return said[:MOST_MESSAGES][::-1]


def signature(draft: Draft) -> str:
    """How a reply ends: with the team and the organisation, never with an invented person."""
    return house_signature(draft.ticket.team)


def house_signature(team: Team | None) -> str:
    return f"{team.name}, {settings.ENV.organisation}" if team else settings.ENV.organisation


def read_answer(question: Question, completion: Completion, *, call_id: int, least_sourced: int = 0) -> Prepared:
    """The answer restored, tied to its sources and checked. Raises BadAnswer, and NoSources when it says nothing, or less
    of it has a source than `least_sourced` percent.

    A reply of courtesies alone answers nothing, and once sent the ticket would wait for the customer.
    """
    answer, _unknown = restored(parse(completion.content, question.passages), question.redacted.map)
    text = answer.reply
    sentences: list[dict[str, Any]] = [
        {
            "text": sentence.text,
            "kind": _kind(sentence, question.grounds),
            "sources": [
                {"passage": source.passage, "quote": source.quote} for source in sentence.sources if source.verified
            ],
        }
        for sentence in check_citations(answer, question.passages)
    ]
    supported = [str(sentence["text"]) for sentence in sentences if sentence["sources"]]
    unsupported = [str(sentence["text"]) for sentence in sentences if is_unsupported(sentence)]
    flags = check(text, question.grounds.of_draft(supported=supported, unsupported=unsupported))
    claims = [sentence for sentence in sentences if sentence["kind"] == "claim"]
    if not claims or 100 * sum(bool(claim["sources"]) for claim in claims) < least_sourced * len(claims):
        raise NoSources
    return Prepared(
        text=text,
        sentences=sentences,
        unanswered=list(answer.unanswered),
        risks=list(answer.risks),
        passages=[
            {"ref": passage.ref, "title": passage.title, "heading": passage.heading, "text": passage.text}
            for passage in question.passages
        ],
        flags=flags,
        call_id=call_id,
        model=completion.model,
        response=completion.content,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
        seconds=completion.seconds,
    )


def _kind(sentence: Sentence, grounds: Grounds) -> str:
    """What a sentence is, whatever the model calls it: a claim that is called a courtesy would need no source."""
    if sentence.sources:
        return "claim"
    if not any(own_statements(sentence.text, grounds.own)):
        return "courtesy"
    return "question" if sentence.text.rstrip().endswith("?") else "claim"
