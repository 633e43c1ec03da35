from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from accounts import erasing, feed, kinds, rights, signals  # noqa: F401 - they register themselves
