"""Browsers for the journeys, and the ear that listens for what goes wrong in them unseen."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

WIDE = {"width": 1440, "height": 900}
PATIENCE = 8_000  # milliseconds; a machine that also runs other tests takes its time

# Breaches of the Content-Security-Policy come as events, and not all of them to the console.
TELL_OF_BREACHES = """addEventListener("securitypolicyviolation", (breach) =>
  console.error("The policy was broken:", breach.violatedDirective, breach.blockedURI, breach.sourceFile))"""


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """Debian's Chromium, without a window where there is one (half the work); CHROMIUM names another one."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "These tests need Chromium: apt-get install chromium-headless-shell, or set CHROMIUM."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *more])
        yield browser
        browser.close()


class Ear:
    """Hears every error of every page that it is put to; what was announced by `expect` is not wrong."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """From now on errors like this one belong to the journey."""
        self._expected.append(pattern)

    def put_to(self, context: BrowserContext) -> None:
        context.add_init_script(TELL_OF_BREACHES)
        context.on(
            "console", lambda message: message.type == "error" and self._hear(f"{message.text} {message.location}")
        )
        context.on("weberror", lambda error: self._hear(str(error.error)))

    def _hear(self, words: str) -> None:
        if not any(re.search(pattern, words) for pattern in self._expected):
            self.wrong.append(words)


def opened(browser: Browser, ear: Ear, **wishes: Any) -> Page:
    """A page in a context of its own: another person's browser."""
    context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **wishes})
    context.set_default_timeout(PATIENCE)
    ear.put_to(context)
    return context.new_page()


def sign_in(page: Page, origin: str, email: str, *, password: str = "demo") -> None:
    page.goto(f"{origin}/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
