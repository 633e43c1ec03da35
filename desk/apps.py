from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = "The frame"

    def ready(self) -> None:
        from desk import erasing  # noqa: F401 - it registers the frame's own tables
        from desk.ledger import keys, state, witnesses  # noqa: F401 - their kinds, and what of the ledger is shown
