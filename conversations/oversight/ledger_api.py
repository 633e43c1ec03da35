"""Keys, checkpoints, proofs and cosignatures over the API, as text in the public formats that other programs read."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.http import HttpResponse
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TokenView, require_right, token_of
from accounts.models import Scope
from accounts.rights import Right
from accounts.tokens import Scopes
from desk.api import BIGGEST, Malformed, Query, Told, body_of, wanted
from desk.api_schema import Text, described
from desk.ledger.models import Cosignature, Key
from desk.ledger.notes import write_hashes
from desk.ledger.prove import HistoryDiffers, NoSuchCheckpoint, NotSealedYet, checkpoint_of, prove_consistency
from desk.ledger.prove import prove_inclusion as prove
from desk.ledger.witnesses import NotACosignature, UnknownWitness, handed_out, keep_cosignature
from desk.once import Once, idempotent

_KEY = "desk.example.com/ledger+9ac5ad36+Ad8XQqHSlGJg9WUW43GK4AEDEDSGpbdbBgKVq9EyvnsP"
_HASH = "W0v4nAkS8dRvhN5Yp5TzC4WmGxC4YHr9hFeM7bP1u9E="
_SIGNATURE = "— desk.example.com/ledger msWtNv8AAAAA5Kp0…"
_CHECKPOINT = f"desk.example.com/ledger\n1042\n{_HASH}\n\n{_SIGNATURE}\n"


def _text(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


class WantedProof(Query):
    seq: int = Field(ge=1, le=BIGGEST, description="The entry.")
    size: int | None = Field(
        default=None,
        ge=1,
        le=BIGGEST,
        description="Below the checkpoint of so many entries; the latest one if left out.",
    )


class WantedConsistency(Query):
    from_: int = Field(alias="from", ge=0, le=BIGGEST, description="Size of the earlier checkpoint.")
    to: int | None = Field(
        default=None, ge=0, le=BIGGEST, description="Size of the later one; the latest checkpoint if left out."
    )


class Keys(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.LEDGER_READ}

    @described("Read the ledger's keys", tag="Ledger", tells={200: Text(f"{_KEY}\n")})
    def get(self, request: Request) -> HttpResponse:
        """Every key that signed or signs the ledger, oldest first, one verifier key (C2SP signed-note) a line.

        Whoever audits has them from elsewhere, too: a key from the same desk proves only that nothing was damaged by
        chance.
        """
        require_right(token_of(request).actor(), Right.READ_LEDGER)
        return _text("".join(f"{key.verifier}\n" for key in Key.objects.order_by("id")))


class LatestCheckpoint(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.LEDGER_READ}

    @described("Read the latest checkpoint", tag="Ledger", tells={200: Text(_CHECKPOINT)}, refuses=[NotSealedYet])
    def get(self, request: Request) -> HttpResponse:
        """A C2SP tlog-checkpoint: how many entries are sealed and their root, signed by the log and its witnesses."""
        require_right(token_of(request).actor(), Right.READ_LEDGER)
        return _text(handed_out(checkpoint_of(None)))


class EntryProof(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.LEDGER_READ}

    @described(
        "Prove an entry",
        tag="Ledger",
        wants=WantedProof,
        tells={200: Text(f"c2sp.org/tlog-proof@v1\nindex 1041\n{_HASH}\n\n{_CHECKPOINT}")},
        refuses=[NotSealedYet(size=1042), NoSuchCheckpoint, HistoryDiffers(size=1042)],
        found=True,
    )
    def get(self, request: Request) -> HttpResponse:
        """That an entry stands in the ledger: a C2SP tlog-proof, with the checkpoint that it leads to."""
        wish = wanted(request, WantedProof)
        require_right(token_of(request).actor(), Right.READ_LEDGER)
        checkpoint = checkpoint_of(wish.size)
        return _text(str(prove(wish.seq, checkpoint, handed_out(checkpoint))))


class Consistency(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.LEDGER_READ}

    @described(
        "Prove that nothing was changed",
        tag="Ledger",
        wants=WantedConsistency,
        tells={200: Text(f"{_HASH}\n")},
        refuses=[NotSealedYet, HistoryDiffers(size=1042)],
        found=True,
    )
    def get(self, request: Request) -> HttpResponse:
        """That the later checkpoint begins with all that the earlier one held (RFC 9162 §2.1.4): one hash a line."""
        wish = wanted(request, WantedConsistency)
        require_right(token_of(request).actor(), Right.READ_LEDGER)
        latest = checkpoint_of(None).size if wish.to is None else wish.to
        return _text(write_hashes(prove_consistency(wish.from_, latest)))


class CosignatureTold(Told):
    """What a witness said, as it is kept."""

    size: int = Field(description="Entries below the checkpoint that the witness saw.")
    witness: str
    seen_at: datetime = Field(description="When the witness says that it saw it.")


class Cosignatures(TokenView):
    scopes: ClassVar[Scopes] = {"POST": Scope.LEDGER_READ}

    @described(
        "Countersign a checkpoint",
        tag="Ledger",
        asks=Text("— witness.example.org yJgh2VYAAAAAaLl2…"),
        tells={200: CosignatureTold, 201: CosignatureTold},
        refuses=[UnknownWitness, NotACosignature],
        once=True,
    )
    @idempotent
    def post(self, request: Request, once: Once) -> Response:
        """The signature line (C2SP tlog-cosignature) of a witness that the policy of this desk names.

        It is kept with the checkpoint that it signs, whichever of the last ones that is. The same line again changes
        nothing and is answered with 200.
        """
        by, line = token_of(request).actor(), _line(request)
        require_right(by, Right.READ_LEDGER)
        return once.act(lambda: keep_cosignature(line, by=by), by=by, answer=lambda kept: _told(*kept))


def _line(request: Request) -> str:
    try:
        return body_of(request).decode()
    except UnicodeDecodeError:
        raise Malformed("Send the signature line as text in UTF-8.") from None


def _told(kept: Cosignature, new: bool) -> Response:
    told = CosignatureTold(size=kept.checkpoint_id, witness=kept.witness, seen_at=kept.seen_at)
    return Response(told.as_json(), status=201 if new else 200)
