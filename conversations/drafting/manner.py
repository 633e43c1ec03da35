"""How replies are written and what they may refer to: one place, until an organisation says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from django.conf import settings

Tone = Literal["friendly", "neutral", "formal"]
Address = Literal["formal", "informal"]

TOPICS: Final = frozenset(
    {"legal", "privacy", "safety", "complaint", "accident", "health", "fraud", "chargeback", "press"}
)
"""Tags of tickets whose drafts are never of low risk."""


@dataclass(frozen=True, slots=True)
class Manner:
    """`address` is Sie or du, usted or tú, vous or tu. Links in replies go to `hosts` and below, or stand in an article."""

    tone: Tone = "friendly"
    address: Address = "formal"
    topics: frozenset[str] = TOPICS
    hosts: tuple[str, ...] = ()
    # The organisation's own words on how replies should be.
    guidance: str = ""


def manner() -> Manner:
    """What holds now. The desk's own address is always one that replies may link to."""
    own = urlsplit(settings.PUBLIC_URL).hostname or ""
    return Manner(hosts=tuple(dict.fromkeys(filter(None, (own, *settings.ENV.link_hosts)))))
