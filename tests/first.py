"""Loaded by pytest before anything of Django: starts the real servers and sets the environment of the tests."""

from __future__ import annotations

import os

from tests import servers

ENVIRONMENT = {
    "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    "DATA_KEY": "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMzI=",
    "DEMO": "1",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "OPENAI_API_KEY": "standin",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    "OPENAI_MODEL": "countersign-standin-1",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "MAIL_FROM": "help@desk.test",
    "UNDO_SECONDS": "10",
    "LOG_LEVEL": "WARNING",
}


# At import, not in a hook: pytest-django reads the settings in the first hook there is.
os.environ.update(ENVIRONMENT)
servers.start()
