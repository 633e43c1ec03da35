"""Templates of pages without their indentation, which is for those who write them: a sixth of what a page is made of."""

from __future__ import annotations

import re

from django.template.base import Origin
from django.template.loaders import filesystem

_BREAK = re.compile(r"\s*\n\s*")


class Loader(filesystem.Loader):
    """Django's, for a folder. Between lines of a page one break stays; other texts, such as mails, stay as they are.

    What people wrote comes in when a page is made, so it keeps each of its blanks.
    """

    def get_contents(self, origin: Origin) -> str:
        written: str = super().get_contents(origin)
        return one_break(written) if origin.name.endswith(".html") else written


def one_break(written: str) -> str:
    """Lines without the blanks before and behind them, and without those that are empty."""
    return _BREAK.sub("\n", written)
