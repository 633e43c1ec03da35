"""What outsiders need in order to check: keys, the newest checkpoint with its witnesses, and the two programs."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.doors import StaffRequest, staff
from accounts.models import Role
from desk.ledger.evidence import PROGRAMS
from desk.ledger.models import Cosignature, Key
from desk.ledger.policy import Policy, policy_in_force
from desk.ledger.witnesses import handed_out, newest_checkpoint, newest_witnessed
from desk.problems import NotFound

NAMES = ("countersign_verify.py", "countersign_witness.py")


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def outside(request: StaffRequest) -> HttpResponse:
    """One page to copy from: for an auditor who sets up their own machine, and for whoever checks a bundle."""
    if number := request.GET.get("ticket", "").strip().lstrip("#"):
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            raise NotFound
        return redirect("evidence", number=int(number))
    newest, policy = newest_checkpoint(), policy_in_force()
    witnessed = newest_witnessed(policy) if policy else None
    return render(
        request,
        "ledger/outside.html",
        {
            "newest": newest,
            "note": handed_out(newest) if newest else "",
            "keys": [{"key": key, "text": str(key.verifier)} for key in Key.objects.order_by("-pk")],
            "policy": policy,
            "witnessed": witnessed,
            "behind": newest.size - witnessed.size if newest and witnessed else 0,
            "witnesses": _witnesses(policy) if policy else [],
            "programs": NAMES,
            "desk": settings.PUBLIC_URL,
        },
    )


@require_GET
@staff(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
def program(request: StaffRequest, name: str) -> HttpResponse:
    """One of the programs, as a file."""
    if name not in NAMES:
        raise NotFound
    return HttpResponse(
        (PROGRAMS / name).read_bytes(),
        content_type="text/x-python",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _witnesses(policy: Policy) -> list[dict[str, object]]:
    """Each witness of the policy, and the newest checkpoint that it countersigned."""
    return [
        {
            "name": name,
            "key": str(key),
            "last": Cosignature.objects.filter(key=str(key)).order_by("-checkpoint_id").first(),
        }
        for name, key in policy.witnesses.items()
    ]
