"""The place for the customer's secret link in a notice: kept empty, so that who reads the ticket does not get the link.

Only notices have it. What a customer or a person wrote is never filled in, whatever stands in it.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from conversations.tickets.models import Message

LINK_PLACE = "{link}"


def for_customer(message: Message, link: str) -> str:
    """The text as its customer reads it, in the mail and on their own page."""
    return message.text.replace(LINK_PLACE, link) if message.notice else message.text


def for_desk(message: Message) -> str:
    """The text as people and programs of the desk read it: the link is the customer's alone."""
    return message.text.replace(LINK_PLACE, _("[the customer's own link]")) if message.notice else message.text
