"""Notices in words, the same on the page and in the mail."""

from __future__ import annotations

from django.utils.translation import gettext as _

from conversations.teamwork.models import Notice


def sentence(notice: Notice) -> str:
    """What somebody is told, such as "Ben Okafor mentioned you"."""
    name = notice.by.name if notice.by else _("The desk")
    told = {
        Notice.Kind.MENTIONED: _("%(name)s mentioned you in a note."),
        Notice.Kind.TEAM_MENTIONED: _("%(name)s mentioned your team in a note."),
        Notice.Kind.NOTED: _("%(name)s wrote a note."),
        Notice.Kind.ASSIGNED: _("%(name)s assigned it to you."),
        Notice.Kind.HANDED_OVER: _("%(name)s handed it to your team."),
        Notice.Kind.TAKEN_OVER: _("%(name)s took it over from you. What you wrote is kept."),
        Notice.Kind.CUSTOMER_WROTE: _("The customer wrote."),
        Notice.Kind.REPLIED: _("%(name)s answered the customer."),
    }
    return told[Notice.Kind(notice.kind)] % {"name": name}
