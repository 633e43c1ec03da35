"""Parts of an evidence bundle by themselves: what is told of which matter, under which checkpoint, with which texts."""

from __future__ import annotations

import pytest
from django.db.models import Q

from desk.ledger import evidence, texts
from desk.ledger.evidence import Story, account_of
from desk.ledger.models import Checkpoint, Entry


def test_a_room_says_what_belongs_to_its_matter_and_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "_accounts", {})

    def beside(ref: str) -> Q:
        return Q(subject=ref)

    def tell(story: Story) -> str:
        return story.ref

    assert account_of("trial", beside=beside)(tell) is tell
    assert evidence._accounts == {"trial": (beside, tell)}


def test_each_entry_is_proved_by_the_first_checkpoint_that_covers_it() -> None:
    entries = [Entry(seq=seq) for seq in (1, 4, 5, 6, 9, 10)]
    first, second = Checkpoint(size=5), Checkpoint(size=9)
    for checkpoints, found in (
        ([first, second], [(5, [1, 4, 5]), (9, [6, 9])]),
        ([second], [(9, [1, 4, 5, 6, 9])]),
    ):
        under = evidence._under(checkpoints, entries)
        assert [(each.size, [entry.seq for entry in some]) for each, some in under] == found


def test_of_an_entry_the_texts_are_named_that_are_gone() -> None:
    entry = Entry(seq=7, commitments={"text": "a", "subject": "b"})
    for there, missing in (
        ({(7, "text"): "x"}, ["subject"]),
        ({(7, "text"): "x", (7, "subject"): "y"}, []),
        ({(8, "text"): "x"}, ["text", "subject"]),
    ):
        assert Story("ticket:1", [entry], there, [], 0).missing(entry) == missing


def test_what_comes_with_a_bundle_says_of_what_it_is_and_what_came_too_late() -> None:
    for unsealed, late in ((0, False), (3, True)):
        said = evidence._readme(
            Story("ticket:1", [Entry(seq=7)], {}, [Checkpoint(size=5), Checkpoint(size=9)], unsealed)
        )
        assert said.startswith("EVIDENCE OF TICKET 1\n\n1 entries of a ledger of 9 sealed entries.\n")
        assert ("3 further entries were not sealed yet" in said) == late
        assert said.isascii(), "any system shows it as it is"


def test_a_noun_whose_texts_others_keep_has_none_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_keepers", {})
    texts.kept_elsewhere("letter", "sha256")
    texts.kept("note", "body")(lambda sources: dict.fromkeys(sources, "Hello"))
    letter, note = texts.keeper_of("letter:1:sha256"), texts.keeper_of("note:1:body")
    assert letter is not None
    assert note is not None
    assert [(each.elsewhere, each.moves_on) for each in (letter, note)] == [(True, False), (False, False)]
    assert texts.keeper_of("nobody:1:x") is None
    assert texts.known_texts() == {"sha256", "body"}
    assert texts.texts_of(["letter:1:sha256", "note:1:body", "nobody:1:x"]) == {"note:1:body": "Hello"}
    assert texts.columns(
        ["note:1:body", "note:2:body", "note:2:name", "note:x:body", "note:1", "note:1:body:2", "a:²:b"]
    ) == {
        "body": {1: "note:1:body", 2: "note:2:body"},
        "name": {2: "note:2:name"},
    }
