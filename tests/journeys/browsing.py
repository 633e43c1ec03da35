"""Browsers for the journeys, and the ear that listens for what goes wrong in them unseen."""

from __future__ import annotations

import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    StorageState,
    WebError,
    sync_playwright,
)

WIDE = {"width": 1440, "height": 900}
NOBODY: StorageState = {"cookies": [], "origins": []}
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
        context.on("console", self._hear_console)
        context.on("weberror", self._hear_error)

    def take_from(self, context: BrowserContext) -> None:
        context.remove_listener("console", self._hear_console)
        context.remove_listener("weberror", self._hear_error)

    def _hear_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._hear(f"{message.text} {message.location}")

    def _hear_error(self, error: WebError) -> None:
        self._hear(str(error.error))

    def _hear(self, words: str) -> None:
        if not any(re.search(pattern, words) for pattern in self._expected):
            self.wrong.append(words)


def _profile(browser: Browser, **wishes: Any) -> BrowserContext:
    context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **wishes})
    context.set_default_timeout(PATIENCE)
    context.add_init_script(TELL_OF_BREACHES)
    return context


def opened(browser: Browser, ear: Ear, **wishes: Any) -> Page:
    """A page in a context of its own: another person's browser."""
    context = _profile(browser, **wishes)
    ear.put_to(context)
    return context.new_page()


class Profiles:
    """Browsers of people who know nothing of each other, each lent to one test at a time.

    Who comes next gets one that was used before, empty but for its cache: seventy front-end files of the desk, fetched and
    compiled anew for everybody, took longer than many a journey.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = defaultdict(list)
        self._lent: dict[BrowserContext, tuple[str, Ear]] = {}

    def lend(self, ear: Ear, *, storage_state: StorageState | None = None, **wishes: Any) -> BrowserContext:
        """One that is as wished; `storage_state` has the cookies of somebody."""
        kind = repr(sorted(wishes.items()))
        context = self._free[kind].pop() if self._free[kind] else _profile(self._browser, **wishes)
        context.set_storage_state(storage_state or NOBODY)
        ear.put_to(context)
        self._lent[context] = kind, ear
        return context

    def take_back(self, context: BrowserContext) -> None:
        """Closed, and as it was but for its cache."""
        for page in context.pages:
            page.close()
        context.unroute_all()
        context.set_offline(False)
        context.clear_permissions()
        kind, ear = self._lent.pop(context)
        ear.take_from(context)
        self._free[kind].append(context)


def sign_in(page: Page, origin: str, email: str, *, password: str = "demo") -> None:
    page.goto(f"{origin}/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
