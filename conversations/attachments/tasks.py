"""Drawing previews, and erasing what nobody sent."""

from __future__ import annotations

import structlog

from conversations.attachments import uploads
from conversations.attachments.actions import DRAW, keep_preview
from conversations.attachments.previews import NoPicture, draw
from conversations.attachments.queries import content_of, to_be_drawn
from desk.actions import SYSTEM
from desk.clock import every
from desk.jobs import Claim, job

log = structlog.get_logger(__name__)


# One at a time: two large pictures at once would be half a gigabyte.
@job(DRAW, attempts=2, at_once=1)
def draw_preview(claim: Claim) -> None:
    """Draw the preview of one image. What cannot be drawn has none; that is no fault of anybody here."""
    attachment = to_be_drawn(claim.job.target)
    if attachment is None:
        return
    try:
        drawn = draw(content_of(attachment))
    except NoPicture:
        log.info("preview_not_drawn", attachment=attachment.pk)
        return
    keep_preview(attachment, drawn, claim, by=SYSTEM)


@every(3600)
def erase_what_nobody_sent() -> None:
    uploads.erase_old()
