"""Whose checkpoints count, and how many of which witnesses must have countersigned one: c2sp.org/tlog-policy.

    log desk.example.com/ledger+530d903a+AekyeRrm...
    witness works-council council.example+1a2b3c4d+BM...
    witness auditor auditor.example+5e6f7a8b+BK...
    group both all works-council auditor
    quorum both

The setting LEDGER_POLICY names the file; `ledger verify` and countersign_verify.py take the same one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from desk.ledger.notes import COSIGNED, SIGNED, Malformed, Note, NotSigned, VerifierKey

NONE = "none"
_SPACE = re.compile(r"[ \t]+")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_COUNT = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Group:
    """At least so many of these members, which are witnesses or groups themselves."""

    least: int
    members: tuple[str, ...]


@dataclass(slots=True)
class Policy:
    """A policy as its file says it."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""

    @classmethod
    def parse(cls, text: str) -> Policy:
        """Raises Malformed with the number of the line and what is wrong with it."""
        policy = cls()
        for number, line in enumerate(text.split("\n"), 1):
            words = [word for word in _SPACE.split(line) if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                policy._take(line, words)
            except Malformed as wrong:
                raise Malformed(f"line {number}: {wrong}") from None
        if not policy.quorum:
            raise Malformed("there is no quorum line; a policy without witnesses says `quorum none`")
        return policy

    def signers(self, note: Note) -> list[VerifierKey]:
        """The witnesses of this policy that countersigned. Raises NotSigned for a false signature in the name of one."""
        known = set(self.witnesses.values())
        if not any(key.signs(signature) for key in known for signature in note.signatures):
            return []
        return note.verified(known)

    def witnessed(self, note: Note) -> bool:
        """Whether enough witnesses countersigned; a false signature counts for nothing here."""
        try:
            return self.met_by(self.signers(note))
        except NotSigned:
            return False

    def met_by(self, signers: Collection[VerifierKey], name: str = "") -> bool:
        name = name or self.quorum
        if name == NONE:
            return True
        if name in self.witnesses:
            return self.witnesses[name] in signers
        group = self.groups[name]
        return sum(self.met_by(signers, member) for member in group.members) >= group.least

    def _take(self, line: str, words: Sequence[str]) -> None:
        if _FORBIDDEN.search(line):
            raise Malformed("no control characters but the tab")
        what, rest = words[0], words[1:]
        if what == "log" and len(rest) in {1, 2}:
            self.logs.append(_another(rest[0], SIGNED, self.logs))
        elif what == "witness" and len(rest) in {2, 3}:
            self.witnesses[self._fresh(rest[0])] = _another(rest[1], COSIGNED, self.witnesses.values())
        elif what == "group" and len(rest) >= 3:
            self.groups[self._fresh(rest[0])] = self._group(rest[1], rest[2:])
        elif what == "quorum" and len(rest) == 1 and not self.quorum:
            self.quorum = rest[0] if rest[0] == NONE else self._known(rest[0])
        else:
            raise Malformed("it is none of log, witness, group, and one quorum")

    def _group(self, least: str, members: Sequence[str]) -> Group:
        used = {member for group in self.groups.values() for member in group.members}
        if len(set(members)) < len(members) or used & {self._known(member) for member in members}:
            raise Malformed("each name can be a member once only")
        many = {"all": len(members), "any": 1}.get(least) or (int(least) if _COUNT.fullmatch(least) else 0)
        if not 1 <= many <= len(members):
            raise Malformed("a group asks for `all`, `any` or a number of its members")
        return Group(many, tuple(members))

    def _fresh(self, name: str) -> str:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Malformed(f"{name} has a meaning already")
        return name

    def _known(self, name: str) -> str:
        if name not in self.witnesses and name not in self.groups:
            raise Malformed(f"{name} is not the name of a witness or group above")
        return name


def read_policy(path: str | Path) -> Policy:
    """Raises Malformed, also for a file that cannot be read."""
    try:
        return Policy.parse(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise Malformed(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Malformed(f"{path} is not UTF-8") from None


def policy_in_force() -> Policy | None:
    """The policy that the organisation set; None when it set none."""
    path = settings.ENV.ledger_policy
    return read_policy(path) if path else None


def _another(text: str, kind: int, others: Collection[VerifierKey]) -> VerifierKey:
    key = VerifierKey.parse(text)
    if key.type != kind:
        raise Malformed("logs sign with keys of type 1, witnesses with keys of type 4")
    if any(key.public == other.public for other in others):
        raise Malformed("this key stands here already")
    return key
