"""The life of a draft.

queued ▶ generating ▶ pending_review ▶ approved | edited ─ undo, withdrawal ▶ pending_review
             │              ├▶ rejected                       (decided, then taken back in time)
             │              ├▶ stale        the customer wrote again
             │              ├▶ superseded   set aside: a person wrote instead
             │              ├▶ quarantined  drafting was stopped here
             └▶ failed      └▶ withdrawn    the customer chose people
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DraftState(models.TextChoices):
    QUEUED = "queued", _("Waits for a model")
    GENERATING = "generating", _("Is being written")
    PENDING_REVIEW = "pending_review", _("Waits for a decision")
    APPROVED = "approved", _("Approved")
    EDITED = "edited", _("Changed and approved")
    REJECTED = "rejected", _("Rejected")
    STALE = "stale", _("Overtaken by a newer message")
    SUPERSEDED = "superseded", _("Replaced")
    QUARANTINED = "quarantined", _("Held back by a stop")
    WITHDRAWN = "withdrawn", _("Withdrawn: people only")
    FAILED = "failed", _("Failed")


LIVE = ("queued", "generating", "pending_review", "approved", "edited")
"""At most one draft of a (ticket, last customer message, settings version) is in one of these."""

OPEN = ("queued", "generating", "pending_review")
"""Not decided yet."""

_ENDS = {"stale", "superseded", "quarantined", "withdrawn", "failed"}

DRAFT_MOVES: dict[str, frozenset[str]] = {
    "queued": frozenset({"generating", *_ENDS}),
    "generating": frozenset({"generating", "queued", "pending_review", *_ENDS}),
    "pending_review": frozenset({"approved", "edited", "rejected", *_ENDS}),
    "approved": frozenset({"pending_review", *_ENDS}),
    "edited": frozenset({"pending_review", *_ENDS}),
    "rejected": frozenset({"pending_review"}),
    "superseded": frozenset({"pending_review"}),
    "stale": frozenset(),
    "quarantined": frozenset(),
    "withdrawn": frozenset(),
    "failed": frozenset(),
}
