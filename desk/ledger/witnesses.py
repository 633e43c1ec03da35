"""Cosignatures: witnesses outside say that they saw a checkpoint, and that it follows from all that they had seen before.

Only witnesses of the policy are taken; the signature itself is their right to write here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from desk.actions import Actor, action, record
from desk.ledger.kinds import Code, Facts, because, kind
from desk.ledger.models import Checkpoint, Cosignature
from desk.ledger.notes import Malformed, Note, NotSigned, Signature, VerifierKey
from desk.ledger.policy import Policy, policy_in_force
from desk.problems import Problem

TRIED = 2_000
"""Newest checkpoints that a cosignature is compared with: some 0.2 s for all of them."""


because({"checkpoint": _("A witness outside said what they saw. From then on nobody can show another history.")})


@kind(
    "checkpoint.cosigned",
    says="The witness with the key {key} countersigned the first {size:entry|entries} of the ledger",
)
class CheckpointCosigned(Facts):
    size: int
    key: Code
    witnessed: Literal["yes", "not_yet"]


class UnknownWitness(Problem):
    code, status, title = "unknown_witness", 422, _("This witness is not known here")
    detail = _(
        "Its name and key are not in the policy of this desk (LEDGER_POLICY). Have them put in, then send it again."
    )


class NotACosignature(Problem):
    code, status, title = "not_a_cosignature", 422, _("This is no cosignature of a checkpoint of this ledger")
    detail = _("Send the signature line as the witness wrote it, for a checkpoint that this ledger handed out.")


@action("checkpoint.cosigned")
def keep_cosignature(line: str, *, by: Actor) -> tuple[Cosignature, bool]:
    """Keep a cosignature, and whether it is new: the first one of a witness for a checkpoint stands.

    Which checkpoint it is for is found by trying the newest ones. Raises UnknownWitness, NotACosignature.
    """
    try:
        signature = Signature.parse(line.strip("\r\n"))
    except Malformed:
        raise NotACosignature from None
    policy = policy_in_force() or Policy()
    key = next((key for key in policy.witnesses.values() if key.signs(signature)), None)
    if key is None:
        raise UnknownWitness
    found = _signed_by(signature, key)
    kept, new = Cosignature.objects.get_or_create(
        checkpoint=found,
        key=str(key),
        defaults={
            "witness": key.name,
            "line": str(signature),
            "seen_at": datetime.fromtimestamp(signature.time, UTC),
        },
    )
    record(
        CheckpointCosigned(
            size=found.size,
            key=key.key_id.hex(),
            witnessed="yes" if is_witnessed(found) else "not_yet",
        ),
        by=by,
        subject=f"checkpoint:{found.size}",
    )
    return kept, new


def is_witnessed(checkpoint: Checkpoint) -> bool:
    """Whether enough witnesses of the policy countersigned it; without a policy none is."""
    policy = policy_in_force()
    return policy is not None and policy.witnessed(Note.parse(handed_out(checkpoint)))


def handed_out(checkpoint: Checkpoint) -> str:
    """A checkpoint as everybody gets it: with the log's signatures, and below them those of the witnesses."""
    return checkpoint.note + "".join(f"{each.line}\n" for each in checkpoint.cosignatures.all())


def newest_checkpoint() -> Checkpoint | None:
    return with_cosignatures().first()


def newest_witnessed(policy: Policy) -> Checkpoint | None:
    """The newest checkpoint that enough witnesses have countersigned."""
    if policy.quorum == "none":
        return newest_checkpoint()
    cosigned = with_cosignatures().filter(pk__in=Cosignature.objects.values("checkpoint"))
    return next((each for each in cosigned[:TRIED] if policy.witnessed(Note.parse(handed_out(each)))), None)


def with_cosignatures() -> QuerySet[Checkpoint]:
    """Newest first, each with its cosignatures in the order in which they came."""
    return Checkpoint.objects.order_by("-size").prefetch_related(
        Prefetch("cosignatures", Cosignature.objects.order_by("pk"))
    )


def _signed_by(signature: Signature, key: VerifierKey) -> Checkpoint:
    for checkpoint in Checkpoint.objects.order_by("-size")[:TRIED]:
        try:
            key.verify(Note.parse(checkpoint.note).text, signature)
        except NotSigned:
            continue
        return checkpoint
    raise NotACosignature
