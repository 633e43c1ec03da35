"""The sealer: extends the tree over the entries' leaves and signs what it came to, about every two seconds.

It keeps nothing in memory between two rounds. Each begins with the last checkpoint: that it is as it was signed, that the
anchor file knows nothing else, that the entries and nodes at its edge still make its root. Then it reads the next entries in
order, hashes what they say, and signs only what is shown to be consistent with the checkpoint before. What is wrong, it
refuses to sign, and says so (desk.ledger.state).

A checkpoint, and the nodes below it, are one transaction; nobody sees the signature before that is on disk.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from django.db import Error, connection, transaction

from desk.ledger import anchors, keys
from desk.ledger.models import Checkpoint, Entry, Key, Node
from desk.ledger.nodes import is_kept, read_nodes
from desk.ledger.notes import Checkpoint as Said
from desk.ledger.notes import Malformed, Note, NotSigned, Signer
from desk.ledger.refusals import Refused
from desk.ledger.state import tell
from desk.ledger.tree import (
    EMPTY_ROOT,
    Frontier,
    Place,
    ProofFails,
    check_consistency,
    consistency,
    cover,
    leaf_hash,
)

EVERY = 2.0  # seconds
SOON = 256  # entries for which nobody waits for the two seconds to be over, but for one
LOOKS = 0.5  # seconds between looks
MOST = 16_384  # entries below one checkpoint more
AT_ONCE = 2_048  # entries in memory

_LOCK = 0x5EA1E2
"""Whoever holds it seals; one number for all processes of a database."""

log = structlog.get_logger(__name__)


def run(stop: threading.Event) -> None:
    """Seal until asked to stop, if no other process does; what goes wrong is logged and tried again."""
    leads, due = False, 0.0
    while not stop.is_set():
        try:
            leads = leads or _take_lock()
            now = time.monotonic()
            # A round costs the same for one entry and for hundreds: of more rounds a second busy writers would feel something.
            if leads and (now >= due or (now >= due - EVERY / 2 and _unsealed() >= SOON)):
                due = now + EVERY
                while attempt() == MOST and not stop.is_set():
                    pass
        except Exception as error:  # the ledger has to be sealed, whatever this round met
            if isinstance(error, Error):
                log.warning("sealer_lost_database")
            else:
                log.exception("sealer_failed")
            _let_go()
            leads = False
            stop.wait(1)
        stop.wait(LOOKS)
    _let_go()


def attempt() -> int:
    """Seal what waits. Returns how many entries; a refusal is kept for people to see, and counts as none."""
    try:
        sealed = seal()
    except Refused as refused:
        tell(refused.code, refused.seq)
        return 0
    tell("")
    anchors.append_to_file()
    return sealed


def seal() -> int:
    """Sign the next entries, at most MOST. Returns how many; 0 also while another process seals. Raises Refused."""
    with _alone() as alone:
        if not alone:
            return 0
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                # One view of everything: a key that took over and its entry are seen together or not at all.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                # What is signed goes out of the house, so it has to be on disk, whatever the server does for others.
                cursor.execute("SET LOCAL synchronous_commit = on")
            return _seal()


def _seal() -> int:
    last = Checkpoint.objects.select_related("key").order_by("size").last()
    before = _as_signed(last)
    signers = keys.read_signers()
    anchors.check_file(signers)
    frontier = Frontier(before.size, read_nodes(cover(0, before.size)))
    if frontier.root() != before.root:
        raise Refused("history_differs")
    fresh = _extended(frontier)
    if frontier.size == before.size:
        return 0
    root = frontier.root()
    proof = consistency(before.size, frontier.size, lambda places: read_nodes(places, fresh))
    try:
        check_consistency(before.size, frontier.size, proof, before.root, root)
    except ProofFails:
        raise Refused("history_differs") from None
    key, note = _signed(frontier.size, root, signers, last)
    Checkpoint.objects.create(size=frontier.size, previous=before.size, root=root, note=str(note), key=key)
    Node.objects.bulk_create(
        [Node(level=level, index=index, hash=hash_) for (level, index), hash_ in fresh.items()], batch_size=1_000
    )
    return frontier.size - before.size


def _as_signed(last: Checkpoint | None) -> Said:
    """What the last checkpoint says, read from the signed text and not from the columns beside it."""
    if last is None:
        return Said("", 0, EMPTY_ROOT)
    try:
        note = Note.parse(last.note)
        note.verified([last.key.verifier])
        said = Said.parse(note.text)
    except (Malformed, NotSigned):
        raise Refused("note_wrong", seq=last.size) from None
    if (said.size, said.root) != (last.size, bytes(last.root)):
        raise Refused("note_wrong", seq=last.size)
    return said


def _extended(frontier: Frontier) -> dict[Place, bytes]:
    """Put the next entries below the frontier. Returns the nodes to keep. Raises Refused at the first one that is wrong."""
    fresh: dict[Place, bytes] = {}
    last = frontier.size + MOST
    while frontier.size < last:
        entries = Entry.objects.filter(seq__gt=frontier.size).order_by("seq").values_list("seq", "canonical", "leaf")
        read = 0
        for seq, canonical, stored in entries[: min(AT_ONCE, last - frontier.size)]:
            read += 1
            if seq != frontier.size + 1:
                raise Refused("not_dense", seq=frontier.size + 1)
            leaf = leaf_hash(canonical.encode())
            if leaf != bytes(stored):
                raise Refused("leaf_wrong", seq=seq)
            if _number(canonical) != seq:
                raise Refused("number_wrong", seq=seq)
            fresh.update((place, hash_) for place, hash_ in frontier.add(leaf) if is_kept(place))
        if not read:
            break
    return fresh


def _number(canonical: str) -> object:
    try:
        return json.loads(canonical)["seq"]
    except (ValueError, KeyError, TypeError):
        return None


def _signed(size: int, root: bytes, signers: list[Signer], last: Checkpoint | None) -> tuple[Key, Note]:
    """The checkpoint, signed by the newest key, and by the one before when this is where it hands over."""
    rows = list(Key.objects.filter(id__gte=last.key_id if last else 0).order_by("id"))
    if not rows:
        raise Refused("no_key")
    newest, before = rows[-1], rows[0]
    signs = [_half(newest, signers, "key_missing")]
    if last and before != newest and all(row.reason == Key.Reason.ROUTINE for row in rows[1:]):
        signs.append(_half(before, signers, "old_key_missing"))
    text = Said(newest.name, size, root).text
    note = Note(text, tuple(signer.sign(text) for signer in signs))
    note.verified([newest.verifier])
    return newest, note


def _half(key: Key, signers: list[Signer], otherwise: str) -> Signer:
    found = next((signer for signer in signers if signer.verifier == key.verifier), None)
    if found is None:
        raise Refused(otherwise)
    return found


def _unsealed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value - coalesce((SELECT max(size) FROM ledger_checkpoint), 0) FROM ledger_counter")
        return int(cursor.fetchone()[0])


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether this process seals now: also a round by itself takes the lock, which counts how often its holder took it."""
    held = _take_lock()
    try:
        yield held
    finally:
        if held and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _take_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _let_go() -> None:
    """Give up the lead. A connection goes back into the pool, so it must not keep the lock."""
    with suppress(Error), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
    connection.close()
