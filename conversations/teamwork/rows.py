"""What the live feed knows of working together: claims, and how many notices wait for whom."""

from __future__ import annotations

from conversations.teamwork.queries import held_claims, unseen_counts
from desk.feed import registry

registry.claims(held_claims)
registry.counts(unseen_counts)
