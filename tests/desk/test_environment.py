"""Configuration: typed, validated, and every wrong value named in one go."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from pydantic import ValidationError

from desk.environment import Environment, sentences

GOOD = {
    "DATABASE_URL": "postgresql://u:p@127.0.0.1:5432/x",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SECRET_KEY": "s" * 40,
    "DATA_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
}


def faults(monkeypatch: pytest.MonkeyPatch, **wrong: str) -> str:
    for name in Environment.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {**GOOD, **wrong}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        Environment()
    return sentences(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "mysql://x", "postgresql://"),
        ("DATABASE_URL", "postgresql://u:p@h:99999999/x", "postgresql://"),
        ("REDIS_URL", "127.0.0.1:6379", "redis://"),
        ("SECRET_KEY", "short", "at least 32"),
        ("DATA_KEY", "", "DATA_KEY is missing"),
        ("DATA_KEY", " , ", "32 bytes"),
        ("DATA_KEY", "c2hvcnQ=", "32 bytes"),
        ("DATA_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,?", "base64"),
        ("ALLOWED_HOSTS", "*", "one by one"),
        ("ALLOWED_HOSTS", " , ", "one by one"),
        ("DEMO", "perhaps", "valid boolean"),
        ("MODEL_DEADLINE", "-1", "greater than 0"),
        ("UNDO_SECONDS", "soon", "valid integer"),
        ("MODEL_PRICES", "gpt-4o-mini", "model=price/price"),
        ("MODEL_CURRENCY", "dollars", "pattern"),
        ("EMAIL_URL", "http://mail", "smtp://"),
        ("MAIL_FROM", "Help Desk", "mail address"),
        ("TIME_ZONE", "Mars/Olympus", "IANA"),
        ("LOG_LEVEL", "LOUD", "'DEBUG'"),
        ("OPENAI_BASE_URL", "ftp://x", "http://"),
        ("TRUSTED_PROXIES", "10.0.0.0/99", "IPv4 or IPv6"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_should_be(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    said = faults(monkeypatch, **{name: value})
    assert name in said
    assert words in said


def test_every_wrong_value_is_named_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    said = faults(monkeypatch, DEMO="perhaps", TIME_ZONE="Nowhere", SECRET_KEY="x")
    assert [name for name in ("DEMO", "TIME_ZONE", "SECRET_KEY") if name in said] == ["DEMO", "TIME_ZONE", "SECRET_KEY"]


def test_a_demo_has_a_key_of_its_own_and_several_are_read_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**GOOD, "DATA_KEY": "", "DEMO": "1"}.items():
        monkeypatch.setenv(name, value)
    own = Environment().master_keys
    assert [len(key) for key in own] == [32]
    monkeypatch.setenv("SECRET_KEY", "t" * 40)
    assert Environment().master_keys != own
    monkeypatch.setenv("DATA_KEY", f"{GOOD['DATA_KEY']}, {'A' * 42}E=")
    assert Environment().master_keys == [bytes(32), bytes(31) + b"\x01"]


def test_a_secret_that_is_wrong_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    said = faults(monkeypatch, SECRET_KEY="hunter2", DATABASE_URL="mysql://root:hunter2@h/x")
    assert "hunter2" not in said


def test_a_command_without_configuration_ends_with_sentences_and_no_trace() -> None:
    environment = {"PATH": os.environ["PATH"], "VAR": "/nonexistent"}
    ended = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "DATABASE_URL is missing" in ended.stderr
    assert "Traceback" not in ended.stderr


OUTSIDE = """
import django
django.setup()
from django.conf import settings
assert settings.SECURE_SSL_REDIRECT and settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE
assert settings.SECURE_HSTS_SECONDS >= 31536000 and settings.SESSION_COOKIE_HTTPONLY
assert not settings.DEBUG
from django.apps import apps
import sys
assert "conversations.demo.tasks" not in sys.modules
"""


def test_outside_the_demo_cookies_are_secure_and_the_demo_is_not_loaded() -> None:
    environment = {**os.environ, "DEMO": "0", "DJANGO_SETTINGS_MODULE": "desk.settings", "COUNTERSIGN_TEST_BARE": "1"}
    subprocess.run([sys.executable, "-c", OUTSIDE], env=environment, check=True, timeout=60)
