"""Index of the tables; each lives in the room of its subject."""

from conversations.drafting.models import Draft, Flag, ModelCall, SettingsVersion, Stop
from conversations.knowledge.models import Article, Macro, Passage
from conversations.review.models import Concern, Decision
from conversations.tickets.models import Customer, Message, Policy, Sending, Ticket

__all__ = [
    "Article",
    "Concern",
    "Customer",
    "Decision",
    "Draft",
    "Flag",
    "Macro",
    "Message",
    "ModelCall",
    "Passage",
    "Policy",
    "Sending",
    "SettingsVersion",
    "Stop",
    "Ticket",
]
