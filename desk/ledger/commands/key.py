"""`ledger key`: the keys that sign the ledger."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Max, Min

from desk.actions import Actor
from desk.ledger import keys
from desk.ledger.commands import HOLDS, USAGE, Say
from desk.ledger.models import Key
from desk.ledger.refusals import Refused

HELP = "make the key that signs the ledger, have another take over, list them"
OPERATOR = Actor("system", via="command")


def arguments(parser: ArgumentParser) -> None:
    words = parser.add_subparsers(dest="key", required=True, metavar="new | rotate | list | forget")
    words.add_parser("new", help="make the first key, in the file that LEDGER_KEY names")
    rotate = words.add_parser("rotate", help="make the next key, which signs from now on")
    rotate.add_argument(
        "--reason",
        choices=("routine", "lost", "compromised"),
        default="routine",
        help="routine: the key before signs once more; lost, compromised: it does not",
    )
    words.add_parser("list", help="every key, and which checkpoints it signed")
    words.add_parser("forget", help="take private keys that sign no more out of the file")


def run(options: Mapping[str, Any], say: Say) -> int:
    try:
        _RUN[options["key"]](options, say)
    except keys.KeyTrouble as trouble:
        say.stderr.write(f"{trouble}\n")
        return USAGE
    return HOLDS


def _new(options: Mapping[str, Any], say: Say) -> None:
    say.stdout.write(f"{keys.make(by=OPERATOR).verifier}\n")


def _rotate(options: Mapping[str, Any], say: Say) -> None:
    say.stdout.write(f"{keys.rotate(options['reason'], by=OPERATOR).verifier}\n")
    if options["reason"] == "routine":
        say.stderr.write(
            "Once the next checkpoint is signed, `ledger key forget` takes the key before out of the file.\n"
        )


def _list(options: Mapping[str, Any], say: Say) -> None:
    try:
        here = {signer.verifier for signer in keys.read_signers()}
    except Refused:
        here = set()
    for key in Key.objects.annotate(first=Min("checkpoints__size"), last=Max("checkpoints__size")).order_by("id"):
        signed = f"signed {key.first} to {key.last}" if key.first else "has signed nothing yet"
        private = f", private half in {settings.ENV.ledger_key}" if key.verifier in here else ""
        say.stdout.write(f"{key.verifier}\n  {key.reason}, {key.made_at:%Y-%m-%d %H:%M}, {signed}{private}\n")


def _forget(options: Mapping[str, Any], say: Say) -> None:
    say.stdout.write(f"{keys.forget()} taken out.\n")


_RUN = {"new": _new, "rotate": _rotate, "list": _list, "forget": _forget}
