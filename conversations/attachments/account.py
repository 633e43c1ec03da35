"""Where the lists of files are that entries commit to."""

from conversations.attachments.queries import lists
from desk.ledger.texts import kept

kept("enclosure", "lines")(lists)
kept("decided_enclosure", "lines")(lists)
