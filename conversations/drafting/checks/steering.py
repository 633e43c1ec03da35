"""Words meant for a model: in what a customer wrote they may have steered the draft, in a draft they leaked into it."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.drafting.checks.following import LONGEST
from conversations.drafting.checks.grounds import Said
from conversations.drafting.checks.leads import OWN_WORDS, SECRETS
from conversations.drafting.checks.sure import sure_signs
from conversations.drafting.sentences import split_sentences
from conversations.redaction.folding import fold


def injections(said: Said) -> Iterator[str]:
    """Sure signs in the draft and the thread; mere leads in the thread where the draft says what no source supports."""
    found = False
    own = "".join(sentence for sentence in split_sentences(said.text) if not said.stands_in_source(sentence))
    for signs in (sure_signs(own), *said.grounds.heard_signs):
        for sign in signs:
            found = True
            yield sign[:LONGEST]
    for sentence in split_sentences(said.text):
        words = " ".join(fold(sentence).split())
        if not said.is_sourced(sentence) and (SECRETS.search(words) or OWN_WORDS.search(words)):
            found = True
            yield sentence.strip()[:LONGEST]
    if not found:
        yield from said.followed


def unsupported(said: Said) -> Iterator[str]:
    """What a model stated and no passage supports, where it still stands in the text."""
    for sentence in said.grounds.unsupported:
        words = sentence.strip()
        if words in said.text and words[:LONGEST] not in said.followed:
            yield words[:LONGEST]
