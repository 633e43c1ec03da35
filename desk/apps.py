from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = "The frame"

    def ready(self) -> None:
        from desk import erasing  # noqa: F401 - it registers the frame's own tables
