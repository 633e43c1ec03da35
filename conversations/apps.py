from django.apps import AppConfig

ROOMS = (
    "redaction",
    "tickets",
    "attachments",
    "mailroom",
    "teamwork",
    "knowledge",
    "escalation",
    "drafting",
    "review",
    "privacy",
    "oversight",
    "portal",
)


class ConversationsConfig(AppConfig):
    name = "conversations"
    verbose_name = "Conversations"

    def ready(self) -> None:
        from importlib import import_module
        from importlib.util import find_spec

        from django.conf import settings

        from desk.actions import layers

        rooms = (*ROOMS, "demo") if settings.DEMO else ROOMS
        layers(*(f"conversations.{room}" for room in rooms))
        for room in rooms:
            for file in ("kinds", "reactions", "tasks", "rows", "account", "erasing"):
                if find_spec(f"conversations.{room}.{file}"):
                    import_module(f"conversations.{room}.{file}")
