"""Which states there are and which may follow which. The sending's table is held by a trigger as well."""

from __future__ import annotations

from django.db import models


class Status(models.TextChoices):
    NEW = "new", "New"
    OPEN = "open", "Open"
    PENDING = "pending", "Waiting for customer"
    ON_HOLD = "on_hold", "On hold"
    SOLVED = "solved", "Solved"
    CLOSED = "closed", "Closed"


class Priority(models.TextChoices):
    LOW = "low", "Low"
    NORMAL = "normal", "Normal"
    HIGH = "high", "High"
    URGENT = "urgent", "Urgent"


class Lane(models.TextChoices):
    """What of a person a ticket waits for; none of it makes it wait longer than another."""

    NONE = "", "Nothing"
    DRAFTING = "drafting", "A draft is being prepared"
    REVIEW = "review", "A decision on a draft"
    WRITE = "write", "A person to write"
    TROUBLE = "trouble", "A person to look at a fault"


class Why(models.TextChoices):
    """Why there is no draft, or what else a person is needed for."""

    NONE = "", ""
    OPTED_OUT = "opted_out", "The customer chose people only"
    NOT_ASKED = "not_asked", "The customer was not asked yet whether a model may draft"
    ASKED_FOR_PERSON = "asked_for_person", "The customer asked for a person"
    PEOPLE_ONLY = "people_only", "This ticket is kept for people"
    STOPPED = "stopped", "Drafting is stopped here"
    PROVIDER = "provider", "The model could not be reached or gave no usable answer"
    BUDGET = "budget", "The budget for drafts is used up"
    REDACTION = "redaction", "Personal data could not be replaced, so nothing was sent to a model"
    NO_SOURCES = "no_sources", "Nothing in the knowledge base answers this"
    REJECTED = "rejected", "A draft was rejected, a person writes"
    SET_ASIDE = "set_aside", "Somebody set the draft aside to write"
    ESCALATED = "escalated", "Escalated to the team's lead"
    CONCERN = "concern", "The customer says that a reply is wrong"
    WITHDRAWN = "withdrawn", "A reply was taken back before it went out"
    SENDING_UNKNOWN = "sending_unknown", "Nobody knows whether the last reply arrived"
    SENDING_FAILED = "sending_failed", "The last reply could not be delivered"
    SPAM = "spam", "This ticket is marked as spam"
    JOB_DEAD = "job_dead", "A background job gave up"


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
    }
)
"""Those of `Why` that the API gives as `no_draft_because`."""


class SendingState(models.TextChoices):
    QUEUED = "queued", "Waits to be sent"
    SENDING = "sending", "Is being handed over"
    SENT = "sent", "Sent"
    FAILED = "failed", "Could not be delivered"
    UNKNOWN = "unknown", "Not known whether it arrived"
    WITHDRAWN = "withdrawn", "Taken back"


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
