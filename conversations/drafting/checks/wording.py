"""How a text is worded: what nobody filled in, language, tone and length."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conversations.drafting.checks.grounds import Said
from conversations.drafting.sentences import split_sentences
from conversations.redaction.placeholders import restore
from conversations.tickets.language import surely

LONG = 220  # words
_FEWEST_LETTERS = 40  # below that no language is told apart


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


_UNFILLED = re.compile(
    r"\[(?:your|insert|enter|add|name|customer|date|amount|order|number|link|ihr|ihre|kunde|kunden|datum|betrag|bestell|einfügen|"
    r"su|nombre|cliente|fecha|importe|insertar|votre|nom|client|montant|insérer|x{2,}|\.{3}|…)[^\]\n]{0,40}\]"
    r"|\{\{[^{}\n]{0,60}\}\}|<(?:insert|name|your|date|ihr|nombre|votre)[^<>\n]{0,40}>|\b(?:X{3,}|TBD|TODO)\b|lorem ipsum",
    re.IGNORECASE,
)
_LOUD = re.compile(r"\b[A-ZÄÖÜÁÉÍÓÚÑÀÂÇÈÊ]{4,}(?:\s+[A-ZÄÖÜÁÉÍÓÚÑÀÂÇÈÊ]{3,})+\b|[!?]{2,}")
_HARSH = _any(
    r"you should have|you (?:clearly |obviously )?failed to|as (?:I|we) (?:already|have already) (?:said|told|explained|wrote)",
    r"calm down|obviously|that is not (?:my|our) problem|it is your (?:own )?fault|you must understand|ridiculous|stupid",
    r"Sie hätten [^.!?\n]{0,40}? (?:müssen|sollen)|wie (?:bereits|schon) (?:gesagt|erwähnt|mehrfach erklärt)|beruhigen Sie sich",
    r"das ist nicht unser Problem|selbst schuld|offensichtlich haben Sie|lächerlich|unverschämt",
    r"usted debería haber|como ya (?:le )?(?:dije|dijimos|hemos dicho|explicamos)|cálmese",
    r"no es nuestro problema|es culpa suya|ridículo",
    r"vous auriez dû|comme (?:je|nous) (?:vous )?(?:l['’])?(?:ai|avons) déjà (?:dit|expliqué)|calmez-vous",
    r"ce n['’]est pas notre problème|c['’]est (?:de )?votre faute|ridicule",
)
# By language and by how customers are addressed here: the words of the other way.
_ADDRESSED = {
    ("de", "formal"): re.compile(r"\b(?:[Dd]u|[Dd]ir|[Dd]ich|[Dd]ein(?:e[nmrs]?)?|[Ee]uch|[Ee]uer|[Ee]ure[nmrs]?)\b"),
    ("de", "informal"): re.compile(r"(?<=[\w,] )(?:Sie|Ihnen|Ihre?[nmrs]?)\b"),
    ("es", "formal"): re.compile(r"\b(?:tú|ti|contigo|tus?|te|vosotros|vosotras|vuestr[oa]s?|os)\b", re.IGNORECASE),
    ("es", "informal"): re.compile(r"\bustedes\b|\busted\b", re.IGNORECASE),
    ("fr", "formal"): re.compile(r"\b(?:tu|toi|te|ton|tes)\b|\bt['’](?=[aeiouhéè])", re.IGNORECASE),
    ("fr", "informal"): re.compile(r"\b(?:vous|votre|vos)\b", re.IGNORECASE),
}


def placeholders(said: Said) -> Iterator[str]:
    """Placeholders that stand for nothing: ours, and those that models and people leave for later.

    What a customer wrote so themselves may be quoted.
    """
    yield from restore(said.text, {}).unknown
    for match in _UNFILLED.finditer(said.text):
        if not any(match.group() in heard for heard in said.grounds.heard):
            yield match.group()


def another_language(said: Said) -> Iterator[str]:
    """The code of the language that the text is surely in, where the customer writes another."""
    if sum(map(str.isalpha, said.text)) >= _FEWEST_LETTERS:
        language = surely(said.text)
        if language and said.grounds.language and language != said.grounds.language[:2]:
            yield language


def harsh_words(said: Said) -> Iterator[str]:
    """Shouting, reproaches, impatience; and the first word that addresses the customer otherwise than this desk does."""
    for pattern in (_LOUD, _HARSH):
        yield from (match.group() for match in pattern.finditer(said.text))
    otherwise = _ADDRESSED.get((said.grounds.language[:2], said.grounds.address))
    if otherwise is None:
        return
    own = (sentence for sentence in split_sentences(said.text) if not said.is_sourced(sentence))
    yield from [found.group() for sentence in own if (found := otherwise.search(sentence))][:1]


def length(said: Said) -> Iterator[str]:
    """How many words, where they are more than most people read."""
    words = len(said.text.split())
    if words > LONG:
        yield str(words)
