"""Every write to articles, passages and macros."""

from conversations.knowledge.actions.articles import MAX_PASSAGES, save_article
from conversations.knowledge.actions.macros import Wording, retire_macro, save_macro

__all__ = ["MAX_PASSAGES", "Wording", "retire_macro", "save_article", "save_macro"]
