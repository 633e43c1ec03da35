"""The door from a person to tickets: what is not theirs to see does not exist for them (404)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.access import Sight, sight_of
from accounts.models import Person
from conversations.tickets.models import Customer, Message, SavedView, Sending, Ticket
from conversations.tickets.threads import standing
from desk.problems import NotFound

MAX_NUMBER = 2**63 - 1


def visible(sight: Sight) -> Q:
    """Tickets that somebody with this sight has in lists and searches, as a filter; what is restricted is in nobody's."""
    return within(sight) & Q(restricted=False)


def within(sight: Sight) -> Q:
    """Tickets that the teams of somebody have, restricted or not."""
    if sight.none:
        return Q(pk__in=[])
    if sight.everything:
        return Q()
    return Q(team__isnull=True) | Q(team__in=sight.teams)


def tickets_for(person: Person | None) -> QuerySet[Ticket]:
    return Ticket.objects.filter(visible(sight_of(person)))


def ticket_for(person: Person | None, number: int, *related: str) -> Ticket:
    """One ticket, or NotFound. A restricted one only for those who see everything: somebody has to look after it."""
    sight = sight_of(person)
    rows = Ticket.objects.filter(within(sight) if sight.everything else visible(sight))
    return _one(rows.select_related("customer", "team", "assignee", *related), number)


def ticket_for_service(number: int, *related: str) -> Ticket:
    """One ticket for a program of the organisation: its scopes are its limits."""
    rows = Ticket.objects.filter(restricted=False)
    return _one(rows.select_related("customer", "team", "assignee", *related), number)


def ticket_by_link(token: str) -> Ticket:
    """The customer's own ticket, by the unguessable part of its link."""
    found = Ticket.objects.select_related("customer", "team").filter(link_token=token).first() if token else None
    if found is None:
        raise NotFound("This link does not lead to a request. It may have been copied incompletely.")
    return found


def customer_for(person: Person | None, customer_id: Any) -> Customer:
    """A customer one of whose tickets this person sees."""
    sight = sight_of(person)
    rows = Customer.objects.filter(pk=customer_id)
    if not sight.everything:
        rows = rows.filter(pk__in=Ticket.objects.filter(visible(sight), customer=customer_id).values("customer"))
    found = None if sight.none else rows.first()
    if found is None:
        raise NotFound
    return found


def saved_views_for(person: Person | None) -> QuerySet[SavedView]:
    """The saved views that this person has: their own, those of teams whose tickets they see, and everyone's; in order."""
    sight = sight_of(person)
    if person is None or sight.none:
        return SavedView.objects.none()
    of_teams = Q(team__isnull=False) if sight.everything else Q(team__in=sight.teams)
    mine = Q(person=person, team__isnull=True, everyone=False)
    return SavedView.objects.filter(mine | of_teams | Q(everyone=True)).order_by("position", "pk")


def saved_view_for(person: Person | None, key: str) -> SavedView:
    """One of them by its key, or NotFound."""
    known = key.isascii() and key.isdecimal() and len(key) < 19
    found = saved_views_for(person).select_related("team").filter(pk=int(key)).first() if known else None
    if found is None:
        raise NotFound
    return found


def message_for(person: Person | None, message_id: int) -> Message:
    """A message of a ticket that this person sees, or NotFound."""
    found = Message.objects.select_related("ticket", "customer", "person").filter(pk=message_id).first()
    if found is None:
        raise NotFound
    ticket_for(person, standing(found.ticket_id))
    return found


def sending_for(person: Person | None, sending_id: int) -> Sending:
    found = Sending.objects.select_related("message__ticket").filter(pk=sending_id).first()
    if found is None:
        raise NotFound
    ticket_for(person, found.message.ticket_id)
    return found


def _one(rows: QuerySet[Ticket], number: int) -> Ticket:
    found = rows.filter(pk=number).first() if 0 < number <= MAX_NUMBER else None
    if found is None:
        raise NotFound
    return found
