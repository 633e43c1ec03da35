"""Which states there are and which may follow which. The sending's table is held by a trigger as well."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("Open")
    PENDING = "pending", _("Waiting for customer")
    ON_HOLD = "on_hold", _("On hold")
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class Lane(models.TextChoices):
    """What of a person a ticket waits for; none of it makes it wait longer than another."""

    NONE = "", _("Nothing")
    DRAFTING = "drafting", _("A draft is being prepared")
    REVIEW = "review", _("A decision on a draft")
    WRITE = "write", _("A person to write")
    TROUBLE = "trouble", _("A person to look at a fault")


class Why(models.TextChoices):
    """Why there is no draft, or what else a person is needed for."""

    NONE = "", ""
    OPTED_OUT = "opted_out", _("The customer chose people only")
    NOT_ASKED = "not_asked", _("The customer was not asked yet whether a model may draft")
    ASKED_FOR_PERSON = "asked_for_person", _("The customer asked for a person")
    PEOPLE_ONLY = "people_only", _("This ticket is kept for people")
    STOPPED = "stopped", _("Drafting is stopped here")
    PROVIDER = "provider", _("The model could not be reached or gave no usable answer")
    BUDGET = "budget", _("The budget for drafts is used up")
    REDACTION = "redaction", _("Personal data could not be replaced, so nothing was sent to a model")
    NO_SOURCES = "no_sources", _("Nothing in the knowledge base answers this")
    REJECTED = "rejected", _("A draft was rejected, a person writes")
    SET_ASIDE = "set_aside", _("Somebody set the draft aside to write")
    ESCALATED = "escalated", _("Escalated to the team's lead")
    CONCERN = "concern", _("The customer says that a reply is wrong")
    WITHDRAWN = "withdrawn", _("A reply was taken back before it went out")
    SENDING_UNKNOWN = "sending_unknown", _("Nobody knows whether the last reply arrived")
    SENDING_FAILED = "sending_failed", _("The last reply could not be delivered")
    SPAM = "spam", _("This ticket is marked as spam")
    RESTRICTED = "restricted", _("The customer wants their data erased: nothing is done with it until then")
    JOB_DEAD = "job_dead", _("A background job gave up")


NO_DRAFT_CODES = frozenset(
    {
        "opted_out",
        "not_asked",
        "asked_for_person",
        "people_only",
        "stopped",
        "provider",
        "budget",
        "redaction",
        "no_sources",
        "restricted",
    }
)
"""Those of `Why` that the API gives as `no_draft_because`."""


class SendingState(models.TextChoices):
    QUEUED = "queued", _("Waits to be sent")
    SENDING = "sending", _("Is being handed over")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be delivered")
    UNKNOWN = "unknown", _("Not known whether it arrived")
    WITHDRAWN = "withdrawn", _("Taken back")


SENDING_MOVES: dict[str, frozenset[str]] = {
    "queued": frozenset({"sending", "withdrawn", "failed"}),
    # Back to queued: the server refused after DATA with an answer, so it has nothing.
    "sending": frozenset({"sent", "failed", "unknown", "queued"}),
    # A person looked and says what is true, or sends once more.
    "unknown": frozenset({"sent", "queued", "withdrawn"}),
    "failed": frozenset({"queued", "withdrawn"}),
    "sent": frozenset(),
    "withdrawn": frozenset(),
}
