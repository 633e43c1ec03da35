"""What is sent is what was decided, files included: against somebody who writes to the tables directly."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.utils import timezone

from conversations.attachments import uploads
from conversations.attachments.actions import Received, uploaded
from conversations.attachments.files import File
from conversations.models import Attachment, Content, Decision, Message, Ticket
from conversations.review.actions import Seen, approve, write_reply
from conversations.tickets.actions import receive_message
from conversations.tickets.models import text_hash
from desk.actions import SYSTEM
from tests.attachments.samples import PDF
from tests.cast import Cast
from tests.drafts import pending_draft
from tests.invariants.test_walls import allows, careless, decision, message, refuses


def content(data: bytes = PDF, **more: Any) -> Content:
    values = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "data": data, **more}
    return Content.objects.create(**values)


def attachment(of: Message, kept: Content, *, position: int = 0, **more: Any) -> Attachment:
    values = {"name": "a.pdf", "type": "application/pdf", "size": kept.size, "sha256": kept.sha256, **more}
    return Attachment.objects.create(message=of, position=position, content=kept, **values)


def reply_with_file(cast: Cast, ticket: Ticket) -> Message:
    by = cast.ana.actor()
    row = uploads.keep(File.of("a.pdf", PDF), owner=str(by), ticket=ticket, what="reply")
    made = write_reply(ticket, text="Here it is.", by=by, files=uploaded([str(row.pk)], owner=str(by), ticket=ticket))
    return Message.objects.get(decision=made)


def test_1_no_file_is_added_to_a_message_after_it_was_written(cast: Cast) -> None:
    ticket = cast.ticket()
    for written in (cast.last_message(ticket), reply_with_file(cast, ticket)):
        refuses(lambda of=written: attachment(of, content(), position=7), "those that it was written with")


def test_1_no_message_claims_files_that_are_not_there(cast: Cast) -> None:
    ticket = cast.ticket()
    refuses(
        lambda: message(ticket, "Hello", direction="in", disclosure_kind="", files_digest="0" * 64),
        "those that it was written with",
    )


def test_1_a_reply_goes_with_the_files_that_were_decided_and_no_others(cast: Cast) -> None:
    draft = pending_draft(cast.ticket())

    def other_files() -> Message:
        made = decision(draft, cast.ana)
        return message(draft.ticket, draft.text, decision=made, draft=draft, files_digest="0" * 64)

    def without_them() -> Message:
        made = decision(draft, cast.ana, files_digest="0" * 64)
        return message(draft.ticket, draft.text, decision=made, draft=draft)

    refuses(other_files, "not those that were decided")
    refuses(without_them, "not those that were decided")


def test_1_which_files_were_decided_and_written_is_kept(cast: Cast) -> None:
    written = reply_with_file(cast, cast.ticket())
    refuses(lambda: Message.objects.filter(pk=written.pk).update(files_digest=""), "is kept")
    refuses(lambda: Decision.objects.filter(pk=written.decision_id).update(files_digest=""), "is kept")
    refuses(lambda: Message.objects.filter(pk=written.pk).update(files_digest="erased"), "is kept")
    refuses(lambda: Decision.objects.filter(pk=written.decision_id).update(files_digest="erased"), "is kept")


def test_1_a_file_never_changes_and_never_leaves_its_message(cast: Cast) -> None:
    ticket = cast.ticket()
    written = reply_with_file(cast, ticket)
    rows, other = Attachment.objects.filter(message=written), cast.last_message(ticket)
    refuses(lambda: rows.update(name="b.pdf"), "as it was enclosed")
    refuses(lambda: rows.update(message=other), "as it was enclosed")
    refuses(lambda: rows.update(content=content(b"other")), "as it was enclosed")
    refuses(lambda: rows.update(missing="refused", content=None, name="", sha256=""), "as it was enclosed")
    refuses(rows.delete, "stays listed")
    refuses(lambda: Content.objects.filter(attachment__in=rows).update(data=b"other"), "as it came")
    allows(lambda: rows.update(content=None, name="", sha256="", missing="erased"))


def test_1_a_file_is_what_its_hash_says(cast: Cast) -> None:
    refuses(lambda: content(PDF, sha256="0" * 64), "hash of the file")
    refuses(lambda: content(PDF, size=1), "hash of the file")
    written = cast.last_message(cast.ticket())
    refuses(lambda: attachment(written, content(), sha256="1" * 64), "listed as what its content is")


def test_4_files_of_messages_are_written_by_actions_only(cast: Cast) -> None:
    written = reply_with_file(cast, cast.ticket())
    with pytest.raises(Exception, match="by actions only"):
        Attachment.objects.filter(message=written).update(missing="erased")


def test_5_entries_hold_no_name_and_no_hash_of_a_file(cast: Cast) -> None:
    from desk.ledger.models import Entry

    ticket = cast.ticket()
    reply_with_file(cast, ticket)
    receive_message(
        ticket, text="See there", channel="mail", files=Received([File.of("passport of Carla.pdf", PDF)]), by=SYSTEM
    )
    told = "".join(Entry.objects.filter(thread=ticket.ref).values_list("canonical", flat=True))
    assert "passport" not in told
    assert hashlib.sha256(PDF).hexdigest() not in told
    enclosed = Entry.objects.filter(thread=ticket.ref, kind="files.enclosed").latest("seq")
    assert enclosed.facts == {"count": 1, "refused": 0, "bytes_kept": len(PDF)}
    assert list(enclosed.commitments) == ["files"]


def test_5_the_entry_of_a_decision_commits_to_its_files(cast: Cast) -> None:
    from desk.ledger.append import commitment
    from desk.ledger.models import Entry, Salt

    draft, by = pending_draft(cast.ticket()), cast.ana.actor()
    row = uploads.keep(File.of("a.pdf", PDF), owner=str(by), ticket=draft.ticket, what="reply")
    files = uploaded([str(row.pk)], owner=str(by), ticket=draft.ticket)
    approve(draft, by=by, seen=Seen(draft.version), files=files)
    entry = Entry.objects.get(kind="draft.approved")
    salt = Salt.objects.get(seq=entry.seq, field="files")
    lines = f"{hashlib.sha256(PDF).hexdigest()} {len(PDF)} a.pdf"
    assert entry.commitments["files"] == commitment(bytes(salt.salt), lines)
    assert careless(lambda: text_hash(lines), by=SYSTEM) == Message.objects.get(decision__draft=draft).files_digest
    assert timezone.now() >= entry.at
