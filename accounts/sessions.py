"""Sessions in the database, as Django keeps them, found by a statement that is made once: every page asks for one."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from desk.rows import Reading

_sessions = Reading(Session.objects.all())


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        try:
            found = _sessions.get(self.session_key)
        except Session.DoesNotExist:
            found = None
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
