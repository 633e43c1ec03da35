"""Index of the tables; each lives in the room of its subject."""

from conversations.attachments.models import Attachment, Content, Preview, Upload
from conversations.drafting.budgets import Limit, Spent
from conversations.drafting.contracts import Contract
from conversations.drafting.endpoints import Endpoint, Slot
from conversations.drafting.evaluations import Case, Evaluation, Outcome
from conversations.drafting.model_settings import Activation, ModelSettings
from conversations.drafting.models import Draft, Flag, FlagRule, ModelCall, SettingsVersion, Stop
from conversations.knowledge.models import (
    Article,
    ArticleVersion,
    LookedUp,
    Lookup,
    Macro,
    Passage,
    PassageVector,
    UsableNote,
)
from conversations.oversight.models import Progress, SavedSearch, Verification
from conversations.privacy.models import Erasure, Hold
from conversations.review.models import Concern, Decision
from conversations.teamwork.models import Claim, Follower, Notice, Unsent
from conversations.tickets.bulk import Bulk, BulkTicket
from conversations.tickets.merges import Merge
from conversations.tickets.models import Customer, Message, Policy, SavedView, Sending, Ticket, Words

__all__ = [
    "Activation",
    "Article",
    "ArticleVersion",
    "Attachment",
    "Bulk",
    "BulkTicket",
    "Case",
    "Claim",
    "Concern",
    "Content",
    "Contract",
    "Customer",
    "Decision",
    "Draft",
    "Endpoint",
    "Erasure",
    "Evaluation",
    "Flag",
    "FlagRule",
    "Follower",
    "Hold",
    "Limit",
    "LookedUp",
    "Lookup",
    "Macro",
    "Merge",
    "Message",
    "ModelCall",
    "ModelSettings",
    "Notice",
    "Outcome",
    "Passage",
    "PassageVector",
    "Policy",
    "Preview",
    "Progress",
    "SavedSearch",
    "SavedView",
    "Sending",
    "SettingsVersion",
    "Slot",
    "Spent",
    "Stop",
    "Ticket",
    "Unsent",
    "Upload",
    "UsableNote",
    "Verification",
    "Words",
]
