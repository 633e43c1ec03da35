"""Every act of this room: following, handing over, taking over, putting a digest into the post."""

from conversations.teamwork.actions.digest import NOTICE_MAIL, NothingToTell, queue_digest
from conversations.teamwork.actions.following import follow, unfollow
from conversations.teamwork.actions.handing import hand_over, take_over

__all__ = ["NOTICE_MAIL", "NothingToTell", "follow", "hand_over", "queue_digest", "take_over", "unfollow"]
