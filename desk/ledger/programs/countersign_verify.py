#!/usr/bin/env python3
"""countersign_verify: is an evidence bundle of a Countersign desk what it says it is?

    python3 countersign_verify.py ticket-1042.zip --key desk.example.com/ledger+530d903a+AekyeRrm...

It needs Python 3.11 or newer and the package `cryptography`; no database, no network, no desk. What the proof is worth
hangs on what you bring from outside: `--key` (a verifier key that the organisation gave you by another way), `--policy`
(which witnesses have to have countersigned) or `--checkpoint` (one that you kept, got by mail, or from a witness). The
keys in the bundle itself only show that it hangs together, and this program says so.

Exit code: 0 it holds, 1 it is broken, 2 it could not be read or was asked wrongly.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # pragma: no cover - said to a person who has not installed it
    sys.exit(
        "countersign_verify: the package `cryptography` is missing. Install it: python3 -m pip install cryptography"
    )

MOST_FILES = 50_000
MOST_BYTES = 512 * 1024 * 1024  # of everything together, unpacked
LONGEST_LINE = 8 * 1024 * 1024
LONGEST_PROOF = 64 * 1024
MOST_SIGNATURES = 100
NEEDED = ("entries.jsonl", "texts.jsonl", "keys.txt")
NAMES = re.compile(
    r"ticket\.html|entries\.jsonl|texts\.jsonl|keys\.txt|README\.txt|countersign_verify\.py|proofs/|"
    r"proofs/[1-9][0-9]{0,18}\.tlog-proof"
)
MEMBERS = {"actor", "at", "commitments", "facts", "kind", "seq", "subject", "thread"}
HEX = re.compile(r"[0-9a-f]{64}")
LOG, WITNESS = 0x01, 0x04


class Unreadable(Exception):
    """This is no evidence bundle, or one that was made to do harm; or a file beside it cannot be read. Exit code 2."""


class Broken(Exception):
    """Something is not what it has to be. Exit code 1."""


# --- The formats: RFC 6962 trees, C2SP signed notes, checkpoints, cosignatures, proofs, policies -------------------------


@dataclass(frozen=True)
class Key:
    """A verifier key, `name+hex(key id)+base64(type ‖ public key)`."""

    name: str
    id: bytes
    type: int
    public: bytes

    @classmethod
    def read(cls, text: str) -> Key:
        # Base64 has a plus sign of its own, names have none.
        name, identity, encoded = (*text.strip().split("+", 2), "", "", "")[:3]
        try:
            raw = unpacked(encoded)
            found = cls(name, bytes.fromhex(identity), raw[0] if raw else 0, raw[1:])
        except ValueError:
            raise Unreadable(f"{plain(text.strip()[:80])!r} is not a verifier key (name+key id+base64).") from None
        if not name or " " in name or len(found.public) != 32 or found.type not in {LOG, WITNESS}:
            raise Unreadable(f"{plain(text.strip()[:80])!r} is not a verifier key of the kind Ed25519.")
        if found.id != hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]:
            raise Unreadable(f"The key of {plain(name)} carries a key id that is not its own.")
        return found

    def signed(self, signature: bytes, text: str) -> bool:
        """Whether this signature is of this key, over the text or, for a witness, over the text with its time."""
        try:
            if self.type == WITNESS:
                told = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n{text}"
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature[8:], told.encode())
            else:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Checkpoint:
    """What a log signed: so many entries, with this root. `signatures` are (name, key id, the rest)."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def read(cls, note: str) -> Checkpoint:
        text, blank, rest = note.partition("\n\n")
        lines = text.split("\n")
        if not blank or len(lines) != 3 or not lines[0] or any(ord(letter) < 32 for letter in note.replace("\n", "")):
            raise Unreadable("A checkpoint is not of three lines, an empty one and signatures.")
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
            raise Unreadable("A checkpoint has no proper number of entries.")
        try:
            root = unpacked(lines[2])
            signatures = tuple(_signature(line) for line in rest.rstrip("\n").split("\n"))
        except ValueError:
            raise Unreadable("A checkpoint has something in it that is not base64.") from None
        if len(root) != 32 or not note.endswith("\n") or not 1 <= len(signatures) <= MOST_SIGNATURES:
            raise Unreadable("A checkpoint's root or signatures are not of the right length.")
        return cls(f"{text}\n", lines[0], int(lines[1]), root, signatures)

    def signers(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        """Which of these keys signed it. Raises Broken when one of them is named and its signature is false."""
        known = {(key.name, key.id): key for key in keys}
        found: dict[Key, bytes] = {}
        for name, identity, signature in self.signatures:
            key = known.get((name, identity))
            if key is None:
                continue  # of a key that nobody told us of: says nothing, harms nothing
            if not key.signed(signature, self.text):
                raise Broken(f"A signature in the name of {plain(name)} under a checkpoint is false.")
            found[key] = signature
        return found


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, name, encoded = (*line.split(" "), "", "", "")[:3]
    raw = unpacked(encoded)
    if dash != "\u2014" or not name or line.count(" ") != 2 or len(raw) < 5:
        raise ValueError(line)
    return name, raw[:4], raw[4:]


def unpacked(text: str) -> bytes:
    """Base64 in the one way that there is to write it. Raises ValueError."""
    found = base64.b64decode(text, validate=True)
    if base64.b64encode(found).decode() != text:
        raise ValueError("base64 can be written in one way only")
    return found


def leaf(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_inclusion(index: int, size: int, hashed: bytes, path: list[bytes]) -> bytes | None:
    """RFC 9162 §2.1.3.2; None when the path has not the length that it must have."""
    if not 0 <= index < size:
        return None
    at, last, root = index, size - 1, hashed
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            root = node(step, root)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            root = node(root, step)
        at, last = at >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(old: Checkpoint, new: Checkpoint, proof: list[bytes]) -> bool:
    """RFC 9162 §2.1.4.2: the newer tree holds all that the older one held, unchanged and in order."""
    if old.size > new.size:
        return False
    if old.size in {0, new.size}:
        return not proof and old.root == (new.root if old.size else hashlib.sha256(b"").digest())
    path = [old.root, *proof] if old.size & (old.size - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = old.size - 1, new.size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node(step, first), node(step, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node(second, step)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old.root and second == new.root


@dataclass(frozen=True)
class Proof:
    index: int
    path: list[bytes]
    note: str

    @classmethod
    def read(cls, raw: bytes) -> Proof:
        blank = note = ""
        try:
            head, blank, note = raw.decode().partition("\n\n")
            first, *lines = head.split("\n")
            if lines[0].startswith("extra "):
                lines.pop(0)  # nothing in it may be trusted
            numbered = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", lines.pop(0))
            path = [unpacked(line) for line in lines]
        except (ValueError, IndexError):
            first, numbered, path = "", None, []
        if first != "c2sp.org/tlog-proof@v1" or not blank or numbered is None or any(len(step) != 32 for step in path):
            raise Unreadable("A proof is not in the format c2sp.org/tlog-proof@v1.")
        return cls(int(numbered[1]), path, note)


@dataclass
class Policy:
    """Whose checkpoints count, and which witnesses must have countersigned them (C2SP tlog-policy)."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str = ""

    @classmethod
    def read(cls, text: str) -> Policy:
        policy = cls()
        for number, line in enumerate(text.split("\n"), 1):
            if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", line):
                raise Unreadable(f"Line {number} of the policy holds a control character.")
            words = [word for word in re.split(r"[ \t]+", line.strip(" \t")) if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                policy._take(words)
            except (ValueError, Unreadable) as error:
                raise Unreadable(f"Line {number} of the policy: {error}") from None
        if not policy.quorum:
            raise Unreadable("The policy has no quorum line.")
        return policy

    def _take(self, words: list[str]) -> None:
        what, *rest = words
        if what == "log" and len(rest) in {1, 2}:
            key = Key.read(rest[0])
            if key.type != LOG or any(key.public == other.public for other in self.logs):
                raise ValueError("a log has a key of its own, of the kind for logs")
            self.logs.append(key)
        elif what == "witness" and len(rest) in {2, 3}:
            key = Key.read(rest[1])
            if key.type != WITNESS or any(key.public == other.public for other in self.witnesses.values()):
                raise ValueError("a witness has a key of its own, of the kind for witnesses")
            self.witnesses[self._fresh(rest[0])] = key
        elif what == "group" and len(rest) >= 3:
            members = [self._known(member) for member in rest[2:]]
            used = {member for _least, some in self.groups.values() for member in some}
            if len(set(members)) != len(members) or used & set(members):
                raise ValueError("a name can be a member once only")
            least = {"all": len(members), "any": 1}.get(rest[1]) or (
                int(rest[1]) if re.fullmatch("[1-9][0-9]*", rest[1]) else 0
            )
            if not 1 <= least <= len(members):
                raise ValueError("a group asks for one of its members up to all of them")
            self.groups[self._fresh(rest[0])] = (least, members)
        elif what == "quorum" and len(rest) == 1 and not self.quorum:
            self.quorum = rest[0] if rest[0] == "none" else self._known(rest[0])
        else:
            raise ValueError("it is none of log, witness, group and one quorum")

    def _fresh(self, name: str) -> str:
        if name == "none" or name in self.witnesses or name in self.groups:
            raise ValueError(f"{plain(name)} has been named before")
        return name

    def _known(self, name: str) -> str:
        if name not in self.witnesses and name not in self.groups:
            raise ValueError(f"{plain(name)} is not named before")
        return name

    def met(self, signers: Iterable[Key], name: str = "") -> bool:
        """Whether those who countersigned are enough."""
        name = name or self.quorum
        if name == "none":
            return True
        if name in self.witnesses:
            return self.witnesses[name] in signers
        least, members = self.groups[name]
        return sum(self.met(signers, member) for member in members) >= least


# --- The bundle, read as something that an enemy may have made -----------------------------------------------------------


@dataclass
class Bundle:
    entries: list[bytes]
    proofs: dict[int, bytes]
    texts: list[dict[str, Any]]
    keys: list[Key]


def open_bundle(path: Path) -> Bundle:
    """Everything in memory, nothing on disk: whatever the names in the archive say, no file is written."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = _sound(archive)
            entries = [line for line in _lines(archive, infos["entries.jsonl"])]  # noqa: C416 - closes the file in order
            texts = [_opened(line) for line in _lines(archive, infos["texts.jsonl"])]
            keys = [Key.read(line.decode()) for line in _lines(archive, infos["keys.txt"]) if line.strip()]
            proofs = {
                int(name[7:-11]): _whole(archive, info)
                for name, info in infos.items()
                if name.startswith("proofs/") and name != "proofs/"
            }
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(f"{path.name} is not a ZIP archive that can be read ({plain(str(error))}).") from None
    except UnicodeDecodeError:
        raise Unreadable("keys.txt is not UTF-8.") from None
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror or error}.") from None
    return Bundle(entries, proofs, texts, keys)


def _sound(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MOST_FILES:
        raise Unreadable(f"The archive has {len(infos):,} files, more than any bundle has. It was not read.")
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise Unreadable("Unpacked, the archive would be larger than any bundle. It was not read.")
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.orig_filename
        if not NAMES.fullmatch(name) or info.filename != name:
            raise Unreadable(
                f"The archive holds a file that does not belong there: {plain(name[:80])!r}. It was not read."
            )
        if name in found:
            raise Unreadable(f"The archive holds {plain(name)} twice. It was not read.")
        if info.flag_bits & 0x1:
            raise Unreadable("The archive is encrypted. Ask for one that is not.")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Unreadable("The archive is packed in a way that bundles are not. It was not read.")
        found[name] = info
    for name in NEEDED:
        if name not in found:
            raise Unreadable(f"There is no {name} in it: this is no evidence bundle.")
    return found


def _lines(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as stream:
        while line := stream.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise Unreadable(f"A line of {info.filename} is longer than any line of a bundle. It was not read.")
            if not line.endswith(b"\n"):
                raise Unreadable(f"The last line of {info.filename} is cut off.")
            yield line[:-1]


def _whole(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.file_size > LONGEST_PROOF:
        raise Unreadable(f"{info.filename} is larger than any proof. It was not read.")
    with archive.open(info) as stream:
        return stream.read(LONGEST_PROOF)


def parse(line: bytes, what: str) -> dict[str, Any]:
    """One JSON object; whatever else stands there is refused."""
    try:
        told = json.loads(line.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Unreadable(f"A line of {what} is not JSON.") from None
    if not isinstance(told, dict):
        raise Unreadable(f"A line of {what} is not a JSON object.")
    return told


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _opened(line: bytes) -> dict[str, Any]:
    told = parse(line, "texts.jsonl")
    sound = (
        set(told) == {"seq", "field", "salt", "text"}
        and type(told["seq"]) is int
        and all(isinstance(told[name], str) for name in ("field", "salt", "text"))
        and re.fullmatch(r"[0-9a-f]{64}", told["salt"])
    )
    if not sound:
        raise Unreadable("A line of texts.jsonl is not of seq, field, salt and text.")
    return told


# --- The check ------------------------------------------------------------------------------------------------------------


@dataclass
class Told:
    """One entry as the ledger holds it, and what became of each text that it commits to."""

    seq: int
    at: str
    kind: str
    actor: str
    subject: str
    thread: str
    facts: dict[str, Any]
    commitments: dict[str, str]
    texts: dict[str, str] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)


@dataclass
class Brought:
    """What the reader has from outside the bundle."""

    keys: list[Key] = field(default_factory=list)
    policy: Policy | None = None
    checkpoint: Checkpoint | None = None
    consistency: list[bytes] | None = None

    @property
    def trusted(self) -> list[Key]:
        return [*self.keys, *(self.policy.logs if self.policy else [])]


class Check:
    """One bundle, against what the reader brought. `wrong` and `unchecked` are sentences."""

    def __init__(self, bundle: Bundle, brought: Brought) -> None:
        self.bundle, self.brought = bundle, brought
        self.wrong: list[str] = []
        self.unchecked: list[str] = []
        self.rests_on: list[str] = []
        self.entries: list[Told] = []
        self.checkpoints: dict[str, Checkpoint] = {}

    def run(self) -> None:
        self._entries()
        self._proofs()
        for checkpoint in self.checkpoints.values():
            self._trust(checkpoint)
        self._one_history()
        self._texts()
        self._sent_as_decided()

    def _entries(self) -> None:
        last = 0
        for line in self.bundle.entries:
            told = parse(line, "entries.jsonl")
            try:
                canonical = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
            except (ValueError, RecursionError):
                canonical = b""
            if canonical != line or not _is_entry(told):
                raise Unreadable(f"What follows entry {last} in entries.jsonl is not the canonical text of an entry.")
            if told["seq"] <= last:
                self.wrong.append(f"Entry {told['seq']} stands out of order, or twice.")
            last = told["seq"]
            self.entries.append(Told(**told))
        if not self.entries:
            raise Unreadable("The bundle holds no entries.")

    def _proofs(self) -> None:
        for told, line in zip(self.entries, self.bundle.entries, strict=True):
            raw = self.bundle.proofs.get(told.seq)
            if raw is None:
                self.wrong.append(f"Entry {told.seq} has no proof: nothing shows that the ledger holds it.")
                continue
            proof = Proof.read(raw)
            if proof.note not in self.checkpoints:
                self.checkpoints[proof.note] = Checkpoint.read(proof.note)
            checkpoint = self.checkpoints[proof.note]
            root = root_of_inclusion(proof.index, checkpoint.size, leaf(line), proof.path)
            if proof.index != told.seq - 1 or root != checkpoint.root:
                self.wrong.append(
                    f"Entry {told.seq} is not what the ledger held at this place when the checkpoint was signed: it was "
                    "changed, moved or put in."
                )
        for seq in sorted(set(self.bundle.proofs) - {told.seq for told in self.entries}):
            self.wrong.append(f"There is a proof for entry {seq}, but the entry was taken out of the bundle.")

    def _trust(self, checkpoint: Checkpoint) -> None:
        brought = self.brought
        self.rests_on.append(
            f"Checkpoint of {plain(checkpoint.origin)}: {checkpoint.size:,} entries, root {checkpoint.root.hex()[:16]}..."
        )
        try:
            signers = checkpoint.signers(
                [*brought.trusted, *(brought.policy.witnesses.values() if brought.policy else [])]
            )
            own = checkpoint.signers(self.bundle.keys)
        except Broken as broken:
            self.wrong.append(str(broken))
            return
        logs = [key for key in signers if key.type == LOG and key.name == checkpoint.origin]
        if logs:
            self.rests_on.append(f"Signed with the key {logs[0].id.hex()} of {plain(logs[0].name)}, which you brought.")
        elif brought.trusted:
            self.wrong.append(
                "The checkpoint is not signed with a key that you brought. If the ledger has a new key, ask for it."
            )
        elif not any(key.type == LOG and key.name == checkpoint.origin for key in own):
            self.wrong.append("The checkpoint is not even signed with a key from the bundle's own keys.txt.")
        elif not self._is_kept(checkpoint):
            self.rests_on.append("Signed with a key that came in the bundle itself, and that nobody else vouched for.")
            self.unchecked.append(
                "Who signed. The only key at hand came with the bundle, and whoever forges a bundle puts in a key of their "
                "own. Get the key from the organisation by another way and run this again with --key, or bring a checkpoint "
                "that you kept with --checkpoint."
            )
        self._witnessed(checkpoint, signers)

    def _witnessed(self, checkpoint: Checkpoint, signers: dict[Key, bytes]) -> None:
        policy = self.brought.policy
        if policy is None:
            self.unchecked.append(
                "Whether independent witnesses saw this checkpoint. Bring their names and keys with --policy to know."
            )
            return
        for key, signature in signers.items():
            if key.type == WITNESS:
                seen = told_time(int.from_bytes(signature[:8], "big"))
                self.rests_on.append(f"Countersigned by the witness {plain(key.name)} on {seen}.")
        if policy.met(signers):
            self.rests_on.append(f"Your policy ({plain(policy.quorum)}) is met.")
        else:
            self.wrong.append(
                f"The checkpoint of {checkpoint.size:,} entries is not witnessed as your policy asks ({plain(policy.quorum)})."
            )

    def _is_kept(self, checkpoint: Checkpoint) -> bool:
        kept = self.brought.checkpoint
        return kept is not None and kept.text == checkpoint.text

    def _one_history(self) -> None:
        roots: dict[tuple[str, int], bytes] = {}
        for checkpoint in self.checkpoints.values():
            if roots.setdefault((checkpoint.origin, checkpoint.size), checkpoint.root) != checkpoint.root:
                self.wrong.append(
                    f"Two checkpoints of {checkpoint.size:,} entries have different roots: two histories."
                )
        kept = self.brought.checkpoint
        if kept is None:
            return
        try:
            kept.signers([*self.brought.trusted, *self.bundle.keys])
        except Broken as broken:
            self.wrong.append(f"In the checkpoint that you brought: {broken}")
            return
        for checkpoint in self.checkpoints.values():
            self._follows(kept, checkpoint)

    def _follows(self, kept: Checkpoint, checkpoint: Checkpoint) -> None:
        old, new = sorted((kept, checkpoint), key=lambda each: each.size)
        if kept.origin != checkpoint.origin:
            self.wrong.append(f"The checkpoint that you brought is of another log: {plain(kept.origin)}.")
        elif kept.size == checkpoint.size and kept.root != checkpoint.root:
            self.wrong.append(
                f"TWO HISTORIES: for the same {kept.size:,} entries the checkpoint that you brought has another root. "
                "Somebody rewrote the ledger, or shows it differently to different people. Keep both files."
            )
        elif kept.size == checkpoint.size:
            self.rests_on.append("It is the same as the checkpoint that you brought.")
        elif self.brought.consistency is None:
            self.unchecked.append(
                f"Whether the ledger of {new.size:,} entries still holds the {old.size:,} of the earlier checkpoint unchanged. "
                f"Ask for the consistency proof from {old.size} to {new.size} and bring it with --consistency."
            )
        elif is_consistent(old, new, self.brought.consistency):
            self.rests_on.append(
                f"The {old.size:,} entries of the earlier checkpoint stand unchanged in the {new.size:,} of the later one."
            )
        else:
            self.wrong.append(
                f"The consistency proof does not lead from {old.size:,} to {new.size:,} entries: the ledger was rewritten, or "
                "the proof is for other sizes."
            )

    def _texts(self) -> None:
        by_seq = {told.seq: told for told in self.entries}
        for opened in self.bundle.texts:
            told, name = by_seq.get(opened["seq"]), opened["field"]
            committed = told.commitments.get(name) if told else None
            if told is None or committed is None:
                self.wrong.append(
                    f"There is a text for entry {opened['seq']} ({plain(name)}) that no entry commits to."
                )
                continue
            try:
                holds = hashlib.sha256(bytes.fromhex(opened["salt"]) + opened["text"].encode()).hexdigest() == committed
            except UnicodeEncodeError:
                holds = False
            told.texts[name] = opened["text"]
            told.state[name] = "holds" if holds else "broken"
            if not holds:
                self.wrong.append(f"The text of entry {told.seq} ({plain(name)}) is not the one that was committed to.")
        erasures = [told for told in self.entries if told.kind == "text.erased"]
        for told in self.entries:
            for name in set(told.commitments) - set(told.state):
                erasure = next((each for each in erasures if names_erased(each, told, name)), None)
                if (told.kind, name) in ELSEWHERE:
                    told.state[name] = "never kept by the desk; whoever has it can have it compared"
                elif erasure:
                    told.state[name] = f"erased on {told_at(erasure.at)}, entry {erasure.seq}"
                else:
                    told.state[name] = "broken"
                    self.wrong.append(
                        f"The text of entry {told.seq} ({plain(name)}) is missing, and no entry says that it was erased."
                    )

    def _sent_as_decided(self) -> None:
        for reply in replies(self.entries):
            decided, sent = (
                reply.decision.facts.get("text"),
                next((e for e in reply.way if e.kind == "sending.sent"), None),
            )
            text = reply.decision.texts.get("text")
            if text is not None and isinstance(decided, str) and hashlib.sha256(text.encode()).hexdigest() != decided:
                self.wrong.append(
                    f"Entry {reply.decision.seq} names the hash of another text than the one that was decided."
                )
            if sent and decided and sent.facts.get("text") and sent.facts["text"] != decided:
                self.wrong.append(
                    f"What was sent (entry {sent.seq}) is not what was decided (entry {reply.decision.seq})."
                )
            for each in reply.way:
                other = each.texts.get("text")
                if text is not None and other is not None and other != text:
                    self.wrong.append(
                        f"The text in the post (entry {each.seq}) is not the one decided (entry {reply.decision.seq})."
                    )


def _is_entry(told: dict[str, Any]) -> bool:
    return (
        set(told) == MEMBERS
        and type(told["seq"]) is int
        and told["seq"] > 0
        and all(isinstance(told[name], str) for name in ("actor", "at", "kind", "subject", "thread"))
        and isinstance(told["facts"], dict)
        and isinstance(told["commitments"], dict)
        and all(isinstance(value, str) and HEX.fullmatch(value) for value in told["commitments"].values())
        and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", told["at"]) is not None
    )


ELSEWHERE = {("mail.refused", "raw")}
"""Commitments to what a desk never keeps: the hash of a mail that it did not take in."""


def names_erased(erasure: Told, told: Told, name: str) -> bool:
    """Whether an entry `text.erased` accounts for this missing text: it came later, and names the entry."""
    named = erasure.facts.get("seqs")
    return erasure.seq > told.seq and isinstance(named, list) and told.seq in named


# --- The account, in words ------------------------------------------------------------------------------------------------


@dataclass
class Reply:
    """One reply: the decision of a person, and what became of it."""

    decision: Told
    draft: list[Told] = field(default_factory=list)
    way: list[Told] = field(default_factory=list)


DECIDED = {
    "draft.approved": "approved version {version} of {draft} as the model wrote it",
    "draft.edited": "changed version {version} of {draft} ({words_changed} words) and approved the result",
    "draft.rejected": "rejected version {version} of {draft} (reason: {reason})",
    "draft.set_aside": "set version {version} of {draft} aside in order to write",
    "reply.written": "wrote a reply without using a draft",
}
GOES_OUT = {"draft.approved", "draft.edited", "reply.written"}
SAID = {
    "ticket.opened": "the request was opened",
    "message.received": "the customer wrote",
    "message.noted": "an internal note was written",
    "customer.consent_set": "whether a model may draft for this customer was set",
    "draft.requested": "a draft was asked for",
    "draft.declined": "no draft was made",
    "model.called": "a model was asked",
    "draft.prepared": "a draft was ready for people",
    "draft.failed": "no draft came of it",
    "notice.queued": "a notice that a person wrote once was put into the post",
    "settings.recorded": "from here on drafts were made with these settings",
    "article.saved": "an article was saved",
    "flag.answered": "a warning in the draft was looked at",
    "receipt.read": "somebody looked at what the model had been sent",
    "evidence.exported": "an evidence bundle was downloaded",
    "text.erased": "texts were erased",
}
WAY = {
    "sending.queued": "put into the post",
    "sending.begun": "handed to the mail server",
    "sending.sent": "taken by the mail server",
    "sending.deferred": "not taken yet, to be tried again",
    "sending.failed": "could not be delivered",
    "sending.unknown": "nobody knows whether it arrived",
    "sending.withdrawn": "taken back before it was sent",
    "sending.resolved": "settled by a person",
    "decision.undone": "the decision was taken back by a person",
    "decision.withdrawn": "the decision came back into review",
}


def replies(entries: list[Told]) -> list[Reply]:
    """Each decision with the draft that it was about and the sending that followed it."""
    found: list[Reply] = []
    sendings: dict[str, Reply] = {}
    for told in entries:
        if told.kind in DECIDED:
            about = {told.facts.get("draft"), told.facts.get("call")} - {None}
            found.append(Reply(told, [each for each in entries if each.seq < told.seq and each.subject in about]))
        elif told.kind == "sending.queued" and found and found[-1].decision.kind in GOES_OUT and not found[-1].way:
            found[-1].way.append(told)
            sendings[told.subject] = found[-1]
        elif told.kind in WAY and told.subject in sendings:
            sendings[told.subject].way.append(told)
        elif told.kind in WAY:
            for reply in found:
                if reply.decision.subject == told.subject:
                    reply.way.append(told)
    return found


def account(check: Check, *, whole: bool) -> Iterator[str]:
    """What happened, for somebody who knows nothing of hashes."""
    yield "WHAT THE PROOF RESTS ON"
    for line in check.rests_on:
        yield f"  {line}"
    yield ""
    yield "WHAT HAPPENED"
    for told in check.entries:
        said = DECIDED.get(told.kind) or SAID.get(told.kind) or WAY.get(told.kind) or told.kind
        yield f"  {told_at(told.at)}  {who(told.actor)}: {_fill(said, told)} (entry {told.seq})"
        if told.kind not in DECIDED:
            yield from (f"      {line}" for line in _text_lines(told, whole=whole))
    for number, reply in enumerate(replies(check.entries), 1):
        yield ""
        yield from _told_reply(number, reply, whole=whole)


def _told_reply(number: int, reply: Reply, *, whole: bool) -> Iterator[str]:
    decision = reply.decision
    yield f"DECISION {number}"
    yield f"  Who:    {who(decision.actor)}"
    yield f"  When:   {told_at(decision.at)}"
    via = plain(str(decision.facts.get("via", "")))
    yield f"  What:   {_fill(DECIDED[decision.kind], decision)} (entry {decision.seq}, by {via})"
    for told in reply.draft:
        if told.kind == "draft.prepared":
            yield (
                f"  Draft:  {ref(told.subject)}, version {told.facts.get('version')}, ready {told_at(told.at)}, made with "
                f"{ref(str(told.facts.get('settings')))}; {told.facts.get('sourced')} of {told.facts.get('statements')} "
                f"statements had a source (entry {told.seq})"
            )
        if told.kind == "model.called":
            yield (
                f"  Model:  asked {told_at(told.at)} with prompt {plain(str(told.facts.get('prompt')))}; "
                f"{told.facts.get('bytes')} bytes left, {told.facts.get('replaced')} personal items replaced before "
                f"(entry {told.seq})"
            )
    for place, line in enumerate(_text_lines(decision, whole=whole)):
        yield f"          {line}" if place else f"  Text:   {line}"
    for told in reply.way:
        yield f"  Then:   {WAY[told.kind]}, {told_at(told.at)} (entry {told.seq})"
    if decision.kind in GOES_OUT and any(told.kind == "sending.sent" for told in reply.way):
        same = decision.facts.get("text") or any("text" in told.texts for told in reply.way)
        yield f"  Hence:  {'what was sent is what was decided, to the letter.' if same else 'it was sent.'}"
    elif decision.kind in GOES_OUT:
        yield "  Hence:  up to this checkpoint the ledger does not say that it was sent."


def _text_lines(told: Told, *, whole: bool) -> Iterator[str]:
    for name, state in sorted(told.state.items()):
        if state == "holds":
            yield f"the {plain(name)} is in this bundle, and it is the very one committed to in entry {told.seq}:"
            text = told.texts[name]
            shown = (
                text
                if whole or len(text) <= 600
                else f"{text[:600]} [... {len(text) - 600:,} more characters: --whole]"
            )
            yield from (f"    | {plain(line)}" for line in shown.splitlines())
        elif state == "broken":
            yield f"the {plain(name)} is BROKEN, see below."
        elif state.startswith("never"):
            yield f"the {plain(name)} was {state}."
        else:
            yield f"the {plain(name)} was {state}. That there was one, and when, still stands; what it said is gone for good."


def _fill(said: str, told: Told) -> str:
    facts = {name: ref(value) if isinstance(value, str) else value for name, value in told.facts.items()}
    try:
        return plain(said.format(**facts))
    except (KeyError, ValueError, IndexError):
        return plain(said)


def who(actor: str) -> str:
    """An actor by the pseudonym that the ledger has; names stand in ticket.html, and are not proved."""
    kind, _, key = actor.partition(":")
    return f"{plain(kind)} {plain(key[:8])}".strip() if key else {"system": "the desk itself"}.get(kind, plain(kind))


def ref(text: str) -> str:
    noun, colon, key = text.partition(":")
    return plain(f"{noun} {key}") if colon and re.fullmatch("[a-z_]{2,20}", noun) else plain(text)


def plain(text: str) -> str:
    """Without anything that a terminal obeys: a bundle may come from an enemy."""
    return "".join(letter if letter.isprintable() else "\N{MIDDLE DOT}" for letter in text)


def told_at(at: str) -> str:
    return f"{at[:10]} {at[11:19]} UTC"


def told_time(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"


NOTHING_LEFT_OUT = (
    "That nothing was left out. The entries in this bundle are in the ledger, but a bundle does not show that no other entry "
    "is about this ticket; whoever needs that checks the whole ledger (`ledger verify`)."
)
NAMES_OF_PEOPLE = (
    "The names of people and the sentences in ticket.html. The ledger knows people by the pseudonyms that stand here; "
    "ticket.html is for reading and is not signed."
)


def report(check: Check, *, whole: bool) -> Iterator[str]:
    yield from account(check, whole=whole)
    yield ""
    yield "WHAT THIS CHECK COULD NOT SHOW"
    yield from (f"  - {sentence}" for sentence in (*dict.fromkeys(check.unchecked), NOTHING_LEFT_OUT, NAMES_OF_PEOPLE))
    yield ""
    erased = sum(state.startswith("erased") for told in check.entries for state in told.state.values())
    if check.wrong:
        yield "WHAT IS WRONG"
        yield from (f"  - {sentence}" for sentence in check.wrong)
        yield ""
        yield "RESULT: BROKEN. Do not rely on this bundle."
        return
    many = f"{len(check.entries):,} {'entry is' if len(check.entries) == 1 else 'entries are'}"
    yield (
        f"RESULT: HOLDS. {many} what the ledger held when the checkpoint was signed, in this order; every text in the bundle "
        f"is the one that was committed to{f'; erased, as the ledger says: {erased}' if erased else ''}."
    )
    if any(sentence.startswith("Who signed") for sentence in check.unchecked):
        yield "        BUT NOBODY OUTSIDE VOUCHES FOR THE KEY: see above, and bring one with --key."


# --- The command ----------------------------------------------------------------------------------------------------------


def brought_keys(values: Iterable[str]) -> Iterator[Key]:
    """Each value is a verifier key, or a file with one a line."""
    for value in values:
        if value.count("+") >= 2 and not Path(value).exists():
            yield Key.read(value)
        else:
            lines = [line.strip() for line in _file(value).splitlines()]
            yield from (Key.read(line) for line in lines if line and not line.startswith("#"))


def brought_hashes(text: str) -> list[bytes]:
    try:
        hashes = [unpacked(line) for line in text.split()]
    except binascii.Error:
        hashes = [b""]
    if any(len(step) != 32 for step in hashes):
        raise Unreadable("The consistency proof is not one base64 hash a line.")
    return hashes


def _file(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read: {getattr(error, 'strerror', '') or 'it is not UTF-8'}.") from None


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="countersign_verify.py",
        description="Check an evidence bundle of a Countersign desk.",
        epilog="Exit code: 0 it holds, 1 it is broken, 2 it could not be read or was asked wrongly.",
    )
    parser.add_argument("bundle", type=Path, help="the ZIP file")
    parser.add_argument(
        "--key", action="append", default=[], metavar="KEY", help="verifier key of the log, or a file of keys"
    )
    parser.add_argument("--checkpoint", metavar="FILE", help="a checkpoint that you kept or got by another way")
    parser.add_argument(
        "--consistency", metavar="FILE", help="proof from the smaller of the two checkpoints to the larger"
    )
    parser.add_argument("--policy", metavar="FILE", help="which logs and witnesses count (C2SP tlog-policy)")
    parser.add_argument("--whole", action="store_true", help="print every text in full length")
    asked = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        brought = Brought(
            list(brought_keys(asked.key)),
            Policy.read(_file(asked.policy)) if asked.policy else None,
            Checkpoint.read(_file(asked.checkpoint)) if asked.checkpoint else None,
            brought_hashes(_file(asked.consistency)) if asked.consistency else None,
        )
        check = Check(open_bundle(asked.bundle), brought)
        check.run()
    except Unreadable as error:
        print(f"countersign_verify: {error}", file=sys.stderr)
        return 2
    for line in report(check, whole=asked.whole):
        print(line)
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
