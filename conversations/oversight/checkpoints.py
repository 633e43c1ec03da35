"""Checkpoints: all that were signed, each to be taken along, and comparing with one that somebody brings."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.doors import StaffRequest, staff
from accounts.models import Role
from conversations.oversight.ledger import as_file
from desk.api import BIGGEST
from desk.ledger.compare import Comparison, Verdict, compare
from desk.ledger.models import Checkpoint
from desk.ledger.notes import Note
from desk.ledger.policy import Policy, policy_in_force
from desk.ledger.prove import NoSuchCheckpoint, checkpoint_of
from desk.ledger.witnesses import handed_out, with_cosignatures

PAGE = 30
LARGEST = 64 * 1024
"""Bytes of a checkpoint that is brought: a hundred signatures fit in a fifth of it."""

VERDICTS: dict[Verdict, Promise] = {
    "same": _("It is the ledger’s newest checkpoint, to the letter: nothing was added since, and nothing was changed."),
    "holds": _("Nothing was changed: what the ledger holds today begins with exactly what it held then."),
    "not_a_checkpoint": _(
        "This is no checkpoint: three lines (name, number of entries, root), an empty line, and signatures."
    ),
    "other_origin": _("This checkpoint is of another ledger. It says nothing about this one."),
    "unknown_key": _(
        "It bears this ledger’s name, and no key that this ledger knows signed it. Anybody could have written it."
    ),
    "signature_wrong": _("It names a key of this ledger, and the signature does not hold: somebody changed the text."),
    "nothing_sealed": _(
        "A key of this ledger signed it, and this ledger holds no checkpoint any more: entries were lost."
    ),
    "larger": _(
        "A key of this ledger signed it, and it covers more entries than are sealed now: an old copy was restored, or "
        "the end was cut off. Keep this checkpoint: it is evidence."
    ),
    "differs": _(
        "A key of this ledger signed it, and what the ledger holds today does not begin with what it held then: history "
        "was changed. Keep this checkpoint: it is evidence."
    ),
}


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def overview(request: StaffRequest) -> HttpResponse:
    """Newest first; `before` is a size."""
    before = request.GET.get("before", "")
    rows = with_cosignatures().select_related("key")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(size__lt=int(before))
    found = list(rows[: PAGE + 1])
    policy = policy_in_force()
    older = f"{reverse('ledger_checkpoints')}?before={found[PAGE - 1].size}" if len(found) > PAGE else ""
    return render(
        request,
        "ledger/checkpoints.html",
        {
            "checkpoints": [_shown(each, policy) for each in found[:PAGE]],
            "policy": policy is not None,
            "older_url": older,
            "newest_url": reverse("ledger_checkpoints") if before else "",
        },
    )


def _shown(checkpoint: Checkpoint, policy: Policy | None) -> dict[str, Any]:
    note = handed_out(checkpoint)
    return {
        "size": checkpoint.size,
        "added": checkpoint.size - checkpoint.previous,
        "at": checkpoint.at,
        "root": bytes(checkpoint.root).hex(),
        "note": note,
        "key": checkpoint.key.verifier.key_id.hex(),
        "signatures": [str(each.name) for each in Note.parse(checkpoint.note).signatures],
        "cosignatures": list(checkpoint.cosignatures.all()),
        "witnessed": policy is not None and policy.witnessed(Note.parse(note)),
        "url": reverse("ledger_checkpoint_of", args=[checkpoint.size]),
    }


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def latest(request: StaffRequest) -> HttpResponse:
    """The latest checkpoint as a file, to be kept elsewhere and compared later."""
    return _as_file(checkpoint_of(None))


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def one(request: StaffRequest, size: int) -> HttpResponse:
    if size > BIGGEST:
        raise NoSuchCheckpoint
    return _as_file(checkpoint_of(size))


def _as_file(checkpoint: Checkpoint) -> HttpResponse:
    return as_file(handed_out(checkpoint), f"checkpoint-{checkpoint.size}.txt")


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def comparing(request: StaffRequest) -> HttpResponse:
    """A checkpoint from outside, pasted or as a file, beside what the ledger holds now. Nothing of it is kept."""
    brought = _brought(request) if request.method == "POST" else ""
    found = compare(brought) if request.method == "POST" else None
    return render(
        request,
        "ledger/compare.html",
        {"found": found, "verdict": _verdict(found), "typed": brought if found and not found.holds else ""},
    )


def _verdict(found: Comparison | None) -> str:
    return str(VERDICTS[found.verdict]) if found else ""


def _brought(request: StaffRequest) -> str:
    """What was pasted, or what is in the file; of something larger than any checkpoint only the beginning is looked at."""
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("checkpoint", "")[:LARGEST]
    return str(file.read(LARGEST), "utf-8", errors="replace")
