"""What those who read the ledger do: have it verified, take entries out, keep searches."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.rights import Right
from conversations.oversight.kinds import (
    EntriesExported,
    LedgerVerified,
    SearchDeleted,
    SearchSaved,
    VerificationAsked,
    VerificationCancelled,
    VerificationFailed,
)
from conversations.oversight.models import Progress, SavedSearch, Verification
from conversations.oversight.searching import Search
from desk.actions import Actor, action, record
from desk.jobs import Claim, enqueue
from desk.ledger.models import Counter
from desk.ledger.verify import Report
from desk.problems import Invalid, NotAllowed, NotFound, Problem

VERIFY = "ledger.verify"
LEDGER = "desk:ledger"
MOST_SEARCHES = 30  # of one person
LONGEST_NAME = 60


class BeingVerified(Problem):
    code, status, title = "being_verified", 409, gettext_lazy("The ledger is being verified already")
    detail = gettext_lazy("One verification runs at a time. Wait for the one that runs, or cancel it.")


@action("verification.asked", needs=Right.READ_LEDGER)
def ask_verification(*, by: Actor) -> Verification:
    """Have the whole ledger verified, by a job. Raises BeingVerified."""
    try:
        with transaction.atomic():
            asked = Verification.objects.create(person=_person(by), asked_at=timezone.now())
    except IntegrityError:
        raise BeingVerified from None
    Progress.objects.create(verification=asked)
    enqueue(VERIFY, asked.pk)
    record(VerificationAsked(), by=by, subject=asked.ref)
    return asked


@action("verification.cancelled", needs=Right.READ_LEDGER)
def cancel_verification(asked: Verification, *, by: Actor) -> None:
    """Stop it; whoever may ask for one may stop one. Raises Invalid for one that has ended."""
    locked = Verification.objects.select_for_update(no_key=True).get(pk=asked.pk)
    if not locked.at_work:
        raise Invalid(_("This verification has ended already."))
    _end(locked, Verification.State.CANCELLED)
    record(VerificationCancelled(), by=by, subject=locked.ref)


@action("ledger.verified")
def finish_verification(asked: Verification, report: Report, *, milliseconds: int, claim: Claim, by: Actor) -> None:
    """Keep what it came to. One that was cancelled meanwhile stays cancelled, and its last answer counts for nothing."""
    locked = Verification.objects.select_for_update(no_key=True).get(pk=asked.pk)
    if not locked.at_work:
        raise Invalid(_("This verification has ended already."))
    first = report.first
    locked.entries, locked.checkpoints, locked.broken = report.entries, report.checkpoints, report.broken
    locked.first_bad = first.seq if first else None
    locked.milliseconds = milliseconds
    locked.findings = [[finding.seq, finding.what] for finding in sorted(report.findings)]
    locked.said = list(report.said)
    _end(locked, Verification.State.DONE)
    claim.complete()
    record(
        LedgerVerified(
            asked_by=f"person:{locked.person_id}",
            entries=report.entries,
            checkpoints=report.checkpoints,
            verdict="ledger_broken" if report.broken else "ledger_holds",
            findings=report.broken,
            first_bad=locked.first_bad,
        ),
        by=by,
        subject=locked.ref,
    )


def note_progress(key: int, *, what: str, done: int, whole: int) -> None:
    """How far it is, for whoever watches: no act, and outside of any."""
    Progress.objects.filter(pk=key).update(what=what, done=done, whole=whole)


def give_up_verification(key: int, error: str, *, by: Actor) -> None:
    """Inside the action in which its job dies: it came to nothing, and somebody else may ask."""
    locked = Verification.objects.select_for_update(no_key=True).get(pk=key)
    if locked.at_work:
        _end(locked, Verification.State.FAILED)
        record(VerificationFailed(error=error), by=by, subject=locked.ref)


def _end(locked: Verification, state: Verification.State) -> None:
    locked.state, locked.ended_at = state, timezone.now()
    locked.save()
    Progress.objects.filter(pk=locked.pk).delete()


@action("entries.exported", needs=Right.READ_LEDGER)
def export_entries(search: Search, *, format: str, by: Actor) -> int:  # noqa: A002 - the word of the form
    """Say that the entries of a search leave the house, before they do. Returns up to which entry: not this one."""
    if search.faults:
        raise Invalid(" ".join(search.faults))
    if format not in {"csv", "json"}:
        raise Invalid(_("Entries are exported as CSV or as JSON."))
    up_to = Counter.objects.get(pk=1).value
    facts = EntriesExported.model_validate(
        {
            "entries": search.count(up_to=up_to),
            "up_to": up_to,
            "format": format,
            "narrowed_by": _names(search),
        }
    )
    record(facts, by=by, subject=LEDGER)
    return up_to


@action("search.saved", needs=Right.READ_LEDGER)
def save_search(search: Search, *, name: str, by: Actor) -> SavedSearch:
    """Keep a search under a name, for oneself."""
    person = _person(by)
    if search.faults:
        raise Invalid(" ".join(search.faults))
    kept = " ".join("".join(each if each.isprintable() else " " for each in name).split())
    if not 0 < len(kept) <= LONGEST_NAME:
        raise Invalid(_("A search needs a name of at most %(most)d characters.") % {"most": LONGEST_NAME})
    if SavedSearch.objects.filter(person=person).count() >= MOST_SEARCHES:
        raise Invalid(_("You have %(most)d searches. Delete one that you no longer need.") % {"most": MOST_SEARCHES})
    saved = SavedSearch.objects.create(person=person, name=kept, query=search.asked, created_at=timezone.now())
    record(SearchSaved(narrowed_by=_names(search)), by=by, subject=saved.ref)
    return saved


@action("search.deleted", needs=Right.READ_LEDGER)
def delete_search(key: int, *, by: Actor) -> None:
    """One of one's own. Raises NotFound."""
    found = SavedSearch.objects.select_for_update().filter(pk=key, person=_person(by)).first()
    if found is None:
        raise NotFound
    ref = found.ref
    found.delete()
    record(SearchDeleted(), by=by, subject=ref)


def _names(search: Search) -> list[str]:
    return sorted(search.asked)


def _person(by: Actor) -> Person:
    if by.kind != "person":
        raise NotAllowed
    return Person.objects.get(pk=by.id)
