"""Where links in replies may lead, besides what stands in an article."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings


def allowed_hosts() -> tuple[str, ...]:
    """The desk's own host, and those that the organisation allows (LINK_HOSTS); what lies below them is allowed with them."""
    own = urlsplit(settings.PUBLIC_URL).hostname or ""
    return tuple(dict.fromkeys(filter(None, (own, *settings.ENV.link_hosts))))
