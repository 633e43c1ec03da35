"""Products that have people's names: whether the words around a name speak of something that is sold."""

from __future__ import annotations

import re

from conversations.redaction.lexicon import Token, words
from conversations.redaction.phrases import Phrases

_AFTER = re.compile(
    r"[ ]?(?:\d|(?:I[IVX]|VI{0,3}|X)I?(?![^\W_])|XS|XXS|[SML](?=[ .,)\n]|\Z)|XL|XXL|™|®"
    r"|\(?(?:in|en|de)[ ](?:size|Gr(?:ö|oe?)(?:ß|ss)e|Gr\.|talla|taille|the[ ]colou?r|der[ ]Farbe|color"
    r"|couleur|black|blue|red|green"
    r"|grey|white|navy|schwarz|blau|rot|grün|grau|weiß|beige|negro|azul|rojo|verde|gris|blanco|noir|bleu|rouge"
    r"|vert|blanc))"
)
_ARTICLE = re.compile(
    r"(?:(?<![^\W_])(?:the|an?|two|both|das|eine?|einen|einem|eines|el|los|las|una?|unos|unas|les|une|aux?)[ ]"
    r"|\d[ ]?[x×]?[ ]"
    r"|\b(?:l|d)['’])[\"'„“«‹]?\Z",
    re.IGNORECASE,
)
_OPENS, _CLOSES = "\"„“«‹'‚", "\"“”»›'’"
# Things to some, people to others: "la mujer Ana".
_PEOPLE = words(
    "mujer hombre femme homme herren damen junior baby kids book game phone tablet handy móvil movil portable"
)
_ENDINGS = tuple(
    words(
        """
        jacke mantel hose schuh schuhe stiefel zelt rucksack tasche koffer tisch stuhl regal lampe sofa bett matratze decke sessel
        teppich uhr kette ring rad helm wagen kocher flasche shirt kleid hemd bluse pullover schrank hocker modell serie
        """
    )
)


def is_a_product(phrases: Phrases, first: int, end: int) -> bool:
    """Whether the name from one word to another is that of a product: "the Emma jacket", "Zelt Hanna 3", „Oskar“."""
    start, stop = phrases.tokens[first].start, phrases.tokens[end - 1].end
    before, after = phrases.text[max(0, start - 24) : start], phrases.text[stop : stop + 28]
    if _AFTER.match(after) and not after.startswith(" 2 "):
        return True
    gap = phrases.gap(end - 1)
    if end < len(phrases.tokens) and "\n" not in gap and gap.strip(" \"“”»'") in {"", "-"} and gap:
        follows = phrases.tokens[end]
        if _sold(phrases, follows) and not follows.is_.too:
            return True
    if first > 0 and _named_by(phrases, first):
        return True
    quoted = bool(before) and before[-1] in _OPENS and after[:1] != "" and after[0] in _CLOSES
    return end == first + 1 and (quoted or _ARTICLE.search(before) is not None)


def _named_by(phrases: Phrases, first: int) -> bool:
    """Whether the word before says what it is."""
    gap, previous = phrases.gap(first - 1), phrases.tokens[first - 1]
    if gap.strip(" \"'„“«‹") or "\n" in gap:
        return False
    compound = previous.capital and phrases.german and previous.folded.endswith(_ENDINGS)
    return compound or (_sold(phrases, previous) and previous.folded not in _PEOPLE)


def _sold(phrases: Phrases, token: Token) -> bool:
    """Whether this is a word for something that is sold; German ones are nouns and begin with a capital letter."""
    return token.is_.sold and (token.capital or not phrases.german)
