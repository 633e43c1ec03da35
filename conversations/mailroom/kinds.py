"""What happens to mails that come in and do not become a message."""

from __future__ import annotations

from desk.ledger.kinds import Code, Facts, kind
from desk.ledger.texts import kept_elsewhere


@kind("mail.refused", says="A mail was not taken in: {code}")
class MailRefused(Facts):
    """`code` is one of `intake.REFUSALS`; `size` in bytes."""

    code: Code
    size: int


kept_elsewhere("mail", "sha256")  # a mail that is refused is not kept; whoever sent it has it
