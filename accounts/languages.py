"""Languages that people of the staff may say they read, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from desk.problems import Invalid

READABLE = (
    "en",
    "de",
    "es",
    "fr",
    "it",
    "nl",
    "pt",
    "pl",
    "cs",
    "da",
    "sv",
    "fi",
    "nb",
    "tr",
    "uk",
    "ru",
    "ar",
    "he",
    "ja",
)
"""By code; customers of a desk write in a few of them."""


def name_of_language(code: str) -> str:
    """What a language is called in the language of the page; of one that nobody has a name for, its code; "" for none."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def known_languages(codes: Iterable[str]) -> list[str]:
    """Each once, in the order of the table. Raises Invalid for one that is not in it."""
    wanted = {code.strip().lower() for code in codes}
    if unknown := sorted(wanted.difference(READABLE)):
        sentence = _("There is no language %(codes)s here. Choose among %(known)s.") % {
            "codes": ", ".join(unknown),
            "known": ", ".join(READABLE),
        }
        raise Invalid(sentence, errors={"languages": [sentence]})
    return [code for code in READABLE if code in wanted]
