"""A ledger made up without a database: entries, checkpoints, witnesses, and bundles of it, for whoever checks from outside."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from desk.ledger import tree
from desk.ledger.append import canonical, commitment
from desk.ledger.notes import COSIGNED, Checkpoint, Note, Proof, Signer

ORIGIN = "desk.test/ledger"
ANA, THREAD = "person:907464fb-0000-4000-8000-000000000000", "ticket:1001"
Files = dict[str, bytes]


class Log:
    """Entries as they come, and what was signed of them."""

    def __init__(self, origin: str = ORIGIN) -> None:
        self.signer = Signer.new(origin)
        self.witness = Signer.new("auditor.example", type=COSIGNED)
        self.entries: list[dict[str, Any]] = []
        self.texts: list[dict[str, Any]] = []

    @property
    def key(self) -> str:
        return str(self.signer.verifier)

    def add(
        self,
        kind: str,
        subject: str = "",
        *,
        actor: str = "system",
        texts: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> int:
        """An entry with these facts, which commits to these texts. Returns its number."""
        seq = len(self.entries) + 1
        salts = {name: hashlib.sha256(f"{seq}{name}".encode()).digest() for name in texts or {}}
        committed = {name: commitment(salts[name], text) for name, text in (texts or {}).items()}
        self.entries.append(
            {
                "seq": seq, "at": f"2026-11-27T19:39:{seq:02}.000000Z", "kind": kind, "actor": actor, "subject": subject,
                "thread": THREAD, "facts": facts, "commitments": committed,
            }
        )  # fmt: skip
        self.texts += [
            {"seq": seq, "field": name, "salt": salts[name].hex(), "text": text} for name, text in (texts or {}).items()
        ]
        return seq

    def cut(self, last: int) -> None:
        """Entries after this one were never there."""
        self.entries = self.entries[:last]
        self.texts = [text for text in self.texts if text["seq"] <= last]

    def lines(self) -> list[str]:
        return [canonical(entry) for entry in self.entries]

    def nodes(self) -> tree.Nodes:
        leaves = [tree.leaf_hash(line.encode()) for line in self.lines()]

        def over(some: list[bytes]) -> bytes:
            middle = len(some) // 2
            return tree.node_hash(over(some[:middle]), over(some[middle:])) if middle else some[0]

        return lambda places: [over(leaves[index << level : (index + 1) << level]) for level, index in places]

    def root(self, size: int) -> bytes:
        return tree.root(size, self.nodes())

    def note(self, size: int | None = None, *, by: Signer | None = None, witnesses: tuple[Signer, ...] = ()) -> str:
        """A checkpoint, signed; of all entries when no size is given."""
        size = len(self.entries) if size is None else size
        text = Checkpoint((by or self.signer).name, size, self.root(size)).text
        cosigned = [each.cosign(text, time=1_800_000_000) for each in witnesses]
        return str(Note(text, ((by or self.signer).sign(text), *cosigned)))

    def consistency(self, first: int, second: int) -> list[bytes]:
        return tree.consistency(first, second, self.nodes())

    def files(self, note: str | None = None) -> Files:
        """What a bundle of all entries holds, by name."""
        note = self.note() if note is None else note
        size = int(note.split("\n")[1])
        proofs = {
            f"proofs/{seq}.tlog-proof": str(
                Proof(seq - 1, tuple(tree.inclusion(seq - 1, size, self.nodes())), note)
            ).encode()
            for seq in range(1, size + 1)
        }
        return {
            "entries.jsonl": "".join(f"{line}\n" for line in self.lines()[:size]).encode(),
            "texts.jsonl": "".join(
                f"{json.dumps(text)}\n" for text in self.texts if not size < text["seq"] <= len(self.entries)
            ).encode(),
            "keys.txt": f"{self.key}\n".encode(),
            **proofs,
        }

    def bundle(
        self, path: Path, *, note: str | None = None, change: Callable[[Files], object] = lambda _files: None
    ) -> Path:
        """The ZIP, with something changed in it."""
        files = self.files(note)
        change(files)
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return path


def answered() -> Log:
    """One request, a draft that Ana changed, and a reply that went out."""
    log = Log()
    log.add("ticket.opened", THREAD, actor="customer:c1", texts={"subject": "Where is my refund?"}, channel="form")
    log.add(
        "message.received", "message:1", actor="customer:c1", texts={"text": "I sent the jacket back."}, channel="form"
    )
    log.add("model.called", "call:1", prompt="reply-3", bytes=2100, replaced=2)
    log.add("draft.prepared", "draft:2", version=2, settings="settings:1", statements=1, sourced=1)
    log.add(
        "draft.edited", "decision:1", actor=ANA, texts={"text": "Within five days."},
        draft="draft:2", call="call:1", version=2, words_changed=3, via="page",
    )  # fmt: skip
    log.add("sending.queued", "sending:1", texts={"text": "Within five days."})
    log.add("sending.begun", "sending:1", attempt=1)
    log.add("sending.sent", "sending:1", texts={"text": "Within five days."})
    return log
