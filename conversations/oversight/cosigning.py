"""Cosignatures over the API: a witness says that it saw a checkpoint, and that it follows from all that it had seen before."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TokenView, require_right, token_of
from accounts.models import Scope
from accounts.rights import Right
from accounts.tokens import Scopes
from desk.api import BIGGEST, Told, Wanted, body_of, wanted
from desk.api_schema import described
from desk.ledger.models import Cosignature
from desk.ledger.witnesses import NotACosignature, UnknownWitness, is_witnessed, keep_cosignature
from desk.once import Once, idempotent

LINE = "\u2014 auditor.example 1ZqCrAAAAABpJ3…\n"


class PlainText(BaseParser):
    """The body as it is; `body_of` reads it."""

    media_type = "text/plain"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream.read()


class CosignatureTold(Told):
    """A cosignature that is kept, and what it is for."""

    witness: str
    size: int = Field(description="Entries that the checkpoint covers.")
    seen_at: datetime = Field(description="When the witness says that it saw it.")
    witnessed: bool = Field(description="Whether the checkpoint now has as many cosignatures as the policy asks for.")


class WantedCheckpoint(Wanted):
    size: int | None = Field(
        default=None, ge=1, le=BIGGEST, description="Which checkpoint it is for; left out: one of the newest."
    )


class Cosignatures(TokenView):
    parser_classes = (PlainText,)
    scopes: ClassVar[Scopes] = {"POST": Scope.LEDGER_READ}

    @described(
        "Countersign a checkpoint",
        tag="Ledger",
        asks_text=LINE,
        wants=WantedCheckpoint,
        tells={201: CosignatureTold},
        refuses=[UnknownWitness, NotACosignature],
        once=True,
    )
    @idempotent
    def post(self, request: Request, once: Once) -> Response:
        """Hand in the signature line of a witness that the policy of this desk names (c2sp.org/tlog-cosignature).

        From then on it stands under the checkpoint wherever that is handed out. The same line again changes nothing.
        """
        by, wish = token_of(request).actor(), wanted(request, WantedCheckpoint)
        require_right(by, Right.READ_LEDGER)
        try:
            line = body_of(request).decode()
        except UnicodeDecodeError:
            raise NotACosignature from None
        return once.act(
            lambda: keep_cosignature(line, by=by, size=wish.size),
            by=by,
            answer=lambda kept: Response(_told(kept).as_json(), status=201),
        )


def _told(kept: Cosignature) -> CosignatureTold:
    return CosignatureTold(
        witness=kept.witness,
        size=kept.checkpoint_id,
        seen_at=kept.seen_at,
        witnessed=is_witnessed(kept.checkpoint),
    )
