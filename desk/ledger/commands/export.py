"""`ledger export`: the leaves of the tree, for whoever wants to hash them elsewhere."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from desk.ledger.commands import HOLDS, USAGE, Say
from desk.ledger.models import Entry

HELP = "print entries as they are hashed, one a line"
AT_ONCE = 2_000


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--since", type=int, default=0, metavar="SEQ", help="only entries after this one")


def run(options: Mapping[str, Any], say: Say) -> int:
    last: int = options["since"]
    if last < 0:
        say.stderr.write("--since is the number of an entry.\n")
        return USAGE
    while True:
        page = Entry.objects.filter(seq__gt=last).order_by("seq").values_list("seq", "canonical")[:AT_ONCE]
        read = 0
        for last, text in page:  # noqa: B007 - the next page begins after it
            say.stdout.write(f"{text}\n")
            read += 1
        if read < AT_ONCE:
            return HOLDS
