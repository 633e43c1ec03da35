"""What happens to mails that come in and do not become a message."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from desk.ledger.kinds import Code, Facts, because, kind
from desk.ledger.texts import kept_elsewhere


@kind("mail.refused", says="A mail was not taken in: {code}")
class MailRefused(Facts):
    """`code` is one of `intake.REFUSALS`; `size` in bytes."""

    code: Code
    size: int


kept_elsewhere("mail", "sha256")  # a mail that is refused is not kept; whoever sent it has it


because(
    {
        "mail": gettext_lazy(
            "A mail that is not taken is a customer who was not heard: nobody should have to guess why."
        ),
    }
)
