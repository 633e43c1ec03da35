"""What the demo does by itself: a part of the desk's health, and new tickets every 20 seconds if they are wanted."""

from __future__ import annotations

from django.conf import settings

from conversations.demo import trickle
from conversations.demo.load import is_loading
from desk.health import part

__all__ = ["loaded", "trickle"]


@part("demo")
def loaded() -> str:
    """Ready means that the demo is there."""
    return "loading" if settings.DEMO and is_loading() else ""
