"""The texts that the ledger signs and hands out, as C2SP has them: signed notes, checkpoints, cosignatures, proofs. Pure.

Formats: c2sp.org/signed-note, /tlog-checkpoint, /tlog-cosignature, /tlog-proof.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNED, COSIGNED = 1, 4
"""Type bytes of keys: Ed25519 over a note's text, and over a time and a checkpoint's text."""

MOST_SIGNATURES = 100
MOST_CHARACTERS = 1_000_000
PROOF_HEAD = "c2sp.org/tlog-proof@v1"

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+=*)")


class Malformed(ValueError):
    """A text is not in the format that it should have; the message says what is wrong with it."""


class NotSigned(ValueError):
    """No known key signed, or the signature of one that is known does not hold."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, which of their keys, and the bytes after the key's id."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"— {self.name} {_base64(self.key_id + self.signature)}"

    @classmethod
    def parse(cls, line: str) -> Signature:
        found = _LINE.fullmatch(line)
        if not found:
            raise Malformed("a signature line is an em dash, a name and base64, with single spaces between")
        decoded = _bytes(found[2])
        if len(decoded) < 5:
            raise Malformed("a signature is shorter than its key's id")
        _check_name(found[1])
        return cls(found[1], decoded[:4], decoded[4:])

    @property
    def time(self) -> int:
        """POSIX seconds at which a cosignature was made."""
        return int.from_bytes(self.signature[:8], "big")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name of who signs with it; written `name+hex(key id)+base64(type ‖ public key)`."""

    name: str
    public: bytes
    type: int = SIGNED

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_base64(bytes([self.type]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        name, _, rest = text.strip().partition("+")
        key_id, _, key = rest.partition("+")
        decoded = _bytes(key)
        if len(decoded) != 33 or decoded[0] not in {SIGNED, COSIGNED}:
            raise Malformed("a verifier key holds a type that is not known here")
        found = cls(_check_name(name), decoded[1:], decoded[0])
        if key_id != found.key_id.hex():
            raise Malformed("a verifier key's id is not that of its name and key")
        return found

    def signs(self, signature: Signature) -> bool:
        """Whether a signature says that it is by this key."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def verify(self, text: str, signature: Signature) -> None:
        """Raises NotSigned."""
        signed, given = text.encode(), signature.signature
        if not self.signs(signature):
            raise NotSigned(f"this is no signature of {self.name}")
        if self.type == COSIGNED:
            if len(given) != 72:
                raise NotSigned(f"the cosignature of {self.name} has not the length of one")
            signed, given = cosigned(text, signature.time), given[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(given, signed)
        except (InvalidSignature, ValueError):
            raise NotSigned(f"the signature of {self.name} does not hold") from None


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key; its text is what golang.org/x/mod/sumdb/note writes: `PRIVATE+KEY+name+hex(key id)+base64(type ‖ seed)`."""

    name: str
    private: Ed25519PrivateKey
    type: int = SIGNED

    @classmethod
    def new(cls, name: str, *, type: int = SIGNED) -> Signer:  # noqa: A002 - the word of the format
        return cls(_check_name(name), Ed25519PrivateKey.generate(), type)

    @classmethod
    def parse(cls, text: str) -> Signer:
        head, _, rest = text.strip().partition("PRIVATE+KEY+")
        name, _, rest = rest.partition("+")
        key_id, _, key = rest.partition("+")
        decoded = b"" if head else _bytes(key)
        if len(decoded) != 33 or decoded[0] not in {SIGNED, COSIGNED}:
            raise Malformed("this is no private key of a kind that is known here")
        found = cls(_check_name(name), Ed25519PrivateKey.from_private_bytes(decoded[1:]), decoded[0])
        if key_id != found.verifier.key_id.hex():
            raise Malformed("a private key's id is not that of its name and key")
        return found

    def secret(self) -> str:
        """The private key as text."""
        seed = self.private.private_bytes_raw()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{_base64(bytes([self.type]) + seed)}"

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw(), self.type)

    def sign(self, text: str) -> Signature:
        """Sign a note's text."""
        return Signature(self.name, self.verifier.key_id, self.private.sign(_check_text(text).encode()))

    def cosign(self, text: str, *, time: int) -> Signature:
        """Say that a checkpoint's text was seen at a time (POSIX seconds)."""
        signature = self.private.sign(cosigned(text, time))
        return Signature(self.name, self.verifier.key_id, time.to_bytes(8, "big") + signature)


@dataclass(frozen=True, slots=True)
class Note:
    """A text with signatures below it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(f"{signature}\n" for signature in self.signatures)

    @classmethod
    def parse(cls, note: str) -> Note:
        if len(note) > MOST_CHARACTERS:
            raise Malformed("a note is too long")
        text, between, signatures = note.rpartition("\n\n")
        if not between or not signatures.endswith("\n"):
            raise Malformed("a note is a text, an empty line, and signature lines that end with a newline")
        lines = signatures[:-1].split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise Malformed("a note has too many signatures")
        return cls(_check_text(text + "\n"), tuple(Signature.parse(line) for line in lines))

    def verified(self, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
        """Which of these keys signed; signatures of others are left aside.

        Raises NotSigned when none did, or when the signature of one of them does not hold.
        """
        found = []
        for key in dict.fromkeys(keys):
            signature = next((each for each in self.signatures if key.signs(each)), None)
            if signature is not None:
                key.verify(self.text, signature)
                found.append(key)
        if not found:
            raise NotSigned("no key that is known signed this")
        return found


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name, how many leaves it has, and their root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a note's text. Lines after the third, which other logs may have, are refused."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise Malformed("a checkpoint is three lines: origin, size and root")
        root = _bytes(lines[2])
        if len(root) != 32:
            raise Malformed("a root is 32 bytes")
        return cls(_check_name(lines[0]), _number(lines[1]), root)


@dataclass(frozen=True, slots=True)
class Proof:
    """That one entry stands in the log: a `.tlog-proof`. `checkpoint` is a signed note, verbatim."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    def __str__(self) -> str:
        path = "".join(f"{_base64(hash_)}\n" for hash_ in self.path)
        return f"{PROOF_HEAD}\nindex {self.index}\n{path}\n{self.checkpoint}"

    @classmethod
    def parse(cls, proof: str) -> Proof:
        """Read a proof; what stands in an `extra` line is left aside, for nothing in it may be trusted."""
        head, between, checkpoint = proof.partition("\n\n")
        first, *lines = head.split("\n")
        if not between or first != PROOF_HEAD:
            raise Malformed(f"a proof begins with {PROOF_HEAD} and ends with a checkpoint")
        if lines and lines[0].startswith("extra "):
            _bytes(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise Malformed("a proof says the index of its entry")
        path = read_hashes("".join(f"{line}\n" for line in lines[1:]))
        if len(path) > 64:
            raise Malformed("a path is too long")
        return cls(_number(lines[0].removeprefix("index ")), tuple(path), checkpoint)


def cosigned(text: str, time: int) -> bytes:
    """What a cosignature signs."""
    return f"cosignature/v1\ntime {time}\n{_check_text(text)}".encode()


def write_hashes(hashes: Sequence[bytes]) -> str:
    """Hashes in base64, one a line."""
    return "".join(f"{_base64(hash_)}\n" for hash_ in hashes)


def read_hashes(text: str) -> list[bytes]:
    """The reverse of `write_hashes`."""
    *lines, rest = text.split("\n")
    if rest:
        raise Malformed("the last line has no end")
    found = [_bytes(line) for line in lines]
    if any(len(hash_) != 32 for hash_ in found):
        raise Malformed("a hash is 32 bytes")
    return found


def _check_name(name: str) -> str:
    if not name or "+" in name or any(character.isspace() or not character.isprintable() for character in name):
        raise Malformed("a key's name is one word without a plus sign")
    return name


def _check_text(text: str) -> str:
    if not text.endswith("\n") or any((c < " " and c != "\n") or c == "\x7f" for c in text):
        raise Malformed("a note's text is whole lines without control characters")
    return text


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Malformed("a number is decimal digits without leading zeros")
    return int(text)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    """Base64 with padding, written in the one way that there is."""
    try:
        found = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Malformed("this is no base64") from None
    if _base64(found) != text:
        raise Malformed("base64 can be written in one way only")
    return found
