"""What is known of other customers: their addresses, telephone numbers, and the numbers that they wrote about."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from django.db import connection
from django.db.models.functions import Lower

from conversations.drafting.checks.parts import Part, same_phone, take_apart
from conversations.knowledge.models import Passage
from conversations.redaction.phones import phone_spans
from conversations.tickets.models import Customer, Message, Ticket

MOST_ASKED = 20  # numbers and addresses of one text; with more the first ones are looked up
MOST_TICKETS = 40
COMMON = 3
"""What so many customers write about is nobody's: the number of an article, of a law, of a model."""

# Phrases keep the order of what PostgreSQL makes of a number (`NO-48211` is `no` and `-48211`).
_MENTIONED = """
SELECT w.ticket_id FROM tickets_words w
 WHERE w.words @@ phraseto_tsquery('simple', %s) ORDER BY w.opened_at DESC, w.ticket_id DESC LIMIT %s
"""
_PHONES = """
SELECT id, phone FROM tickets_customer
 WHERE phone <> '' AND right(regexp_replace(phone, '[^0-9]', '', 'g'), 7) = ANY (%s) LIMIT 50
"""


class Strangers:
    """Asked for some numbers and addresses, says which are other customers'; each is looked up once."""

    def __init__(self, ticket: Ticket) -> None:
        self._own = ticket.customer_id
        self._known: dict[str, bool] = {}

    def __call__(self, parts: Sequence[Part]) -> Collection[str]:
        unknown = [part for part in parts if part.words not in self._known][:MOST_ASKED]
        rows = self._in_rows(unknown)
        for part in unknown:
            foreign = part.words in rows or self._is_written_about(part)
            self._known[part.words] = foreign and not _is_in_an_article(part)
        return [part.words for part in parts if self._known.get(part.words)]

    def _in_rows(self, parts: Sequence[Part]) -> set[str]:
        """Mail addresses and telephone numbers that are another customer's, and not this one's too."""
        keys = {str(key): part.words for part in parts for key in part.keys}
        mails = [key for key in keys if "@" in key]
        owners = dict(Customer.objects.annotate(mail=Lower("email")).filter(mail__in=mails).values_list("mail", "pk"))
        found = {keys[mail] for mail, owner in owners.items() if owner != self._own}
        numbers = {key: "".join(filter(str.isdecimal, key)) for key in keys if "@" not in key}
        endings = [digits[-7:] for digits in numbers.values() if len(digits) >= 7]
        if endings:
            with connection.cursor() as cursor:
                cursor.execute(_PHONES, [endings])
                held = [(UUID(str(owner)), _number(phone)) for owner, phone in cursor.fetchall()]
            for key in numbers:
                holders = {owner for owner, number in held if number and same_phone(key, number)}
                if holders and self._own not in holders:
                    found.add(keys[key])
        return found

    def _is_written_about(self, part: Part) -> bool:
        """Whether one or two other customers have it in their tickets, and this one in none."""
        with connection.cursor() as cursor:
            cursor.execute(_MENTIONED, [part.words, MOST_TICKETS])
            numbers = [number for (number,) in cursor.fetchall()]
        customers = {customer for customer, text in self._texts(numbers) if _holds(text, part)}
        return bool(customers) and self._own not in customers and len(customers) < COMMON

    @staticmethod
    def _texts(numbers: Sequence[int]) -> Iterator[tuple[UUID, str]]:
        """What these tickets are about, and what their customers wrote."""
        yield from Ticket.objects.filter(pk__in=numbers).values_list("customer_id", "subject")
        written = Message.objects.filter(ticket__in=numbers, direction=Message.Direction.IN)
        yield from written.values_list("ticket__customer_id", "text")


def _is_in_an_article(part: Part) -> bool:
    """What the desk tells everybody is nobody's, whoever uses it."""
    return Passage.objects.filter(current=True, text__icontains=part.words).exists()


def _holds(text: str, part: Part) -> bool:
    parts = take_apart(text)
    return any(not part.keys.isdisjoint(other.keys) for other in (*parts.contacts, *parts.identifiers))


def _number(phone: str) -> str:
    """As `take_apart` reads it in a text; a row needs no word that says what it is."""
    spans = list(phone_spans(f"phone {phone}"))
    return spans[0].key if spans else "".join(filter(str.isdecimal, phone))
