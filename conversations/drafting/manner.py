"""How replies are written: tone, form of address, and the organisation's own words on it, as the model settings say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Tone = Literal["friendly", "neutral", "formal"]
Address = Literal["formal", "informal"]

_TONES: Final[dict[Tone, str]] = {
    "friendly": "friendly (personal, as to somebody whom one is glad to help)",
    "neutral": "neutral (brief)",
    "formal": "formal (reserved)",
}
_ADDRESSES: Final[dict[Address, str]] = {
    "formal": "formal (Sie, usted, vous, u, Pan), whatever the customer uses",
    "informal": "informal (du, tú, tu, je, ty), whatever the customer uses",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """`address` is Sie or du, usted or tú, vous or tu."""

    tone: Tone = "friendly"
    address: Address = "formal"
    guidance: str = ""

    def lines(self) -> str:
        """As it stands in a prompt."""
        return f"tone: {_TONES[self.tone]}\nform of address: {_ADDRESSES[self.address]}\n"


USUAL: Final = Manner()
"""What holds until an organisation says otherwise."""
