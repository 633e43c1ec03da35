"""What countersign_verify.py tells a person of a made-up ledger: what happened, who decided, what was sent."""

from __future__ import annotations

import re

import pytest

from desk.ledger.programs import countersign_verify as program
from tests.ledger.made import ANA, THREAD, Log, answered
from tests.ledger.outsiders import Auditor


def test_what_happened_is_told_in_order_and_in_words(log: Log, auditor: Auditor) -> None:
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 0, said
    root = log.root(8).hex()[:16]
    assert said.splitlines()[:4] == [
        "WHAT THE PROOF RESTS ON",
        f"  Checkpoint of desk.test/ledger: 8 entries, root {root}...",
        f"  Signed with the key {log.signer.verifier.key_id.hex()} of desk.test/ledger, which you brought.",
        "",
    ]
    happened = [line for line in said.splitlines() if line.startswith("  2026")]
    assert happened == [
        "  2026-11-27 19:39:01 UTC  customer c1: the request was opened (entry 1)",
        "  2026-11-27 19:39:02 UTC  customer c1: the customer wrote (entry 2)",
        "  2026-11-27 19:39:03 UTC  the desk itself: a model was asked (entry 3)",
        "  2026-11-27 19:39:04 UTC  the desk itself: a draft was ready for people (entry 4)",
        "  2026-11-27 19:39:05 UTC  person 907464fb: changed version 2 of draft 2 (3 words) and approved the result (entry 5)",
        "  2026-11-27 19:39:06 UTC  the desk itself: put into the post (entry 6)",
        "  2026-11-27 19:39:07 UTC  the desk itself: handed to the mail server (entry 7)",
        "  2026-11-27 19:39:08 UTC  the desk itself: taken by the mail server (entry 8)",
    ]
    assert said[said.index("DECISION 1") :].splitlines()[:12] == [
        "DECISION 1",
        "  Who:    person 907464fb",
        "  When:   2026-11-27 19:39:05 UTC",
        "  What:   changed version 2 of draft 2 (3 words) and approved the result (entry 5, by page)",
        "  Model:  asked 2026-11-27 19:39:03 UTC with prompt reply-3; 2100 bytes left, 2 personal items replaced before (entry 3)",
        "  Draft:  draft 2, version 2, ready 2026-11-27 19:39:04 UTC, made with settings 1; 1 of 1 statements had a source (entry 4)",
        "  Text:   the text is in this bundle, and it is the very one committed to in entry 5:",
        "              | Within five days.",
        "  Then:   put into the post, 2026-11-27 19:39:06 UTC (entry 6)",
        "  Then:   handed to the mail server, 2026-11-27 19:39:07 UTC (entry 7)",
        "  Then:   taken by the mail server, 2026-11-27 19:39:08 UTC (entry 8)",
        "  Hence:  what was sent is what was decided, to the letter.",
    ]
    assert "RESULT: HOLDS. 8 entries are what the ledger held when the checkpoint was signed" in said
    assert "BUT NOBODY" not in said
    assert "erased, as the ledger says" not in said


def test_one_entry_is_told_of_in_the_singular(auditor: Auditor) -> None:
    log = Log()
    log.add("ticket.opened", THREAD)
    code, said = auditor.checks(log, "--key", log.key)
    assert (code, "1 entry is what the ledger held" in said) == (0, True)


def test_a_decision_whose_reply_did_not_go_out_is_not_said_to_have(auditor: Auditor) -> None:
    log = answered()
    log.cut(7)
    assert "up to this checkpoint the ledger does not say that it was sent." in auditor.checks(log, "--key", log.key)[1]
    other = Log()
    other.add("draft.rejected", "decision:1", actor=ANA, draft="draft:2", version=1, reason="tone", via="page")
    code, said = auditor.checks(other, "--key", other.key)
    assert "rejected version 1 of draft 2 (reason: tone)" in said
    assert (code, "Hence:" in said) == (0, False)


def test_a_reply_taken_back_before_it_was_sent_belongs_to_its_decision(auditor: Auditor) -> None:
    log = answered()
    log.cut(6)
    log.add("decision.undone", "decision:1", actor=ANA, kind_undone="edited")
    log.add("sending.withdrawn", "sending:1", because="undone")
    log.add("sending.sent", "sending:9")
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 0
    way = [line.split(",")[0] for line in said.splitlines() if line.startswith("  Then:")]
    assert way == [
        "  Then:   put into the post",
        "  Then:   the decision was taken back by a person",
        "  Then:   taken back before it was sent",
    ]


def test_two_replies_each_have_their_own_way(auditor: Auditor) -> None:
    log = answered()
    log.add(
        "reply.written", "decision:2", actor=ANA, via="page", disclosure="person", texts={"text": "One more thing."}
    )
    log.add("sending.queued", "sending:2", texts={"text": "One more thing."})
    log.add("notice.queued", "sending:3")
    log.add("sending.queued", "sending:3", texts={"text": "We have got your mail."})
    log.add("sending.sent", "sending:3")
    log.add("sending.sent", "sending:2")
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 0, said
    second = said[said.index("DECISION 2") : said.index("WHAT THIS CHECK")]
    assert "wrote a reply without using a draft" in second
    assert "Draft:" not in second, "drafts of another decision"
    assert re.findall(r"Then: .*\(entry (\d+)\)", second) == ["10", "14"]


def test_what_was_sent_is_compared_with_what_was_decided(auditor: Auditor) -> None:
    log = answered()
    log.cut(7)
    log.add("sending.sent", "sending:1", texts={"text": "Never."})
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 1
    assert "The text in the post (entry 8) is not the one decided (entry 5)." in said


@pytest.mark.parametrize(
    ("decided", "sent", "text", "wrong"),
    [
        ("a" * 64, "a" * 64, None, ""),
        ("a" * 64, "b" * 64, None, "What was sent (entry 3) is not what was decided (entry 1)."),
        ("a" * 64, "a" * 64, "Soon.", "Entry 1 names the hash of another text than the one that was decided."),
    ],
)
def test_hashes_that_entries_of_version_one_name_are_compared(
    decided: str, sent: str, text: str | None, wrong: str, auditor: Auditor
) -> None:
    log = Log()
    texts = {"text": text} if text else None
    log.add(
        "draft.approved", "decision:1", actor=ANA, draft="draft:1", version=1, via="page", text=decided, texts=texts
    )
    log.add("sending.queued", "sending:1")
    log.add("sending.sent", "sending:1", text=sent)
    code, said = auditor.checks(log, "--key", log.key)
    assert code == bool(wrong)
    assert wrong in said
    if not wrong:
        assert "what was sent is what was decided, to the letter." in said


def test_a_long_text_is_shown_whole_only_when_asked_for(auditor: Auditor) -> None:
    log = Log()
    log.add("message.received", "message:1", texts={"text": "x" * 599 + "y" + "z" * 1_200})
    log.add("message.received", "message:2", texts={"text": "w" * 600})
    said = auditor.checks(log, "--key", log.key)[1]
    assert f"| {'x' * 599}y [... 1,200 more characters: --whole]" in said
    assert "w" * 600 + "\n" in said
    assert "z" * 1_200 in auditor.checks(log, "--key", log.key, "--whole")[1]


def test_what_a_terminal_would_obey_is_not_printed(auditor: Auditor) -> None:
    log = Log()
    log.add(
        "message.received", "message:1", actor="customer:\x1b[2J", texts={"text": "Look: \x9b2J here\u202e\nand there"}
    )
    code, said = auditor.checks(log, "--key", log.key)
    assert code == 0
    assert not {"\x1b", "\x9b", "\u202e"} & set(said)
    assert "| Look: ·2J here·\n" in said
    assert "| and there\n" in said


def test_references_and_actors_read_as_words() -> None:
    assert program.ref("draft:2") == "draft 2"
    assert program.ref("2:draft") == "2:draft"
    assert program.ref("settings") == "settings"
    assert program.who("person:907464fb-0000") == "person 907464fb"
    assert program.who("system") == "the desk itself"
    assert program.who("mail") == "mail"
