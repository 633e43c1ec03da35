"""Mail to those who are away, and the erasing of what has had its time."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage

import structlog
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from conversations.mailroom.addresses import AddressUnusable, new_mail_id, on_the_wire
from conversations.mailroom.compose import PLAIN, UTF8, Envelope
from conversations.mailroom.handover import Handover, NotTaken, Silence
from conversations.teamwork import leases, notices, unsent
from conversations.teamwork.actions import NOTICE_MAIL, NothingToTell, queue_digest
from conversations.teamwork.models import Notice
from conversations.teamwork.queries import away_with_notices, notices_of
from conversations.teamwork.wording import sentence
from desk.actions import SYSTEM
from desk.clock import every
from desk.jobs import Claim, TryLater, job

MOST_LINES = 50
AGAIN_AFTER = 120.0  # seconds

log = structlog.get_logger(__name__)


@every(60)
def write_to_those_away() -> int:
    """One mail for each person whose notices lie unread. Returns how many."""
    people = away_with_notices()
    for person in people:
        with suppress(NothingToTell):
            queue_digest(person, by=SYSTEM)
    return len(people)


@every(3600)
def erase_what_is_old() -> None:
    unsent.erase_old()
    leases.clear()
    notices.forget_old()


@job(NOTICE_MAIL, at_once=1)
def send_digest(claim: Claim) -> None:
    """Hand one digest over. What the server never took is tried again; what it may have is not sent twice."""
    newest = Notice.objects.filter(pk=int(claim.job.target)).select_related("person").first()
    if newest is None or not newest.person.is_active:
        return
    waiting = list(
        notices_of(newest.person)
        .filter(mailed_at=newest.mailed_at, seen_at=None)
        .select_related("by")
        .order_by("id")[:MOST_LINES]
    )
    if not waiting:
        return
    try:
        envelope = digest(newest.person, waiting)
    except AddressUnusable:
        log.warning("digest_address_unusable", person=str(newest.person.pk))
        return
    with Handover(envelope) as server:
        try:
            server.offer()
            server.deliver()
        except NotTaken as no:
            if not no.for_good:
                raise TryLater(no.code, after=AGAIN_AFTER) from no
            log.warning("digest_refused", code=no.code)
        except Silence as silence:
            log.warning("digest_unknown", code=silence.code)


def digest(person: Person, waiting: list[Notice]) -> Envelope:
    """Who did what on which ticket, and where to read it: no text and no customer leaves the desk by this mail."""
    to, sender = on_the_wire(person.email), on_the_wire(settings.ENV.mail_from)
    utf8 = to.needs_utf8 or sender.needs_utf8
    mail, mail_id = EmailMessage(policy=UTF8 if utf8 else PLAIN), new_mail_id()
    with translation.override(person.prefers.language or settings.LANGUAGE_CODE):
        count = len(waiting)
        subject = ngettext("%(count)s unread notice", "%(count)s unread notices", count) % {"count": count}
        lines = [f"#{each.ticket_id}: {sentence(each)}\n{_address('ticket', each.ticket_id)}" for each in waiting]
        foot = _("All of it: %(address)s") % {"address": _address("notices")}
    mail["Message-ID"] = mail_id
    mail["Date"] = datetime.now(UTC)
    mail["From"] = Address(display_name=" ".join(settings.ENV.organisation.split()), addr_spec=sender.address)
    mail["To"] = to.address
    mail["Subject"] = subject
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content("\n\n".join([*lines, "—\n" + foot]) + "\n", cte="quoted-printable")
    return Envelope(sender.address, to.address, utf8, mail_id, mail)


def _address(name: str, *args: int) -> str:
    return settings.PUBLIC_URL + reverse(name, args=args)
