"""`ledger checkpoint`: the latest checkpoint, as it is handed out."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from desk.ledger.commands import HOLDS, USAGE, Say
from desk.ledger.witnesses import handed_out, newest_checkpoint

HELP = "print the latest checkpoint, with the signatures of the log and of its witnesses"


def arguments(parser: ArgumentParser) -> None:
    """It takes none."""


def run(options: Mapping[str, Any], say: Say) -> int:
    newest = newest_checkpoint()
    if newest is None:
        say.stderr.write("Nothing is sealed yet.\n")
        return USAGE
    say.stdout.write(handed_out(newest))
    return HOLDS
