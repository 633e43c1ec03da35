"""Witness policies: what the format says, the desk's reader and that of the program for outsiders alike."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from desk.ledger.notes import COSIGNED, Checkpoint, Malformed, Note, Signer
from desk.ledger.policy import Policy, policy_in_force, read_policy
from desk.ledger.programs import countersign_verify as program

LOG = Signer.new("desk.test/ledger")
ONE, TWO, THREE = (Signer.new(f"w{each}.example", type=COSIGNED) for each in (1, 2, 3))
NAMED = (
    f"log {LOG.verifier} https://desk.test/\n# who watches\nwitness one {ONE.verifier}\nwitness two {TWO.verifier} https://w2/\n"
    f"\twitness  three\t{THREE.verifier}  \n"
)


def signed(*witnesses: Signer) -> Note:
    text = Checkpoint(LOG.name, 7, bytes(32)).text
    return Note(text, (LOG.sign(text), *(witness.cosign(text, time=1_800_000_000) for witness in witnesses)))


@pytest.mark.parametrize(
    ("quorum", "least"),
    [
        ("quorum none\n", 0),
        ("quorum two\n", None),
        ("group g any one two three\nquorum g\n", 1),
        ("group g 2 one two three\nquorum g\n", 2),
        ("group g all one two three\nquorum g\n", 3),
        ("group g any one two\ngroup h all g three\nquorum h\n", None),
    ],
)
def test_a_quorum_is_met_by_enough_witnesses_and_by_no_fewer(quorum: str, least: int | None) -> None:
    policy, outside = Policy.parse(NAMED + quorum), program.Policy.read(NAMED + quorum)
    for many in range(4):
        for some in combinations((ONE, TWO, THREE), many):
            met = policy.witnessed(signed(*some))
            if least is not None:
                assert met == (many >= least)
            elif "h all" in quorum:
                assert met == (THREE in some and many >= 2)
            else:
                assert met == (TWO in some)
            keys = [program.Key.read(str(each.verifier)) for each in some]
            assert outside.met(keys) == met


def test_a_false_cosignature_counts_for_nothing() -> None:
    policy = Policy.parse(NAMED + "quorum one\n")
    good = signed(ONE)
    line = good.signatures[1]
    for place in (0, 7, 8, 40, len(line.signature) - 1):
        broken = bytearray(line.signature)
        broken[place] ^= 1
        note = Note(good.text, (good.signatures[0], type(line)(line.name, line.key_id, bytes(broken))))
        assert not policy.witnessed(note), place
    assert policy.witnessed(good)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (NAMED, "no quorum line"),
        (NAMED + "quorum nobody\n", "line 6"),
        (NAMED + "quorum one\nquorum two\n", "line 7"),
        (NAMED + f"witness one {LOG.verifier}\nquorum one\n", "line 6"),
        (NAMED + f"log {ONE.verifier}\nquorum one\n", "line 6"),
        (NAMED + f"log {LOG.verifier}\nquorum one\n", "stands here already"),
        (NAMED + f"witness four {ONE.verifier}\nquorum one\n", "stands here already"),
        (NAMED + "group none any one\nquorum one\n", "a meaning already"),
        (NAMED + "group g 4 one two three\nquorum g\n", "asks for"),
        (NAMED + "group g 0 one\nquorum g\n", "asks for"),
        (NAMED + "group g all one one\nquorum g\n", "once only"),
        (NAMED + "group g any one\ngroup h any one\nquorum h\n", "once only"),
        (NAMED + "group g any none\nquorum g\n", "not the name"),
        (NAMED + "group g all h\nquorum g\n", "not the name"),
        (NAMED + "quorum one\r\n", "control"),
        ("mirror x\nquorum none\n", "none of log"),
        (f"witness x {str(ONE.verifier)[:-4]}AAA=\nquorum x\n", "line 1"),
    ],
    # The keys are new each time, and processes that share the tests have to call them the same.
    ids=range(17),
)
def test_what_the_format_forbids_is_refused_with_its_line(text: str, what: str) -> None:
    with pytest.raises(Malformed, match=what):
        Policy.parse(text)
    with pytest.raises(program.Unreadable):
        program.Policy.read(text)


@given(
    st.lists(
        st.sampled_from(
            [*NAMED.splitlines(), "group g any one two", "group h all g three", "quorum g", "quorum none", ""]
        )
    )
)
def test_both_readers_take_the_same_policies(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    try:
        ours = Policy.parse(text)
    except Malformed:
        with pytest.raises(program.Unreadable):
            program.Policy.read(text)
        return
    theirs = program.Policy.read(text)
    assert (ours.quorum, list(ours.witnesses), list(ours.groups)) == (
        theirs.quorum,
        list(theirs.witnesses),
        list(theirs.groups),
    )


def test_a_file_that_is_no_policy_is_told_by_its_name_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "policy"
    for content, what in (
        (None, f"{path} cannot be read: No such file or directory"),
        (b"\xff\xfe", f"{path} is not UTF-8"),
        (b"# nothing\n\nquorum nobody\n", "line 3: nobody is not the name of a witness or group above"),
    ):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(Malformed) as caught:
            read_policy(path)
        assert str(caught.value) == what
    monkeypatch.setattr(settings.ENV, "ledger_policy", "")
    assert policy_in_force() is None
    path.write_text(f"# für alle\n{NAMED}quorum two\n", encoding="utf-8")
    monkeypatch.setattr(settings.ENV, "ledger_policy", str(path))
    found = policy_in_force()
    assert found is not None
    assert (found.quorum, list(found.witnesses)) == ("two", ["one", "two", "three"])
