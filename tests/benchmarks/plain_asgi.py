"""The desk's own server process, with the plain view beside it."""

from django.conf import settings

from desk.asgi import application

__all__ = ["application"]

settings.ROOT_URLCONF = "tests.benchmarks.plain"
