from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = "The frame"

    def ready(self) -> None:
        from desk.ledger import keys, state, witnesses  # noqa: F401 - their kinds, and what of the ledger is shown
