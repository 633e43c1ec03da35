"""What the ticket page shows of working together, for one viewer."""

from __future__ import annotations

import json
from typing import Any

from django.urls import reverse

from accounts.models import Person
from accounts.rights import Right, person_has
from conversations.teamwork import unsent
from conversations.teamwork.leases import claim_of
from conversations.teamwork.queries import followers, may_take, teams
from conversations.tickets.models import Ticket


def beside(ticket: Ticket, person: Person, *, draft: int | None) -> dict[str, Any]:
    """Who has the ticket, who follows it, to whom it may go, and what this person has unsent: `unsent` is JSON by field."""
    claim = claim_of(ticket.pk)
    following = list(followers(ticket))
    shown: dict[str, Any] = {
        "claim": {"person": claim.person, "since": claim.since, "mine": claim.person_id == person.pk}
        if claim
        else None,
        "followers": following,
        "team_acts": {},
        "unsent": {},
    }
    if not person_has(person, Right.WORK):
        return shown
    number = [ticket.number]
    mine = claim is not None and claim.person_id == person.pk
    shown["unsent"] = {
        field: json.dumps(texts) for field, texts in unsent.texts_of(person, ticket, draft=draft).items()
    }
    shown["takers"] = may_take(ticket)
    shown["teams"] = teams()
    shown["team_acts"] = {
        "claim": reverse("claim", args=number),
        "let_go": reverse("let_go", args=number) if mine else "",
        "hand_over": reverse("hand_over", args=number),
        "following": reverse("following", args=number),
        "follows": person in following,
        "unsent": reverse("unsent", args=number),
        "colleagues": reverse("colleagues", args=number),
        "seen": reverse("notices_seen"),
    }
    return shown
