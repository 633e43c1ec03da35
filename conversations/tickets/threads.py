"""Which messages are read as one conversation: those of a ticket, of what was merged into it, and the one it was split from.

Nothing is moved. What was merged of another customer is the desk's alone: no model, no mail and no page of a customer gets it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from conversations.tickets.models import Message, Ticket
from desk import statements

_JOINED = """
    WITH RECURSIVE joined (number, customer_id, split_from_id) AS (
        SELECT number, customer_id, split_from_id FROM tickets_ticket WHERE number = %s
        UNION
        SELECT t.number, t.customer_id, t.split_from_id FROM tickets_ticket t JOIN joined j ON t.merged_into_id = j.number
    )
    SELECT number, split_from_id, customer_id = (SELECT customer_id FROM tickets_ticket WHERE number = %s) FROM joined
"""

_STANDING = """
    WITH RECURSIVE onward (number, merged_into_id) AS (
        SELECT number, merged_into_id FROM tickets_ticket WHERE number = %s
        UNION
        SELECT t.number, t.merged_into_id FROM tickets_ticket t JOIN onward o ON t.number = o.merged_into_id
    )
    SELECT number FROM onward WHERE merged_into_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Thread:
    """The tickets that are read as one, the asked one first; `elsewhere` are messages of others that are read here, too."""

    numbers: tuple[int, ...]
    elsewhere: tuple[int, ...] = ()
    of_others: tuple[int, ...] = ()
    """Of other customers: for the desk alone."""

    def messages(self) -> QuerySet[Message]:
        """All that this customer wrote and was written, and notes; in no order."""
        return Message.objects.filter(self._which(self.numbers))

    def desk_messages(self) -> QuerySet[Message]:
        """The same, and what was merged of other customers."""
        return Message.objects.filter(self._which(self.numbers + self.of_others))

    def messages_with_split(self) -> QuerySet[Message]:
        """The same as `messages`, each with `split_off`: whether it was split off from here into a ticket of its own."""
        beside = {"split_off": Exists(self._split_off())}
        return self.messages().annotate(**beside)

    def about(self) -> QuerySet[Message]:
        """What this conversation is about: not what was split off from it into a ticket of its own."""
        return self.messages().filter(~Exists(self._split_off()))

    def _split_off(self) -> QuerySet[Ticket]:
        return Ticket.objects.filter(split_from=OuterRef("pk")).exclude(number__in=self.numbers)

    def _which(self, numbers: tuple[int, ...]) -> Q:
        own = Q(ticket__in=numbers)
        return own | Q(pk__in=self.elsewhere) if self.elsewhere else own


def number_of(ref: str) -> int:
    """The number in a ticket's reference, `ticket:<number>`; 0 where there is none."""
    return int(ref.partition(":")[2] or 0)


def thread_of(number: int) -> Thread:
    """What is read as one with this ticket."""
    rows = statements.rows(_JOINED, [number, number])
    own = sorted((row[0] for row in rows if row[2]), key=lambda each: (each != number, each))
    elsewhere = tuple(row[1] for row in rows if row[2] and row[1] is not None)
    return Thread(tuple(own), elsewhere, tuple(row[0] for row in rows if not row[2]))


def foresee_thread(number: int) -> None:
    """Have what `thread_of` reads asked along with the next statement."""
    statements.foresee(_JOINED, [number, number])


def standing(number: int) -> int:
    """Where a ticket goes on: itself, or what it was merged into in the end."""
    return int(statements.run(_STANDING, [number]).fetchone()[0])
