"""Microsoft Presidio as one more recogniser, where an organisation has installed it with models for its languages.

    pip install 'countersign[presidio]' and the spaCy models; PRESIDIO_MODELS=en:en_core_web_sm,de:de_core_news_sm

It finds names without cues that our lists do not know, and mistakes more words for names than ours do; it looks last, so what
ours found stays as it is. Nothing of it is loaded while nobody asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, Protocol

from conversations.redaction.folding import fold
from conversations.redaction.recognisers import Page, Recogniser
from conversations.redaction.spans import Kind, Span

KINDS: Mapping[str, Kind] = {
    "PERSON": Kind.NAME,
    "EMAIL_ADDRESS": Kind.EMAIL,
    "PHONE_NUMBER": Kind.PHONE,
    "CREDIT_CARD": Kind.CARD,
    "IBAN_CODE": Kind.IBAN,
    "IP_ADDRESS": Kind.IP,
    "US_SSN": Kind.ID,
    "US_PASSPORT": Kind.ID,
    "US_DRIVER_LICENSE": Kind.ID,
    "UK_NHS": Kind.ID,
    "UK_NINO": Kind.ID,
    "ES_NIF": Kind.ID,
    "ES_NIE": Kind.ID,
    "IT_FISCAL_CODE": Kind.ID,
}
"""What of Presidio's is replaced. Places, dates and nationalities are what tickets are about."""

LEAST_SCORE = 0.5


class Result(Protocol):
    """What Presidio's analyzer answers."""

    entity_type: str
    start: int
    end: int
    score: float


Analyze = Callable[[str, str], "list[Any]"]
"""A text and a language, looked through."""


@lru_cache(maxsize=2)
def analyzer(models: tuple[tuple[str, str], ...]) -> Analyze:
    """Presidio's analyzer with a spaCy model for each language. Raises ImportError or OSError where one is not installed."""
    engines = import_module("presidio_analyzer.nlp_engine")
    made = engines.NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": language, "model_name": model} for language, model in models],
        }
    ).create_engine()
    languages = [language for language, _model in models]
    engine = import_module("presidio_analyzer").AnalyzerEngine(nlp_engine=made, supported_languages=languages)

    def analyze(text: str, language: str) -> list[Any]:
        return list(engine.analyze(text=text, language=language, entities=list(KINDS), score_threshold=LEAST_SCORE))

    return analyze


def recogniser(analyze: Analyze, language: str) -> Recogniser:
    """Presidio for texts of one language."""

    def find(page: Page) -> Iterator[Span]:
        text = page.rest
        for result in analyze(text, language):
            kind = KINDS.get(result.entity_type)
            if kind is not None and result.score >= LEAST_SCORE:
                written = text[result.start : result.end]
                yield Span(result.start, result.end, kind, "".join(filter(str.isalnum, fold(written))))

    return Recogniser("presidio", find)
