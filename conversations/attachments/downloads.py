"""How a file leaves by HTTP: to be saved, never to be shown."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.http import HttpResponse

from conversations.attachments.models import Attachment
from conversations.attachments.queries import content_of, preview_of

_PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]")
_SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


def download(attachment: Attachment) -> HttpResponse:
    """The bytes as they are, under the name that they came with (RFC 6266, RFC 8187)."""
    response = HttpResponse(content_of(attachment), content_type=attachment.type)
    response["Content-Disposition"] = disposition(attachment.name)
    return _locked(response)


def preview(attachment: Attachment) -> HttpResponse:
    """The picture of our own making."""
    return _locked(HttpResponse(preview_of(attachment), content_type="image/webp"))


def disposition(name: str) -> str:
    """`attachment` with the name in ASCII, and in UTF-8 for those who read that."""
    plain = _PLAIN.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _locked(response: HttpResponse) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
