"""Making a version of the model settings active: asked for by one administrator, done by another, taken back in one step."""

from __future__ import annotations

import uuid
from datetime import timedelta
from uuid import UUID

from django.conf import settings as environment
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Role, Team
from accounts.rights import Right
from conversations.drafting.contracts import Contract
from conversations.drafting.evaluations import Evaluation
from conversations.drafting.kinds_of_settings import (
    ENVIRONMENT,
    EVERYBODY,
    ActivationAsked,
    ActivationBegun,
    ActivationDeclined,
    ActivationRolledBack,
    AuditorsTold,
)
from conversations.drafting.model_settings import Activation, ModelSettings
from conversations.drafting.queries import overtaken_drafts
from conversations.drafting.versions import in_force, is_external
from conversations.tickets import texts
from desk.actions import Actor, action, record
from desk.jobs import enqueue
from desk.ledger.append import Text
from desk.problems import NotAllowed, NotFound, Problem

RENEW = "settings.apply"
TELL = "auditors.tell"
WAITS = timedelta(hours=24)
"""How long a version waits that only one administrator could agree to."""


class NotEvaluated(Problem):
    code, status, title = "not_evaluated", 409, _("This version was not evaluated yet")
    detail = _("Evaluate it first, so that whoever agrees sees what it does. Nothing was changed.")


class AskedAlready(Problem):
    code, status, title = "asked_already", 409, _("Another version waits already")
    detail = _("For these tickets a version waits for a second person. Decline that one first; nothing was changed.")


class IsActive(Problem):
    code, status, title = "is_active", 409, _("This version is active there already")
    detail = _("Nothing was changed.")


class ProviderNotActivated(Problem):
    code, status, title = "provider_not_activated", 409, _("Its provider is not activated")
    detail = _("Write down the terms of this provider first, under Providers. Nothing was changed.")


class SecondPersonNeeded(Problem):
    code, status, title = "second_person_required", 409, _("A second administrator has to do this")
    detail = _("Neither who made a version nor who asked for it makes it active. Nothing was changed.")


class NotYet(Problem):
    code, status, title = "not_yet", 409, _("This version still waits")
    detail = _(
        "You are the only administrator: auditors were told, and 24 hours after it was asked for you may make it active."
    )


class Settled(Problem):
    code, status, title = "settled", 409, _("This is settled already")
    detail = _("Somebody was first. Nothing was changed.")


@action("activation.asked", needs=Right.ADMINISTER)
def ask_activation(version: ModelSettings, *, team: Team | None, reason: str, by: Actor) -> Activation:
    """Ask a second administrator to make a version active, for one team or for everybody."""
    if by.kind != "person":
        raise NotAllowed
    _one_at_a_time()
    evaluation = version.evaluations.filter(state=Evaluation.State.DONE).order_by("-pk").first()
    if version.state != ModelSettings.State.FINISHED or evaluation is None:
        raise NotEvaluated
    _may_be_asked(version)
    if Activation.objects.filter(settings=version, team=team, state=Activation.State.ACTIVE).exists():
        raise IsActive
    try:
        with transaction.atomic():
            asked = Activation.objects.create(
                settings=version,
                team=team,
                state=Activation.State.ASKED,
                reason=texts.body(reason, field="reason", limit=2000),
                asked_by_id=UUID(by.id),
                asked_at=timezone.now(),
            )
    except IntegrityError:
        raise AskedAlready from None
    if not others(asked.asked_by_id):
        enqueue(TELL, asked.pk)
    record(
        ActivationAsked(settings=version.ref, whom=_whom(asked), evaluation=evaluation.ref),
        by=by,
        subject=asked.ref,
        commits={"reason": Text(asked.reason, f"{asked.ref}:reason")},
    )
    return asked


@action("activation.declined", needs=Right.ADMINISTER)
def decline_activation(asked: Activation, *, by: Actor) -> None:
    """It shall not be, or not now; whoever asked may take it back the same way. Raises Settled."""
    locked = _locked(asked, Activation.State.ASKED)
    locked.state, locked.decided_by_id = Activation.State.DECLINED, UUID(by.id)
    locked.save(update_fields=["state", "decided_by"])
    record(ActivationDeclined(settings=locked.settings.ref, whom=_whom(locked)), by=by, subject=locked.ref)


@action("activation.begun", needs=Right.ADMINISTER)
def activate(asked: Activation, *, by: Actor) -> Activation:
    """Make a version active that somebody else asked for. Drafts that wait and were made otherwise are made anew, by a job.

    Raises SecondPersonNeeded, NotYet, Settled, ProviderNotActivated.
    """
    if by.kind != "person":
        raise NotAllowed
    _one_at_a_time()
    locked = _locked(asked, Activation.State.ASKED)
    person = UUID(by.id)
    locked.alone = not others(person)
    if locked.alone:
        if not environment.DEMO and timezone.now() < locked.asked_at + WAITS:
            raise NotYet(may_at=(locked.asked_at + WAITS).isoformat())
    elif person in {locked.asked_by_id, locked.settings.made_by_id}:
        raise SecondPersonNeeded
    _may_be_asked(locked.settings)
    before = in_force(locked.team_id)
    running = Activation.objects.filter(team=locked.team, state=Activation.State.ACTIVE).first()
    if running is not None:
        _end(running)
    if locked.team_id is None:
        # A team that began with this version has what everybody has from here on.
        for own in Activation.objects.filter(settings=locked.settings, state=Activation.State.ACTIVE).exclude(
            team=None
        ):
            _end(own)
    locked.state, locked.decided_by_id, locked.began_at, locked.before = (
        Activation.State.ACTIVE,
        person,
        timezone.now(),
        running,
    )
    locked.save(update_fields=["state", "decided_by", "began_at", "before", "alone"])
    enqueue(RENEW, uuid.uuid4().hex)
    record(
        ActivationBegun(
            settings=locked.settings.ref,
            whom=_whom(locked),
            before=before.ref if before else ENVIRONMENT,
            asked_by=f"person:{locked.asked_by_id}",
            alone=locked.alone,
            drafts=overtaken_drafts().count(),
        ),
        by=by,
        subject=locked.ref,
    )
    return locked


@action("activation.rolled_back", needs=Right.ADMINISTER)
def roll_back(running: Activation, *, by: Actor) -> Activation | None:
    """What held before holds again, at once and by one person. Returns what is active there now; None where none is."""
    if by.kind != "person":
        raise NotAllowed
    _one_at_a_time()
    locked = _locked(running, Activation.State.ACTIVE)
    _end(locked)
    again: Activation | None = None
    if locked.before is not None:
        now = timezone.now()
        again = Activation.objects.create(
            settings=locked.before.settings,
            team=locked.team,
            state=Activation.State.ACTIVE,
            asked_by_id=UUID(by.id),
            asked_at=now,
            decided_by_id=UUID(by.id),
            began_at=now,
            before=locked.before.before,
            rolled_back=True,
        )
    after = in_force(locked.team_id)
    enqueue(RENEW, uuid.uuid4().hex)
    record(
        ActivationRolledBack(
            settings=locked.settings.ref,
            whom=_whom(locked),
            after=after.ref if after else ENVIRONMENT,
            drafts=overtaken_drafts().count(),
        ),
        by=by,
        subject=locked.ref,
    )
    return again


@action("auditors.told")
def told_auditors(asked: Activation, *, people: int, by: Actor) -> None:
    """Say that auditors were written to before one person decides alone."""
    record(AuditorsTold(settings=asked.settings.ref, whom=_whom(asked), people=people), by=by, subject=asked.ref)


def others(person_id: UUID) -> int:
    """How many other administrators there are, who could agree."""
    return Person.objects.filter(is_active=True, roles__contains=[Role.ADMIN]).exclude(pk=person_id).count()


def _one_at_a_time() -> None:
    """Nobody asks for a draft between what is read here and the commit, and nobody else changes what is active."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('drafting_activation'))")


def _locked(which: Activation, state: Activation.State) -> Activation:
    locked = Activation.objects.select_for_update(no_key=True, of=["self"]).filter(pk=which.pk).first()
    if locked is None:
        raise NotFound
    if locked.state != state:
        raise Settled
    return locked


def _may_be_asked(version: ModelSettings) -> None:
    address = version.address or environment.ENV.openai_base_url
    if is_external(address) and not Contract.objects.filter(address=address, ended_at=None).exists():
        raise ProviderNotActivated


def _end(running: Activation) -> None:
    running.state, running.ended_at = Activation.State.ENDED, timezone.now()
    running.save(update_fields=["state", "ended_at"])


def _whom(which: Activation) -> str:
    return f"team:{which.team_id}" if which.team_id else EVERYBODY
