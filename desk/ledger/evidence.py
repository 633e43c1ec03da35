"""Evidence bundles: what the ledger holds of one matter, so that an outsider can check it without a desk.

A room says, for its noun, which further entries belong to the matter and how it is told in words:

    @account_of("ticket", beside=_beside)
    def ticket_account(story: Story) -> str:
        ...
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from desk.ledger.models import Checkpoint, Entry, Key, Salt
from desk.ledger.policy import policy_in_force
from desk.ledger.prove import prove_inclusion
from desk.ledger.texts import texts_of
from desk.ledger.witnesses import handed_out, newest_checkpoint, newest_witnessed
from desk.problems import Problem

PROGRAMS = Path(__file__).parent / "programs"
IN_MEMORY = 8 * 1024 * 1024
SOME = 500


class NothingSealed(Problem):
    code, status, title = "nothing_sealed", 409, _("Nothing of this is sealed yet")
    detail = _("The ledger seals what happened within seconds. Try again in a moment.")


@dataclass(frozen=True, slots=True)
class Story:
    """What a bundle is about: the sealed entries in order, the texts that still exist, by entry and field."""

    ref: str
    entries: Sequence[Entry]
    texts: Mapping[tuple[int, str], str]
    checkpoints: Sequence[Checkpoint]
    unsealed: int

    def missing(self, entry: Entry) -> list[str]:
        """Fields of an entry whose text is gone."""
        return [name for name in entry.commitments if (entry.seq, name) not in self.texts]


@dataclass(frozen=True, slots=True)
class Bundle:
    file: SpooledTemporaryFile[bytes]
    entries: int
    size: int


Beside = Callable[[str], Q]
Teller = Callable[[Story], str]
_accounts: dict[str, tuple[Beside, Teller]] = {}


def account_of(noun: str, *, beside: Beside) -> Callable[[Teller], Teller]:
    """Register who tells the story of `noun:<id>`, and which entries belong to it besides its own thread."""

    def register(tell: Teller) -> Teller:
        _accounts[noun] = (beside, tell)
        return tell

    return register


def make_bundle(ref: str) -> Bundle:
    """The ZIP, at its beginning. Raises NothingSealed."""
    beside, tell = _accounts[ref.partition(":")[0]]
    checkpoints = _checkpoints()
    own = Entry.objects.filter(Q(thread=ref) | beside(ref))
    entries = _with_erasures(list(own.filter(seq__lte=checkpoints[-1].size).order_by("seq")))
    if not entries:
        raise NothingSealed
    salts = list(_salts(entries))
    texts = texts_of(salt.source for salt in salts)
    opened = {(salt.seq, salt.field): salt for salt in salts if salt.source in texts}
    told = {place: texts[salt.source] for place, salt in opened.items()}
    story = Story(ref, entries, told, checkpoints, own.filter(seq__gt=checkpoints[-1].size).count())
    file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller's to close
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _readme(story))
        archive.writestr("ticket.html", tell(story))
        archive.writestr("entries.jsonl", "".join(f"{entry.canonical}\n" for entry in entries))
        archive.writestr("texts.jsonl", "".join(_line(salt, told[place]) for place, salt in opened.items()))
        archive.writestr("keys.txt", "".join(f"{key.verifier}\n" for key in Key.objects.order_by("pk")))
        archive.writestr("countersign_verify.py", (PROGRAMS / "countersign_verify.py").read_bytes())
        for checkpoint, some in _under(checkpoints, entries):
            note = handed_out(checkpoint)
            for entry in some:
                archive.writestr(f"proofs/{entry.seq}.tlog-proof", str(prove_inclusion(entry.seq, checkpoint, note)))
    file.seek(0)
    return Bundle(file, len(entries), checkpoints[-1].size)


def _checkpoints() -> list[Checkpoint]:
    """The newest that counts as witnessed, if there is one, and the newest: what came after it rests on that."""
    newest, policy = newest_checkpoint(), policy_in_force()
    if newest is None:
        raise NothingSealed
    witnessed = newest_witnessed(policy) if policy is not None else None
    return [newest] if witnessed is None or witnessed.size == newest.size else [witnessed, newest]


def _under(checkpoints: Sequence[Checkpoint], entries: Sequence[Entry]) -> Iterable[tuple[Checkpoint, list[Entry]]]:
    after = 0
    for checkpoint in checkpoints:
        yield checkpoint, [entry for entry in entries if after < entry.seq <= checkpoint.size]
        after = checkpoint.size


def _with_erasures(entries: list[Entry]) -> list[Entry]:
    """Together with the entries that say which of their texts were erased."""
    there, named = {entry.seq for entry in entries}, [entry.seq for entry in entries if entry.commitments]
    erasures: dict[int, Entry] = {}
    for some in _some(named):
        wanted = Q()
        for seq in some:
            wanted |= Q(facts__seqs__contains=seq)
        erasures |= {entry.seq: entry for entry in Entry.objects.filter(wanted, kind="text.erased")}
    return sorted(
        [*entries, *(entry for seq, entry in erasures.items() if seq not in there)], key=lambda each: each.seq
    )


def _salts(entries: Sequence[Entry]) -> Iterable[Salt]:
    for some in _some([entry.seq for entry in entries if entry.commitments]):
        yield from Salt.objects.filter(seq__in=some).order_by("seq", "field")


def _some(seqs: Sequence[int]) -> Iterable[Sequence[int]]:
    return (seqs[start : start + SOME] for start in range(0, len(seqs), SOME))


def _line(salt: Salt, text: str) -> str:
    told = {"seq": salt.seq, "field": salt.field, "salt": bytes(salt.salt).hex(), "text": text}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


def _readme(story: Story) -> str:
    size = story.checkpoints[-1].size
    late = f"\n{story.unsealed} further entries were not sealed yet when this was made.\n" if story.unsealed else ""
    return f"""EVIDENCE OF {story.ref.replace(":", " ").upper()}

{len(story.entries)} entries of a ledger of {size} sealed entries.
{late}
ticket.html            what happened, in plain words; open it in a browser. For reading: it is not signed.
entries.jsonl          the entries, one a line, exactly as the ledger holds them
proofs/                for each entry, that the ledger held it (c2sp.org/tlog-proof)
texts.jsonl            the texts that entries commit to, as far as they still exist, each with its salt
keys.txt               the keys of the ledger. Do not trust them because they are here: get them by another way
countersign_verify.py  the program that checks all of it

To check it (Python 3.11 or newer, and `python3 -m pip install cryptography`):

    python3 countersign_verify.py BUNDLE.zip --key THE-KEY-THAT-YOU-GOT-ELSEWHERE

Take the program from somewhere that you trust, too: one that came in here could say what it likes.
"""
