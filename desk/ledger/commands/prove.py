"""`ledger prove`: that an entry stands in the ledger, or that one checkpoint begins with another."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from desk.ledger.commands import BROKEN, HOLDS, USAGE, Say
from desk.ledger.notes import write_hashes
from desk.ledger.prove import HistoryDiffers, checkpoint_of, prove_consistency, prove_inclusion
from desk.ledger.witnesses import handed_out
from desk.problems import Problem

HELP = "print a proof: that an entry stands in the ledger, or that one checkpoint begins with another"


def arguments(parser: ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--seq", type=int, metavar="N", help="that entry N stands in it (a .tlog-proof)")
    what.add_argument(
        "--consistency", type=int, nargs=2, metavar=("A", "B"), help="that the first B entries begin with the first A"
    )
    parser.add_argument("--size", type=int, metavar="M", help="with --seq: below the checkpoint of M entries")


def run(options: Mapping[str, Any], say: Say) -> int:
    seq, size, sizes = options["seq"], options["size"], options["consistency"]
    if size is not None and seq is None:
        say.stderr.write("--size goes with --seq.\n")
        return USAGE
    try:
        if seq is None:
            proof = write_hashes(prove_consistency(*sizes))
        else:
            checkpoint = checkpoint_of(size)
            proof = str(prove_inclusion(seq, checkpoint, handed_out(checkpoint)))
    except HistoryDiffers as problem:
        say.stderr.write(f"{problem.title}. {problem.detail}\n")
        return BROKEN
    except Problem as problem:
        say.stderr.write(f"{problem.title}. {problem.detail}\n")
        return USAGE
    say.stdout.write(proof)
    return HOLDS
