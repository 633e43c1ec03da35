"""The switches that stop drafting."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from accounts.rights import Right
from conversations.drafting.kinds import DraftingResumed, DraftingStopped
from conversations.drafting.models import SettingsVersion, Stop
from conversations.tickets import texts
from desk.actions import Actor, action, record
from desk.jobs import enqueue
from desk.ledger.append import Text
from desk.problems import Invalid

APPLY = "stop.apply"
APPLY_POLICY = "policy.apply"


@action("drafting.stopped", needs=Right.STOP)
def stop_drafting(*, scope: str, reason: str, by: Actor, value: str = "") -> Stop:
    """Stop drafting everywhere, or for one team, topic, language or settings version, from this commit on."""
    if scope not in Stop.Scope.values:
        raise Invalid(_("Choose what to stop."), errors={"scope": [", ".join(Stop.Scope.values)]})
    value = texts.name(value)[:60]
    if (scope == Stop.Scope.ALL) != (value == ""):
        raise Invalid(_("Say which one to stop."), errors={"value": ["goes with every scope but all"]})
    among = {Stop.Scope.TEAM: Team.objects, Stop.Scope.SETTINGS_VERSION: SettingsVersion.objects}.get(Stop.Scope(scope))
    if among is not None and not (value.isascii() and value.isdecimal() and among.filter(pk=int(value)).exists()):
        # A switch that stops nothing is worse than none.
        raise Invalid(_("There is none with this number."), errors={"value": ["is the number of one that there is"]})
    with connection.cursor() as cursor:
        # The other side is taken, shared, by the gate: no call can slip between its check and its commit.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('drafting_stop'))")
    stop = Stop.objects.create(
        scope=scope,
        value=value,
        reason=texts.body(reason, field="reason", limit=2000),
        person_id=by.id if by.kind == "person" else None,
    )
    enqueue(APPLY, stop.pk)
    record(
        DraftingStopped(scope=scope),
        by=by,
        subject=stop.ref,
        stop=stop,
        commits={"reason": Text(stop.reason, f"{stop.ref}:reason"), "value": Text(value, f"{stop.ref}:value")},
    )
    return stop


@action("drafting.resumed", needs=Right.STOP)
def resume_drafting(stop: Stop, *, by: Actor) -> Stop:
    """Let drafting go on. Tickets that waited meanwhile stay with people until somebody asks for a draft."""
    locked = Stop.objects.select_for_update(no_key=True).get(pk=stop.pk)
    locked.ended_at = locked.ended_at or timezone.now()
    locked.save(update_fields=["ended_at"])
    record(DraftingResumed(scope=locked.scope), by=by, subject=locked.ref)
    return locked
