"""`ledger verify`: everything, computed anew from what the entries say."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from desk.ledger.commands import BROKEN, HOLDS, USAGE, Say
from desk.ledger.notes import Malformed, Note, VerifierKey
from desk.ledger.policy import policy_in_force, read_policy
from desk.ledger.verify import Brought, Report, verify_ledger
from desk.ledger.verify.report import Progress

HELP = "check every entry, checkpoint, signature and text; say which is the first that is wrong, and what is"
SHOWN = 10
WIDTH = 40


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--checkpoint", metavar="FILE", help="a checkpoint from outside the database, to compare with")
    parser.add_argument(
        "--key", action="append", default=[], metavar="KEY", help="verifier key of the ledger, or a file of keys"
    )
    parser.add_argument("--policy", metavar="FILE", help="which witnesses a checkpoint needs (else LEDGER_POLICY)")


def run(options: Mapping[str, Any], say: Say) -> int:
    try:
        brought = _brought(options)
    except (Malformed, OSError, UnicodeDecodeError) as wrong:
        say.stderr.write(f"{wrong}\n")
        return USAGE
    begun = time.monotonic()
    report = verify_ledger(brought, progress=_bar(say.stderr))
    _tell(report, time.monotonic() - begun, say)
    return BROKEN if report.broken else HOLDS


def _brought(options: Mapping[str, Any]) -> Brought:
    return Brought(
        keys=[key for value in options["key"] for key in _keys(value)],
        checkpoint=Note.parse(_read(options["checkpoint"])) if options["checkpoint"] else None,
        policy=read_policy(options["policy"]) if options["policy"] else policy_in_force(),
        policy_must_be_met=bool(options["policy"]),
    )


def _keys(value: str) -> Iterator[VerifierKey]:
    if value.count("+") >= 2 and not Path(value).exists():
        yield VerifierKey.parse(value)
        return
    lines = [line.strip() for line in _read(value).splitlines()]
    yield from (VerifierKey.parse(line) for line in lines if line and not line.startswith("#"))


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def _tell(report: Report, seconds: float, say: Say) -> None:
    out = say.stdout.write
    out(f"{report.entries:,} entries, {report.checkpoints:,} checkpoints, {report.signatures:,} signatures, ")
    out(f"{report.texts:,} texts opened, {report.erased:,} erased; {seconds:.1f} s\n")
    if report.replaced:
        out(
            f"{report.replaced:,} texts were replaced since or went with what they named; the last of each was opened.\n"
        )
    if report.elsewhere:
        out(f"{report.elsewhere:,} commitments are to texts that the desk never kept.\n")
    for sentence in report.said:
        out(f"{sentence}\n")
    if report.first is None:
        out("The ledger holds.\n")
        return
    out(f"BROKEN. First bad entry: {report.first.seq}. {report.first.what}\n")
    for finding in sorted(report.findings)[1:SHOWN]:
        out(f"  {finding.what}\n")
    if report.broken > SHOWN:
        out(f"  ... and {report.broken - SHOWN:,} more.\n")


def _bar(stream: TextIO) -> Progress:
    """A bar on a terminal; nothing where nobody looks."""

    def show(what: str, done: int, everything: int) -> None:
        part = min(1.0, done / everything) if everything else 1.0
        filled = round(part * WIDTH)
        stream.write(f"\r{what:<8} [{'#' * filled}{'.' * (WIDTH - filled)}] {part:4.0%}")
        if done >= everything:
            stream.write("\r" + " " * (WIDTH + 20) + "\r")
        stream.flush()

    return show if stream.isatty() else lambda _what, _done, _everything: None
