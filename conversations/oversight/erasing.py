"""What this room holds of people, and how it goes."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from conversations.oversight.models import Progress, SavedSearch, Verification
from conversations.tickets.models import Customer
from desk.erasing import accounts_for, erases

SHORTEST = 5
"""Characters of a name that is looked for in names of searches; a shorter one stands in anybody's."""

accounts_for(Verification, ours=("findings", "said"))
accounts_for(Progress, ours=("what",))
accounts_for(SavedSearch, erased=("name", "query"))


@erases("customer")
def delete_searches_for(pk: UUID) -> None:
    """Searches for the customer, and those that are called after them, whoever keeps these."""
    customer = Customer.objects.get(pk=pk)
    meant = Q(query__customer=str(pk))
    for word in (customer.email, customer.name, customer.phone):
        if len(word) >= SHORTEST:
            meant |= Q(name__icontains=word)
    SavedSearch.objects.filter(meant).delete()


@erases("person")
def delete_own_searches(pk: UUID) -> None:
    """What the person kept for themselves, and what others kept for looking them up."""
    SavedSearch.objects.filter(Q(person=pk) | Q(query__person=str(pk))).delete()
