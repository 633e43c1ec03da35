"""What the mailroom does when a ticket is opened: the first contact gets an answer that a person wrote once."""

from __future__ import annotations

import re
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from conversations.mailroom import queries, texts
from conversations.mailroom.addresses import is_ours
from conversations.tickets.actions import post_notice
from conversations.tickets.models import Customer, Policy, Ticket
from conversations.tickets.notices import LINK_PLACE
from conversations.tickets.times import WAIT
from desk.actions import SYSTEM, reacts_to
from desk.ledger.append import Record

MOST_AN_HOUR = 3
"""Acknowledgements for one customer: two desks that thank each other stop here."""

HISTORY = timedelta(days=1)
_NOBODY = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)(?:[+@]|$)", re.IGNORECASE)
# A name that could be read as an address or a link (braces: as the place of one): somebody may be using our mail to carry
# it to a stranger.
_NO_NAME = re.compile(r"[/\\@<>:{}\d]|www\.|\w\.\w", re.IGNORECASE)


@reacts_to("ticket.opened")
def acknowledge(what: Record) -> None:
    """Thank the customer, say how AI is used here, how long it takes and where they read their answers."""
    ticket: Ticket | None = what.about.get("ticket")
    if ticket is None or what.about.get("automatic") or not _wants_acknowledgement(ticket):
        return
    notice = texts.acknowledgement(
        language=texts.nearest(ticket.language, ticket.customer.language),
        name=_greeted_name(ticket.customer),
        number=f"#{ticket.number}",
        wait=WAIT[ticket.priority],
        how=_how_answered(ticket),
        link=LINK_PLACE,
        organisation=settings.ENV.organisation,
    )
    post_notice(ticket, notice="acknowledgement", text=notice.text, language=notice.language, by=SYSTEM)


def _wants_acknowledgement(ticket: Ticket) -> bool:
    address = ticket.customer.email
    if ticket.restricted:
        return False
    if is_ours(address) or _NOBODY.match(address):
        return False
    if Ticket.objects.filter(customer=ticket.customer).exclude(before_spam="").exists():
        return False
    if ticket.created_at < timezone.now() - HISTORY:
        return False  # Brought in from elsewhere: they had their answer long ago.
    return queries.acknowledged_lately(ticket.customer) < MOST_AN_HOUR


def _how_answered(ticket: Ticket) -> str:
    """What holds when the request has been taken in whole, with the choice that came with it."""
    now = Ticket.objects.select_related("customer").get(pk=ticket.pk)
    if now.customer.ai_consent is False or now.kept_for_people:
        return "people"
    asked_first = Policy.objects.filter(ai_consent=Policy.AiConsent.CONSENT).exists()
    return "ask" if asked_first and now.customer.ai_consent is None else "may"


def _greeted_name(customer: Customer) -> str:
    name = customer.name.strip()
    return "" if len(name) > 60 or _NO_NAME.search(name) else name
