"""What this room holds of customers and of the staff, and how it goes."""

from __future__ import annotations

from uuid import UUID

from conversations.teamwork.models import Claim, Follower, Notice, Unsent
from desk.erasing import accounts_for, erases

accounts_for(Unsent, erased=("what", "text"))
accounts_for(Claim)
accounts_for(Follower)
accounts_for(Notice)


@erases("ticket")
def forget_ticket(number: int) -> None:
    for model in (Unsent, Notice, Claim, Follower):
        model.objects.filter(ticket=number).delete()


@erases("person")
def forget_person(pk: UUID) -> None:
    for model in (Unsent, Notice, Claim, Follower):
        model.objects.filter(person=pk).delete()
