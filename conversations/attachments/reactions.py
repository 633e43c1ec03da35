"""A reply that was taken back brings its files back, as it brings its text."""

from __future__ import annotations

from conversations.attachments.uploads import bring_back
from conversations.tickets.models import Sending
from desk.actions import reacts_to
from desk.ledger.append import Record


@reacts_to("sending.withdrawn", "sending.resolved")
def beside_the_words_again(what: Record) -> None:
    """They are beside the unsent reply of whoever decided it, as copies: the message that was taken back keeps its own."""
    sending: Sending = what.about["sending"]
    if sending.state == "withdrawn" and sending.message.files_digest:
        bring_back(sending.message)
