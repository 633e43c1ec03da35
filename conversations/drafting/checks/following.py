"""Which sentences of a draft say something of their own: no courtesy, no signature, and in no passage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from conversations.drafting.checks.leads import LEADS
from conversations.drafting.checks.readings import readings
from conversations.drafting.sentences import split_sentences
from conversations.redaction.folding import fold

LONGEST = 120  # characters of one sentence that are shown
_WORDS = re.compile(r"[^\W_]+")
_LONGEST_COURTESY = 24  # words
_COURTESIES = re.compile(
    r"^(?:hello|hi|dear|good (?:morning|day|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|sehr geehrte|liebe|hola"
    r"|buen[oa]s|estimad|querid"
    r"|bonjour|bonsoir|madame|monsieur|chere?)\b[^.!?]{0,80}$"
    r"|\b(?:thank|thanks|sorry|apolog|regret|danke?|dank|leid|bedauern|entschuldig|gracias|agradec|sentimos|lamentamos"
    r"|disculp|merci|remerci|desole|excus|regrett)"
    r"|\b(?:colleague|team|person|someone|somebody|kolleg|jemand|equipo|alguien|companer|equipe|collegue|membre)\w*\b.{0,80}"
    r"\b(?:get back|look|answer|repl|check|meld|antwort|kummer|pruf|schau|sieht|respond|contest|revis|contact|repond|examin"
    r"|revenir|recontact)"
    r"|^(?:please|could you|can you|would you|bitte|konnten sie|konnen sie|por favor|podria|puede|veuillez|merci de|pourriez"
    r"|pouvez)\b.{0,60}"
    r"\b(?:send|tell|let|reply|write|give|schick|teil|nenn|schreib|sag|envi|indi|diga|escrib|envoy|dites|donn|precis|communiqu)"
    r"|\b(?:another|other) language\b|\banderen? sprache\b|\botro idioma\b|\bautre langue\b"
    r"|\b(?:understand|appreciate|hope this helps|happy to help|glad to help|verstehen|verstehe|nachvollziehen|weiterhelfen"
    r"|entiendo|entendemos"
    r"|comprend|poder ayudar|esperamos haber|esperons avoir|pouvoir vous aider)"
    r"|\b(?:further|other|more|any) questions\b|\b(?:weitere|noch) fragen\b|\bbei fragen\b|\b(?:mas|otra) (?:preguntas"
    r"|pregunta|dudas)\b"
    r"|\bd'autres questions\b|\bfeel free\b|\bhesitate\b|\bzogern sie nicht\b|\bno dude en\b|\bn'hesitez pas\b"
    r"|\b(?:regards|sincerely|best wishes|all the best|grusse|grussen|grusz|saludo|atentamente|cordial(?:ement|mente)?"
    r"|salutations|bien a vous)\b"
)
_CHECKABLE = re.compile(r"[0-9@%€$£]|://|www\.")


def own_statements(text: str, own: Sequence[str]) -> Iterator[str]:
    """The sentences of a text that are more than courtesy and signature; `own` are names that may sign and be greeted."""
    names = set(_WORDS.findall(fold(" ".join(own))))
    for sentence in split_sentences(text):
        if not is_courtesy(sentence) and not names.issuperset(_WORDS.findall(fold(sentence))):
            yield sentence


def is_courtesy(sentence: str) -> bool:
    """A greeting, thanks, regrets, that somebody will look into it, a closing: short, and nothing in it to be checked."""
    words = " ".join(fold(sentence).split())
    return bool(_COURTESIES.search(words)) and len(words.split()) <= _LONGEST_COURTESY and not _CHECKABLE.search(words)


def asks_for_words(heard: Sequence[str]) -> bool:
    """Whether a thread has a lead: something that steers a model, or is merely asked of people."""
    return any(LEADS.search(reading) for text in heard for reading in readings(text))


def is_dictated(sentence: str, heard: Sequence[str]) -> bool:
    """Whether a whole sentence stands in what the customer wrote."""
    words = _WORDS.findall(fold(sentence))
    written = f" {' '.join(word for text in heard for word in _WORDS.findall(fold(text)))} "
    return len(words) > 1 and f" {' '.join(words)} " in written
