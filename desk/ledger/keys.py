"""The keys that sign the ledger. Private halves are in one file outside the database, newest last, a line each.

A new key is written to the file first and becomes the one that signs by its row, so that a crash in between leaves the old one
in place. The first checkpoint of a key that took over by routine is signed by the one before, too: whoever trusts that one can
go on from there to the next.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk.actions import Actor, action, record
from desk.ledger.kinds import Code, Facts, Hash, because, kind, words
from desk.ledger.models import Key
from desk.ledger.notes import Malformed, Signer
from desk.ledger.refusals import Refused
from desk.var import write_secretly

because(
    {
        "ledger_key": _(
            "What the ledger is signed with, since when, and why it was exchanged, is what outsiders rely on."
        )
    }
)


@kind("ledger_key.made", says="{actor} made key {key_id}, which signs the ledger from now on")
class KeyMade(Facts):
    key_id: Code
    public_key: Hash


@kind("ledger_key.rotated", says="{actor} had key {key_id} take over the signing of the ledger, {reason}")
class KeyRotated(Facts):
    key_id: Code
    public_key: Hash
    reason: Literal["routine", "lost", "compromised"]


words(
    {
        "routine": _("by routine"),
        "lost": _("because the one before is lost"),
        "compromised": _("because the one before is no longer secret"),
    }
)


class KeyTrouble(Exception):
    """A key cannot be made or taken away as things are; the message says why and what to do."""


def origin() -> str:
    """The name of this log in what a new key signs: LEDGER_ORIGIN, or PUBLIC_URL without its scheme."""
    if settings.ENV.ledger_origin:
        return str(settings.ENV.ledger_origin)
    parts = urlsplit(settings.PUBLIC_URL)
    return f"{parts.netloc}{parts.path.rstrip('/')}/ledger"


def read_signers() -> list[Signer]:
    """The private keys in the key file, oldest first. Raises Refused when there is no file, or something else in it."""
    if not settings.ENV.ledger_key:
        raise Refused("no_key")
    try:
        lines = Path(settings.ENV.ledger_key).read_text(encoding="ascii").splitlines()
        found = [Signer.parse(line) for line in lines if line.strip()]
    except FileNotFoundError:
        raise Refused("key_missing" if Key.objects.exists() else "no_key") from None
    except (OSError, UnicodeDecodeError, Malformed):
        raise Refused("key_unreadable") from None
    if not found:
        raise Refused("key_unreadable")
    return found


def make(*, by: Actor) -> Key:
    """Make the first key. One that is in the file already, but not in the database, becomes it. Raises KeyTrouble."""
    if Key.objects.exists():
        raise KeyTrouble("There is a key. `ledger key rotate` makes the next one.")
    path = _path()
    if not path.exists():
        _write(path, [Signer.new(origin())])
    return _made(_signers()[-1], by=by)


def rotate(reason: Literal["routine", "lost", "compromised"], *, by: Actor) -> Key:
    """Make the next key, which signs from now on. Raises KeyTrouble.

    By routine the key before signs once more, so its private half has to be in the file. A key that is lost cannot, and one
    that somebody else may have must not.
    """
    last = Key.objects.order_by("id").last()
    if last is None:
        raise KeyTrouble("There is no key yet. `ledger key new` makes the first one.")
    path = _path()
    kept = _signers() if path.exists() or reason == "routine" else []
    if reason == "routine" and all(signer.verifier != last.verifier for signer in kept):
        raise KeyTrouble(
            f"The private half of {last.verifier} is not in {path}. If it is gone for good, use --reason lost; "
            "if somebody else may have it, --reason compromised."
        )
    newest = Signer.new(origin())
    _write(path, [*(signer for signer in kept if reason == "routine"), newest])
    return _rotated(newest, reason, by=by)


def forget() -> int:
    """Take private keys that sign no more out of the file. Returns how many. Raises KeyTrouble."""
    last = Key.objects.order_by("id").last()
    if last is None or not last.checkpoints.exists():
        raise KeyTrouble("The newest key has not signed yet; until it has, the one before is needed.")
    signers = _signers()
    kept = [signer for signer in signers if signer.verifier == last.verifier]
    if not kept:
        raise KeyTrouble(f"The private half of {last.verifier} is not in {_path()}.")
    if len(kept) < len(signers):
        _write(_path(), kept)
    return len(signers) - len(kept)


@action("ledger_key.made")
def _made(signer: Signer, *, by: Actor) -> Key:
    key, facts = _row(signer, Key.Reason.FIRST)
    record(KeyMade(**facts), by=by, subject=key.ref)
    return key


@action("ledger_key.rotated")
def _rotated(signer: Signer, reason: Literal["routine", "lost", "compromised"], *, by: Actor) -> Key:
    key, facts = _row(signer, Key.Reason(reason))
    record(KeyRotated(**facts, reason=reason), by=by, subject=key.ref)
    return key


def _row(signer: Signer, reason: Key.Reason) -> tuple[Key, dict[str, Any]]:
    verifier = signer.verifier
    key = Key.objects.create(name=verifier.name, public=verifier.public, reason=reason, made_at=timezone.now())
    return key, {"key_id": verifier.key_id.hex(), "public_key": verifier.public.hex()}


def _path() -> Path:
    if not settings.ENV.ledger_key:
        raise KeyTrouble("LEDGER_KEY names no file for the private key.")
    return Path(settings.ENV.ledger_key)


def _signers() -> list[Signer]:
    try:
        return read_signers()
    except Refused as refused:
        raise KeyTrouble(f"{_path()} cannot be read as keys ({refused.code}).") from None


def _write(path: Path, signers: list[Signer]) -> None:
    """The key file, whole or as it was; and its name kept by the disk before anything relies on it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_secretly(path, "".join(f"{signer.secret()}\n" for signer in signers))
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise KeyTrouble(f"{path} cannot be written ({error.strerror}).") from error
