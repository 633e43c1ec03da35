"""Decisions over the API: the calls are one to one those of the pane, and only people's tokens may make them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar, Literal

from pydantic import ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TokenView, token_of
from accounts.models import Scope
from accounts.tokens import PersonRequired, Scopes, require_person
from conversations.attachments.api import REFUSED, FileIds, enclosed
from conversations.drafting.api import draft_of
from conversations.drafting.models import Draft
from conversations.review.actions import Edit, Rejection, Seen, approve, edit, reject, undo
from conversations.review.models import Decision, Reason
from conversations.review.problems import (
    AlreadyDecided,
    DraftStale,
    FlagsUnacknowledged,
    LanguageNotRead,
    PlaceholdersOpen,
)
from conversations.review.representations import DecisionTold, told_decision
from conversations.tickets.actions.sendings import NotWaiting
from conversations.tickets.texts import MAX_TEXT
from desk.actions import Actor
from desk.api import Asked, asked
from desk.api_schema import described
from desk.once import Once, idempotent


class Acknowledgement(Asked):
    """What a person says of a flag: the words are `true` (seen in ...), or it is a `false_alarm`."""

    flag: int
    answer: Literal["true", "false_alarm"] = "true"
    seen_in: str | None = Field(default=None, max_length=200)


class Decided(Asked):
    """What was before the person: the draft's version, and what they said of its flags; a bare id means "true"."""

    version: int
    acknowledged: list[int | Acknowledgement] | None = None

    def seen(self) -> Seen:
        answers: dict[int, tuple[str, str]] = {}
        for each in self.acknowledged or []:
            if isinstance(each, Acknowledgement):
                answers[each.flag] = (each.answer, each.seen_in or "")
            else:
                answers[each] = ("true", "")
        return Seen(self.version, answers)


class Approval(Decided):
    """The draft goes as it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"version": 2},
                {"version": 2, "acknowledged": [{"flag": 7, "answer": "true", "seen_in": "order 4711"}, 8]},
            ]
        }
    )

    attachments: FileIds = None


class Change(Decided):
    """Another text goes instead of the draft's; the checks run again on it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"version": 2, "text": "Hello Carla, your refund was paid on Monday."}]}
    )

    text: str = Field(min_length=1, description=f"At most {MAX_TEXT:,} characters.")
    attachments: FileIds = None


class Refusal(Decided):
    """Why the draft is not good, and what comes next."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": 2,
                    "reason": "outdated",
                    "note": "The fee is gone.",
                    "next": "redraft",
                    "instruction": "Returns are free since May.",
                }
            ]
        }
    )

    reason: Reason
    next: Literal["redraft", "write", "escalate"]
    note: str | None = Field(default=None, max_length=4_000)
    instruction: str | None = Field(
        default=None, max_length=2_000, description="What another draft should heed; goes to the model."
    )


_MOVED = [
    AlreadyDecided(name="Ben Okafor", at=datetime(2026, 5, 4, 9, 30, tzinfo=UTC), what="approved"),
    DraftStale(because="customer_wrote", version=3, text="What you had typed."),
]
_FLAGGED = FlagsUnacknowledged(
    [{"id": 7, "kind": "link", "severity": "blocker", "words": "https://example.com/refund"}]
)
_NOT_READ = LanguageNotRead("de", ["Ben Okafor"], text="What you had typed.")
_PLACEHOLDERS = PlaceholdersOpen(["{customer.name}"], text="What you had typed.")


class _Decision(TokenView):
    """A decision wants a person who answers for it, whatever the scopes of the token say."""

    scopes: ClassVar[Scopes] = {"POST": Scope.DECIDE}

    def decide(self, request: Request, once: Once, draft_id: int, do: Callable[[Draft, Actor], Decision]) -> Response:
        token = token_of(request)
        require_person(token)
        by, draft = token.actor(), draft_of(token, draft_id)
        return once.act(lambda: do(draft, by), by=by, answer=lambda made: Response(told_decision(made).as_json()))


class Approve(_Decision):
    @described(
        "Approve a draft",
        tag="Decisions",
        asks=Approval,
        tells={200: DecisionTold},
        once=True,
        found=True,
        refuses=[PersonRequired, *_MOVED, _NOT_READ, _FLAGGED, _PLACEHOLDERS, *REFUSED],
    )
    @idempotent
    def post(self, request: Request, once: Once, draft_id: int) -> Response:
        """Send the draft as it is written, after the time for undo. Applies to exactly the version that is named."""
        wish = asked(request, Approval)
        return self.decide(
            request,
            once,
            draft_id,
            lambda draft, by: approve(draft, by=by, seen=wish.seen(), files=enclosed(wish.attachments, by=by)),
        )


class EditDraft(_Decision):
    @described(
        "Change a draft and approve it",
        tag="Decisions",
        asks=Change,
        tells={200: DecisionTold},
        once=True,
        found=True,
        refuses=[PersonRequired, *_MOVED, _NOT_READ, _FLAGGED, _PLACEHOLDERS, *REFUSED],
    )
    @idempotent
    def post(self, request: Request, once: Once, draft_id: int) -> Response:
        """Send another text instead. When it is refused, the text comes back in the answer."""
        wish = asked(request, Change)
        return self.decide(
            request,
            once,
            draft_id,
            lambda draft, by: edit(
                draft, Edit(wish.text), by=by, seen=wish.seen(), files=enclosed(wish.attachments, by=by)
            ),
        )


class Reject(_Decision):
    @described(
        "Reject a draft",
        tag="Decisions",
        asks=Refusal,
        tells={200: DecisionTold},
        once=True,
        found=True,
        refuses=[PersonRequired, *_MOVED],
    )
    @idempotent
    def post(self, request: Request, once: Once, draft_id: int) -> Response:
        """Refuse the draft with a reason; then another is asked for, a person writes, or the team's lead takes it."""
        wish = asked(request, Refusal)
        why = Rejection(
            reason=wish.reason.value, next=wish.next, note=wish.note or "", instruction=wish.instruction or ""
        )
        return self.decide(request, once, draft_id, lambda draft, by: reject(draft, why, by=by, seen=wish.seen()))


class Undo(_Decision):
    @described(
        "Take a decision back",
        tag="Decisions",
        tells={200: DecisionTold},
        once=True,
        found=True,
        refuses=[PersonRequired, NotWaiting],
    )
    @idempotent
    def post(self, request: Request, once: Once, draft_id: int) -> Response:
        """Take the decision on a draft back while its reply still waits to be sent; the draft is in review again."""
        return self.decide(request, once, draft_id, _take_back)


def _take_back(draft: Draft, by: Actor) -> Decision:
    standing = Decision.objects.filter(draft=draft, standing=True).first()
    if standing is None:
        raise NotWaiting
    return undo(standing, by=by)
