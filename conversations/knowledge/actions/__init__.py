"""Every write to articles, passages, macros and the marks of notes."""

from conversations.knowledge.actions.articles import MAX_PASSAGES, Keeping, save_article, withdraw_article
from conversations.knowledge.actions.lookups import Wanted, save_lookup
from conversations.knowledge.actions.macros import Wording, retire_macro, save_macro
from conversations.knowledge.actions.notes import allow_note, bar_note

__all__ = [
    "MAX_PASSAGES",
    "Keeping",
    "Wanted",
    "Wording",
    "allow_note",
    "bar_note",
    "retire_macro",
    "save_article",
    "save_lookup",
    "save_macro",
    "withdraw_article",
]
