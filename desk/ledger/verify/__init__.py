"""Verifying the ledger: everything is computed anew from what the entries say, and nothing that is stored is believed.

It reads in one snapshot, streams, and keeps no more in memory than the edge of a tree. It never writes.
"""

from __future__ import annotations

from django.db import connection, transaction

from desk.ledger.notes import Malformed, NotSigned
from desk.ledger.verify.contents import counted, leaves
from desk.ledger.verify.opened import Opening
from desk.ledger.verify.report import Progress, Report
from desk.ledger.verify.seals import Seals, read_outside
from desk.ledger.verify.signatures import Brought, Signatures

__all__ = ["Brought", "Report", "verify_ledger"]

EVERY = 10_000  # entries between two words about progress


def verify_ledger(brought: Brought, *, progress: Progress = lambda _what, _done, _all: None) -> Report:
    """Check everything; the report says what is wrong, the first bad entry first."""
    report = Report()
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        expected = counted()
        signatures = Signatures(report, brought)
        seals = Seals(report, signatures)
        try:
            seals.outside = read_outside(brought.checkpoint, signatures) if brought.checkpoint else None
        except (Malformed, NotSigned) as wrong:
            report.found(0, f"The checkpoint that you brought cannot be used: {wrong}.")
        for seq, leaf in leaves(report):
            seals.add(seq, leaf)
            if not seq % EVERY:
                progress("entries", seq, expected)
        seals.finish()
        Opening(report, progress).run()
    _say(report, brought, seals)
    return report


def _say(report: Report, brought: Brought, seals: Seals) -> None:
    say = report.said.append
    if not seals.sealed:
        say(
            "Nothing is sealed yet: no checkpoint was ever signed, so nothing shows that older entries were not rewritten."
        )
    elif not brought.trusted:
        say(
            "The keys that checked the signatures are the database's own. Bring those that you got elsewhere with --key."
        )
    if seals.sealed and seals.sealed < report.entries:
        say(f"Not sealed yet: entries {seals.sealed + 1} to {report.entries}.")
    if brought.checkpoint is None:
        say("No checkpoint was brought from outside (--checkpoint): one would show that the end was not cut off.")
    elif seals.outside is not None and not report.broken:
        say(f"The first {seals.outside.size} entries are those of the checkpoint that you brought.")
    if brought.policy is None:
        say("There is no policy on witnesses (--policy, LEDGER_POLICY).")
    elif seals.signatures.witnessed:
        say(f"Witnessed as the policy asks ({brought.policy.quorum}): the first {seals.signatures.witnessed} entries.")
    elif brought.policy_must_be_met:
        report.found(1, f"No checkpoint is witnessed as the policy asks ({brought.policy.quorum}).")
    else:
        say(f"No checkpoint is witnessed yet as the policy asks ({brought.policy.quorum}).")
