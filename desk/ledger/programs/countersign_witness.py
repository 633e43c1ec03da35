#!/usr/bin/env python3
"""countersign_witness: sees to it that a Countersign desk never rewrites its ledger, and puts its name to that.

    python3 countersign_witness.py new auditor.example                 # once: makes your key, prints its public half
    python3 countersign_witness.py trust LOGKEY --desk https://desk.example.com --token-file token.txt
    python3 countersign_witness.py countersign                         # every hour, say, by cron or the task scheduler

Run it on your own machine. It remembers the last checkpoint that it saw (how many entries, which root), takes a newer one
only with a proof that all earlier entries stand in it unchanged, and then countersigns (c2sp.org/tlog-cosignature). Without a
network, give it the checkpoint by `--checkpoint FILE` or `--mail FILE.eml` and the proof by `--consistency FILE`; it prints
the line to send back. When a log shows two histories it refuses, says so, and keeps the evidence.

It needs Python 3.11 or newer and the package `cryptography`. Exit code: 0 countersigned, 1 the log is not consistent, 2 it
could not be done or was asked wrongly.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import email
import email.policy
import hashlib
import http.client
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
except ImportError:  # pragma: no cover - said to a person who has not installed it
    sys.exit(
        "countersign_witness: the package `cryptography` is missing. Install it: python3 -m pip install cryptography"
    )
try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no such locks; the task scheduler there runs one at a time
    fcntl = None  # type: ignore[assignment]

LOG, WITNESS = 0x01, 0x04
MOST_BYTES = 1024 * 1024  # of any answer or file
SECONDS = 30
NOTE = re.compile(
    r"^([^\s+]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n\n((?:\u2014 [^\s+]+ [A-Za-z0-9+/]+=*\n)+)", re.MULTILINE
)
ALARM = "!" * 78


class Refused(Exception):
    """It cannot be done as asked; the sentence says what would help. Exit code 2."""


class TwoHistories(Exception):
    """What is shown does not follow from what was seen. Exit code 1."""

    def __init__(self, sentence: str, proof: str = "") -> None:
        super().__init__(sentence)
        self.proof = proof


# --- Formats (c2sp.org/signed-note, /tlog-checkpoint, /tlog-cosignature) and the tree of RFC 6962 ------------------------


@dataclass(frozen=True)
class Key:
    """A public key, `name+hex(key id)+base64(type ‖ public key)`."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.type]) + self.public).decode()}"

    @classmethod
    def read(cls, text: str) -> Key:
        name, identity, encoded = (*text.strip().split("+", 2), "", "", "")[:3]
        try:
            raw = unpacked(encoded)
        except ValueError:
            raw = b""
        found = cls(name, raw[0] if raw else 0, raw[1:])
        if len(raw) != 33 or not name or any(letter.isspace() for letter in name) or found.id.hex() != identity:
            raise Refused(f"{text.strip()[:80]!r} is not a verifier key (name+key id+base64); was it copied whole?")
        return found


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes], ...]

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @property
    def note(self) -> str:
        """As it was read: what a dispute is about."""
        lines = "".join(f"\u2014 {name} {base64.b64encode(raw).decode()}\n" for name, raw in self.signatures)
        return f"{self.text}\n{lines}"

    @classmethod
    def read(cls, note: str) -> Checkpoint:
        """A note by itself, or the first one that stands in a longer text such as a mail."""
        found = NOTE.search(note.replace("\r\n", "\n"))
        try:
            lines = [line.split(" ") for line in found[4].splitlines()] if found else []
            signatures = tuple((name, unpacked(encoded)) for _dash, name, encoded in lines)
            root = unpacked(found[3]) if found else b""
        except ValueError:
            found = None
        if found is None:
            raise Refused("There is no signed checkpoint in it (origin, size, root, an empty line, signatures).")
        return cls(found[1], int(found[2]), root, signatures)

    def signed_by(self, keys: list[Key]) -> bool:
        """Whether one of the keys signed it; a false signature in the name of one counts as none at all."""
        for key in keys:
            for name, raw in self.signatures:
                if key.type == LOG and name == key.name == self.origin and raw[:4] == key.id:
                    try:
                        Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], self.text.encode())
                    except (InvalidSignature, ValueError):
                        return False
                    return True
        return False


def unpacked(text: str) -> bytes:
    """Base64 in the one way that there is to write it. Raises ValueError."""
    found = base64.b64decode(text, validate=True)
    if base64.b64encode(found).decode() != text:
        raise ValueError("base64 can be written in one way only")
    return found


def cosign(private: Ed25519PrivateKey, name: str, checkpoint: Checkpoint, at: int) -> str:
    """The signature line: this checkpoint was seen, and follows from all that this witness saw before."""
    key = Key(name, WITNESS, private.public_key().public_bytes_raw())
    signature = private.sign(f"cosignature/v1\ntime {at}\n{checkpoint.text}".encode())
    return f"\u2014 {name} {base64.b64encode(key.id + at.to_bytes(8, 'big') + signature).decode()}\n"


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


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


def read_proof(text: str) -> list[bytes]:
    try:
        hashes = [unpacked(line) for line in text.split()]
    except ValueError:
        hashes = [b""]
    if any(len(step) != 32 for step in hashes) or len(hashes) > 128:
        raise Refused("The consistency proof is not one base64 hash a line.")
    return hashes


# --- What this witness keeps: a key, and per log what it saw last ---------------------------------------------------------


class Home:
    """A folder of this witness alone: `key`, `logs/`, `evidence/`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make_key(self, name: str) -> Key:
        if "+" in name or any(letter.isspace() for letter in name) or not name.isprintable() or not name:
            raise Refused("A name is one word without a plus sign, such as a host name of yours.")
        private = Ed25519PrivateKey.generate()
        key = Key(name, WITNESS, private.public_key().public_bytes_raw())
        seed = base64.b64encode(bytes([WITNESS]) + private.private_bytes_raw()).decode()
        if (self.path / "key").exists():
            raise Refused(f"There is a key already in {self.path}; a second witness needs another --home.")
        self._write(self.path / "key", f"PRIVATE+KEY+{name}+{key.id.hex()}+{seed}\n")
        return key

    def key(self) -> tuple[str, Ed25519PrivateKey]:
        try:
            _private, _key, name, _id, seed = (self.path / "key").read_text().strip().split("+", 4)
            return name, Ed25519PrivateKey.from_private_bytes(unpacked(seed)[1:])
        except FileNotFoundError:
            raise Refused(f"There is no key in {self.path} yet: begin with `new NAME`.") from None
        except ValueError:
            raise Refused(f"{self.path / 'key'} is not a key that this program wrote.") from None

    def logs(self) -> list[dict[str, Any]]:
        try:
            return [json.loads(path.read_text()) for path in sorted((self.path / "logs").glob("*.json"))]
        except ValueError:
            raise Refused(f"A file in {self.path / 'logs'} is damaged; restore it before you countersign.") from None

    def log(self, origin: str) -> dict[str, Any]:
        found = next((log for log in self.logs() if log["origin"] == origin), None)
        if found is None:
            raise Refused(f"The log {origin!r} is not one that you trust yet: `trust LOGKEY` first.")
        return found

    def save(self, log: dict[str, Any]) -> None:
        """On the disk before anybody gets a signature: a witness that forgets would countersign a second history."""
        name = hashlib.sha256(log["origin"].encode()).hexdigest()[:16]
        self._write(self.path / "logs" / f"{name}.json", json.dumps(log, indent=1, ensure_ascii=False) + "\n")

    def keep_evidence(self, kept: str, shown: str, trouble: TwoHistories) -> Path:
        place = self.path / "evidence" / datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        self._write(place / "kept.txt", kept)
        self._write(place / "shown.txt", shown)
        if trouble.proof:
            self._write(place / "proof.txt", trouble.proof)
        self._write(
            place / "README.txt",
            f"{trouble}\n\nkept.txt is the checkpoint that this witness saw before, shown.txt the one that it was shown now.\n"
            "Both carry the signature of the same log. Together they prove that it does not keep one history.\n",
        )
        return place

    def _write(self, path: Path, text: str) -> None:
        """All or nothing, also when the power goes: a file beside it, fsync, rename, fsync of the folder."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f"{path.name}.new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        if os.name == "posix":
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One run at a time: two could each countersign what does not follow from the other's."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.path / "lock").open("w") as lock:
            if fcntl is not None:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    raise Refused("Another run of this witness is at work. Nothing was done.") from None
            yield


# --- The desk, over HTTP ---------------------------------------------------------------------------------------------------


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token elsewhere."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


class Desk:
    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        loopback = parts.hostname in {"127.0.0.1", "::1", "localhost"}
        if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and loopback)):
            raise Refused("The desk's address begins with https:// (a token must not travel in the open).")
        self.address, self.token = address.rstrip("/"), token
        self.opener = urllib.request.build_opener(_NoRedirect)

    def checkpoint(self) -> str:
        return self._ask("checkpoint/")

    def consistency(self, old: int, new: int) -> str:
        return self._ask(f"consistency/?{urlencode({'from': old, 'to': new})}") if 0 < old < new else ""

    def post(self, line: str) -> str:
        return self._ask("cosignatures/", line)

    def _ask(self, path: str, body: str = "") -> str:
        request = urllib.request.Request(f"{self.address}/api/v1/ledger/{path}")  # noqa: S310 - http and https alone, above
        request.add_header("Authorization", f"Bearer {self.token}")
        if body:
            request.data = body.encode()
            request.add_header("Content-Type", "text/plain; charset=utf-8")
            request.add_header("Idempotency-Key", hashlib.sha256(body.encode()).hexdigest())
        try:
            with self.opener.open(request, timeout=SECONDS) as answer:
                return _text(answer.read(MOST_BYTES + 1))
        except urllib.error.HTTPError as error:
            raise Refused(f"The desk refused ({error.code}): {_detail(error)}") from None
        except (OSError, http.client.HTTPException) as error:
            raise Refused(f"The desk at {self.address} does not answer: {getattr(error, 'reason', error)}.") from None


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read(MOST_BYTES))["detail"])[:500]
    except (ValueError, KeyError, TypeError, OSError):
        return error.reason or "no reason was given."


def _text(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise Refused("That is longer than any checkpoint or proof; it was not read.")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Refused("That is not UTF-8, so it is no checkpoint and no proof.") from None


def read_file(name: str) -> str:
    try:
        if name == "-":
            return _text(sys.stdin.buffer.read(MOST_BYTES + 1))
        with Path(name).open("rb") as file:
            return _text(file.read(MOST_BYTES + 1))
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}.") from None


def read_mail(name: str) -> str:
    """The plain text of a mail and of its attachments, one after the other."""
    try:
        message: Any = email.message_from_bytes(Path(name).read_bytes(), policy=email.policy.default)
    except OSError as error:
        raise Refused(f"{name} cannot be read: {error.strerror}.") from None
    parts = [part for part in message.walk() if not part.is_multipart()]
    return "\n\n".join((part.get_payload(decode=True) or b"").decode("utf-8", "replace") for part in parts)


# --- The work ---------------------------------------------------------------------------------------------------------------


def follows(log: dict[str, Any], shown: Checkpoint, proof: str | None, *, latest: bool) -> str:
    """What is to be said when the checkpoint follows from what was seen before; TwoHistories when it does not.

    `latest`: the desk itself says that there is no later one. A file or a mail may just be old.
    """
    if not log.get("checkpoint"):
        return "This is the first checkpoint of this log that you see: nothing before it could be compared."
    kept = Checkpoint.read(log["checkpoint"])
    if shown.size < kept.size and not latest:
        raise Refused(f"This checkpoint is older ({shown.size:,} entries) than what you have seen ({kept.size:,}).")
    if shown.size < kept.size:
        raise TwoHistories(
            f"The log now shows {shown.size:,} entries, and you have seen {kept.size:,}: its end was cut off, or an old copy "
            "was restored."
        )
    if shown.size == kept.size and shown.root != kept.root:
        raise TwoHistories(f"For the same {shown.size:,} entries there are two roots: somebody rewrote the ledger.")
    if shown.size == kept.size:
        return f"Nothing new: {shown.size:,} entries, as before."
    if proof is None:
        raise Refused(
            f"You have seen {kept.size:,} entries, this is a checkpoint of {shown.size:,}. Ask for the proof in between "
            f"(`ledger prove --consistency {kept.size} {shown.size}`) and bring it with --consistency."
        )
    if not is_consistent(kept, shown, read_proof(proof)):
        raise TwoHistories(
            f"The proof does not lead from the {kept.size:,} entries that you saw to these {shown.size:,}: what was there before "
            "is not there any more, or not unchanged.",
            proof,
        )
    return f"The {kept.size:,} entries that you saw before stand unchanged in these {shown.size:,}."


def countersign(home: Home, asked: argparse.Namespace) -> int:
    name, private = home.key()
    given = read_mail(asked.mail) if asked.mail else read_file(asked.checkpoint) if asked.checkpoint else None
    desk = None
    if given is None:
        log = _the_log(home, asked.origin)
        desk = Desk(log.get("desk") or _no_desk(), _token(log))
        given = desk.checkpoint()
    shown = Checkpoint.read(given)
    log = home.log(shown.origin)
    if not shown.signed_by([Key.read(key) for key in log["keys"]]):
        raise Refused(
            f"It is not signed with a key of {shown.origin} that you trust. If the log has a new key, have it confirmed by "
            "another way and run `trust` with it."
        )
    kept_size = Checkpoint.read(log["checkpoint"]).size if log.get("checkpoint") else 0
    proof = read_file(asked.consistency) if asked.consistency else None
    if proof is None and desk is not None and shown.size > kept_size:
        proof = desk.consistency(kept_size, shown.size)
    try:
        said = follows(log, shown, proof, latest=desk is not None)
    except TwoHistories as trouble:
        place = home.keep_evidence(log["checkpoint"], shown.note, trouble)
        for line in (ALARM, "THIS LOG IS NOT CONSISTENT. It was not countersigned.", str(trouble), ALARM):
            print(line, file=sys.stderr)
        print(f"The evidence is kept in {place}. Tell the others who watch this log.", file=sys.stderr)
        return 1
    log |= {"checkpoint": shown.note, "seen": int(time.time())}
    home.save(log)
    line = cosign(private, name, shown, int(time.time()))
    print(said, file=sys.stderr)
    if desk is not None:
        desk.post(line)
        print(f"Countersigned {shown.size:,} entries of {shown.origin} as {name}; the desk has it.", file=sys.stderr)
    else:
        print(
            f"Countersigned {shown.size:,} entries of {shown.origin} as {name}. Send this line back:", file=sys.stderr
        )
    print(line, end="")
    return 0


def trust(home: Home, asked: argparse.Namespace) -> int:
    key = Key.read(asked.key)
    if key.type != LOG:
        raise Refused("That is the key of a witness, not of a log.")
    log = next((log for log in home.logs() if log["origin"] == key.name), {"origin": key.name, "keys": []})
    log["keys"] = [*dict.fromkeys([*log["keys"], str(key)])]
    if asked.desk:
        log["desk"] = Desk(asked.desk, "").address
    if asked.token_file:
        log["token_file"] = str(Path(asked.token_file).absolute())
    home.save(log)
    print(f"The log {key.name} is trusted with the key {key.id.hex()}.", file=sys.stderr)
    return 0


def show(home: Home, _asked: argparse.Namespace) -> int:
    name, private = home.key()
    print(f"This witness: {Key(name, WITNESS, private.public_key().public_bytes_raw())}")
    for log in home.logs():
        print(f"Log {log['origin']}, keys: {' '.join(log['keys'])}")
        if log.get("checkpoint"):
            seen = datetime.fromtimestamp(log["seen"], UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            print(f"  last seen {seen}: {Checkpoint.read(log['checkpoint']).size:,} entries")
    return 0


def new(home: Home, asked: argparse.Namespace) -> int:
    key = home.make_key(asked.name)
    print(f"The private half is in {home.path / 'key'}: keep it to yourself, and a copy in a safe.", file=sys.stderr)
    print("The public half, for the desk's policy and for everybody who checks:", file=sys.stderr)
    print(key)
    return 0


def _the_log(home: Home, origin: str) -> dict[str, Any]:
    logs = home.logs()
    if origin:
        return home.log(origin)
    if len(logs) != 1:
        raise Refused("Say which log with --origin." if logs else "There is no log that you trust yet: `trust LOGKEY`.")
    return logs[0]


def _no_desk() -> NoReturn:
    raise Refused("Where the desk is, is not known: run `trust` with --desk, or bring --checkpoint or --mail.")


def _token(log: dict[str, Any]) -> str:
    if token := os.environ.get("COUNTERSIGN_TOKEN", ""):
        return token.strip()
    if log.get("token_file"):
        return read_file(log["token_file"]).strip()
    raise Refused("A token with the scope ledger:read is needed: --token-file with `trust`, or COUNTERSIGN_TOKEN.")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="countersign_witness.py", description="Watch the ledger of a Countersign desk, and countersign it."
    )
    parser.add_argument(
        "--home", type=Path, default=Path.home() / ".countersign-witness", help="where key and memory are"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("new", help="make this witness's key")
    one.add_argument("name", help="name of the witness, such as auditor.example")
    one.set_defaults(run=new)
    one = commands.add_parser("trust", help="say which key a log signs with, and where its desk is")
    one.add_argument("key", metavar="LOGKEY")
    one.add_argument("--desk", metavar="URL")
    one.add_argument("--token-file", metavar="FILE")
    one.set_defaults(run=trust)
    one = commands.add_parser("countersign", help="take the latest checkpoint, check it, countersign it")
    one.add_argument("--origin", default="", help="which log, when you watch several")
    one.add_argument("--checkpoint", metavar="FILE", help="a checkpoint instead of the desk's (- for standard input)")
    one.add_argument("--mail", metavar="FILE", help="a mail with a checkpoint in it")
    one.add_argument("--consistency", metavar="FILE", help="the proof from what you saw last to this checkpoint")
    one.set_defaults(run=countersign)
    one = commands.add_parser("show", help="the public key, the logs, what was seen last")
    one.set_defaults(run=show)
    asked = parser.parse_args(arguments)
    home = Home(asked.home)
    try:
        with home.alone():
            return int(asked.run(home, asked))
    except Refused as error:
        print(f"countersign_witness: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"countersign_witness: {error.filename or 'a file'}: {error.strerror}.", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
