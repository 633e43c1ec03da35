"""How much each kind of flag matters: a rule that administrators set, and what it does to drafts before people."""

from __future__ import annotations

import uuid

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from conversations.drafting.actions.generate import WHOLE_DRAFT, lock_draft
from conversations.drafting.checks import MAY_BE_HINTS, risk
from conversations.drafting.kinds import DraftReflagged, FlagRuleSet
from conversations.drafting.models import Draft, Flag, FlagRule
from conversations.drafting.queries import is_sensitive, severities
from conversations.drafting.states import DraftState
from conversations.tickets import texts
from desk.actions import Actor, action, record
from desk.jobs import enqueue
from desk.ledger.append import Text
from desk.problems import Invalid, Problem

APPLY_FLAGS = "flags.apply"


class NeverAHint(Problem):
    """Another customer's identifier blocks, whoever asks; other hints are no blockers to begin with."""

    code, status, title = "never_a_hint", 409, _("This cannot be made a hint")
    detail = _("What belongs to another customer must go before a reply is sent. Nothing was changed.")


@action("flag_rule.set", needs=Right.ADMINISTER)
def set_severity(kind: str, severity: str, *, reason: str, by: Actor) -> FlagRule:
    """Make a kind of blocker a hint, or a blocker again; drafts before people follow by a job, as new versions.

    Raises NeverAHint for another customer's identifier.
    """
    if kind == Flag.Kind.OTHER_CUSTOMER:
        raise NeverAHint
    if kind not in MAY_BE_HINTS:
        raise Invalid(_("Choose a kind of blocker."), errors={"kind": [", ".join(MAY_BE_HINTS)]})
    if severity not in Flag.Severity.values:
        raise Invalid(_("Choose blocker or hint."), errors={"severity": [", ".join(Flag.Severity.values)]})
    kept = texts.body(reason, field="reason", limit=2000)
    with connection.cursor() as cursor:
        # Two administrators at once: each entry says what truly was before.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('drafting_flag_rule'))")
    before = severities()[kind]
    if before == severity:
        raise Invalid(_("It is that already. Nothing was changed."), errors={"severity": ["is another than now"]})
    rule = FlagRule.objects.create(
        kind=kind, severity=severity, reason=kept, person_id=by.id if by.kind == "person" else None
    )
    enqueue(APPLY_FLAGS, uuid.uuid4().hex)
    record(
        FlagRuleSet(flag_kind=kind, severity=severity, before=before),
        by=by,
        subject=rule.ref,
        commits={"reason": Text(kept, f"{rule.ref}:reason")},
    )
    return rule


@action("draft.reflagged")
def reflag(draft: Draft, *, by: Actor) -> Draft:
    """Bring the flags of a draft before people in line with the rules: what was on a screen is another version now."""
    locked = lock_draft(draft.pk, WHOLE_DRAFT)
    if locked.state == DraftState.PENDING_REVIEW:
        judge_anew(locked)
        # A trigger has counted the version up.
        locked.refresh_from_db(fields=["version"])
        locked.save(update_fields=["risk"])
    told = [flag.severity for flag in locked.flags.all()]
    record(
        DraftReflagged(
            version=locked.version,
            hints=told.count(Flag.Severity.HINT),
            blockers=told.count(Flag.Severity.BLOCKER),
        ),
        by=by,
        subject=locked.ref,
        thread=locked.ticket.ref,
        draft=locked,
        ticket=locked.ticket,
    )
    return locked


def judge_anew(draft: Draft) -> None:
    """Give each flag of a locked draft the severity that holds now, and the draft its risk, which the caller saves."""
    rules = severities(held=True)
    flags = list(draft.flags.order_by("id"))
    for flag in flags:
        if flag.severity != rules[flag.kind]:
            flag.severity = rules[flag.kind]
            flag.save(update_fields=["severity"])
    claims = [sentence for sentence in draft.sentences if sentence.get("kind") == "claim"]
    sourced = sum(bool(claim["sources"]) for claim in claims)
    draft.risk = risk(flags, claims=len(claims), sourced=sourced, sensitive=is_sensitive(draft))
