"""Index of the tables; each lives in the room of its subject."""

from conversations.attachments.models import Attachment, Content, Preview, Upload
from conversations.drafting.models import Draft, Flag, FlagRule, ModelCall, SettingsVersion, Stop
from conversations.knowledge.models import Article, Macro, Passage, PassageVector
from conversations.oversight.models import Progress, SavedSearch, Verification
from conversations.privacy.models import Erasure, Hold
from conversations.review.models import Concern, Decision
from conversations.teamwork.models import Claim, Follower, Notice, Unsent
from conversations.tickets.bulk import Bulk, BulkTicket
from conversations.tickets.merges import Merge
from conversations.tickets.models import Customer, Message, Policy, SavedView, Sending, Ticket, Words

__all__ = [
    "Article",
    "Attachment",
    "Bulk",
    "BulkTicket",
    "Claim",
    "Concern",
    "Content",
    "Customer",
    "Decision",
    "Draft",
    "Erasure",
    "Flag",
    "FlagRule",
    "Follower",
    "Hold",
    "Macro",
    "Merge",
    "Message",
    "ModelCall",
    "Notice",
    "Passage",
    "PassageVector",
    "Policy",
    "Preview",
    "Progress",
    "SavedSearch",
    "SavedView",
    "Sending",
    "SettingsVersion",
    "Stop",
    "Ticket",
    "Unsent",
    "Upload",
    "Verification",
    "Words",
]
