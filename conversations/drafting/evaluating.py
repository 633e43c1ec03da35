"""A version of the model settings tried on one question: the whole way of a draft, without a ticket and without a customer.

What leaves is redacted, and its receipt kept before, as with any other call. No transaction is open here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from django.conf import settings

from conversations.drafting.actions import note_outcome
from conversations.drafting.answer import BadAnswer
from conversations.drafting.asking import MOST_CHARACTERS, NoSources, Question, house_signature, read_answer
from conversations.drafting.breaker import Busy
from conversations.drafting.calling import ask, place_for
from conversations.drafting.checks import Grounds
from conversations.drafting.costs import cost_of
from conversations.drafting.evaluations import Case, Evaluation, Outcome
from conversations.drafting.links import allowed_hosts
from conversations.drafting.manner import USUAL
from conversations.drafting.models import Flag
from conversations.drafting.prompt import PromptPassage, Turn, build
from conversations.drafting.provider import ProviderFailed
from conversations.drafting.reach import contract_with
from conversations.drafting.redacting import further_recognisers
from conversations.drafting.versions import Shape, is_external
from conversations.knowledge.models import Passage
from conversations.knowledge.queries import retrieve
from conversations.redaction.redact import Known, Redacted, RedactionFailed, redact
from desk.data_keys import opened, sealed_too
from desk.statements import read_together


def question_of(case: Case) -> tuple[str, str]:
    """Subject and words of a case. Raises Unreadable."""
    return (
        opened(case.ref, bytes(case.subject_sealed), "drafting_case|subject"),
        opened(case.ref, bytes(case.question_sealed), "drafting_case|question"),
    )


def text_of(outcome: Outcome) -> str:
    """What was drafted; "" where nothing was. Raises Unreadable."""
    return opened(outcome.case.ref, bytes(outcome.text_sealed), "drafting_outcome|text") if outcome.text_sealed else ""


def try_case(
    evaluation: Evaluation, case: Case, side: str, shape: Shape, *, cancelled: threading.Event | None = None
) -> Outcome:
    """Draft an answer to a case and judge it by the rules. Whatever fails is an outcome, too. Raises Cancelled, Busy."""
    outcome = Outcome(evaluation=evaluation, case=case, side=side)
    try:
        _try(outcome, case, shape, cancelled)
    except (NoSources, RedactionFailed, ProviderFailed, BadAnswer) as failure:
        outcome.error = _code(failure)
    except Busy:
        outcome.error = "busy"
        raise
    note_outcome(outcome)
    return outcome


def _try(outcome: Outcome, case: Case, shape: Shape, cancelled: threading.Event | None) -> None:
    if is_external(shape.address) and contract_with(shape.address) is None:
        raise ProviderFailed("not_activated", "The provider is not activated.", retryable=False)
    subject, words = question_of(case)
    redacted = redact(
        {"subject": subject, "message": words},
        known=Known(ours=[settings.ENV.organisation]),
        most=MOST_CHARACTERS,
        also=further_recognisers(case.language),
    )
    outcome.replaced = sum(redacted.counts.values())
    found = retrieve(text=f"{subject}\n{words}", language=case.language, limit=shape.most_passages)
    if not found:
        raise NoSources
    passages = [PromptPassage(each.passage.ref, each.title, each.passage.heading, each.passage.text) for each in found]
    body = build(
        thread=[Turn("customer", redacted.texts["message"])],
        subject=redacted.texts["subject"],
        passages=passages,
        language=case.language,
        instruction=None,
        signature=house_signature(None),
        model=shape.model,
        manner=shape.manner,
        temperature=shape.temperature,
    )

    def receipt(request: bytes) -> str:
        outcome.request_sealed = sealed_request(case, request)
        outcome.leaked = _leaked(redacted, request)
        note_outcome(outcome)
        return case.ref

    with read_together(), place_for(shape) as held:
        completion = ask(shape, body, held=held, before_send=receipt, cancelled=cancelled)
    outcome.tokens, outcome.seconds = completion.prompt_tokens + completion.completion_tokens, completion.seconds
    outcome.cost = cost_of(
        completion.model,
        shape.model,
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
    )
    texts = [passage.text for passage in passages]
    env = settings.ENV
    grounds = Grounds(
        language=case.language,
        sources=texts,
        heard=[subject, words],
        own=[env.mail_from, settings.PUBLIC_URL, env.organisation],
        hosts=allowed_hosts(),
        address=(shape.manner or USUAL).address,
    )
    question = Question(body, redacted, passages, grounds)
    prepared = read_answer(question, completion, call_id=0, least_sourced=shape.least_sourced)
    outcome.text_sealed = sealed_text(case, prepared.text)
    claims = [sentence for sentence in prepared.sentences if sentence["kind"] == "claim"]
    outcome.claims, outcome.sourced = len(claims), sum(bool(claim["sources"]) for claim in claims)
    outcome.blockers = sum(flag.severity == Flag.Severity.BLOCKER for flag in prepared.flags)
    outcome.flagged = sorted({flag.kind for flag in prepared.flags})
    outcome.words = len(prepared.text.split())
    quoted = {source["passage"] for claim in claims for source in claim["sources"]}
    outcome.found_source = bool(_articles(quoted) & set(case.expects))
    outcome.accepted = _holds(outcome)


def _holds(outcome: Outcome) -> bool:
    """By the rules a person could send it as it is: nothing blocks it, all of it has a source, and one is the right one."""
    right = outcome.found_source and outcome.sourced == outcome.claims
    return right and not outcome.blockers and not {"language", "length"} & set(outcome.flagged)


def _articles(refs: Iterable[str]) -> set[str]:
    """Slugs of the articles of these passages."""
    keys = [int(ref.partition(":")[2]) for ref in refs if ref.partition(":")[2].isdecimal()]
    return set(Passage.objects.filter(pk__in=keys).values_list("article__slug", flat=True))


def _leaked(redacted: Redacted, request: bytes) -> int:
    """How many of the details that were replaced stand in what leaves all the same."""
    sent = request.decode()
    return sum(original in sent for original in set(redacted.map.values()) if len(original) > 3)


def sealed_request(case: Case, request: bytes) -> bytes:
    return sealed_too(case.ref, request.decode(), "drafting_outcome|request")


def sealed_text(case: Case, text: str) -> bytes:
    return sealed_too(case.ref, text, "drafting_outcome|text")


def _code(failure: Exception) -> str:
    match failure:
        case ProviderFailed():
            return str(failure.code)
        case BadAnswer():
            return f"bad_answer.{failure.reason}"
        case RedactionFailed():
            return "redaction"
    return "no_sources"
