"""Pictures of the desk as `make run` gives it to a newcomer: `python -m tests.journeys.screenshots [folder]`.

Starts a desk with demo data of its own, walks through it, and writes each page in light and dark, wide and on a phone. Without
a folder they go to build/screenshots, and docs/desk.png, the picture of the README, is taken anew.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, expect

from desk.var import REPOSITORY
from tests.journeys.browsing import Ear, chromium, opened, sign_in
from tests.runtime.running import Running
from tests.servers import remove_var, temporary_var

FOLDER = REPOSITORY / "build" / "screenshots"
COVER = REPOSITORY / "docs" / "desk.png"
COVER_SUBJECT = "WHERE is my refund??"


class Screen(NamedTuple):
    """A size, and how a browser of that size behaves."""

    name: str
    wishes: dict[str, Any]


SCREENS = (
    Screen("wide", {"viewport": {"width": 1440, "height": 900}}),
    Screen("phone", {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}),
)


class Walk:
    """One person's way past the pages, on one screen; takes a picture of each in both colour schemes."""

    def __init__(self, page: Page, *, origin: str, screen: str, folder: Path) -> None:
        self.page, self._origin, self._screen, self._folder = page, origin, screen, folder

    def at(self, path: str, name: str) -> None:
        self.page.goto(self._origin + path)
        self.picture(name)

    def picture(self, name: str) -> None:
        if self.page.locator("live-feed").count():
            expect(self.page.locator("live-feed")).to_have_text("Live")
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.page.screenshot(path=self._folder / f"{name}-{scheme}-{self._screen}.png")

    def ticket(self, subject: str, name: str) -> None:
        self.page.goto(f"{self._origin}/queue/todo/")
        self.page.get_by_role("link", name=subject, exact=True).first.click()
        self.picture(name)


def take(desk: str, folder: Path, *, cover: bool) -> None:
    """All pictures of the desk at this address, and if wanted that of the README."""
    folder.mkdir(parents=True, exist_ok=True)
    ear = Ear()
    with chromium() as browser:
        link = _answered(browser, ear, desk)
        for screen in SCREENS:
            for route, who in ((_public, ""), (_agent, "agent@demo.test"), (_auditor, "auditor@demo.test")):
                page = opened(browser, ear, **screen.wishes)
                if who:
                    sign_in(page, desk, who)
                route(Walk(page, origin=desk, screen=screen.name, folder=folder), link)
                page.context.close()
        if cover:
            _cover(browser, ear, desk)
    assert not ear.wrong, ear.wrong


def _public(walk: Walk, link: str) -> None:
    walk.at("/accounts/login/", "sign-in")
    walk.at("/help/", "help")
    walk.at("/help/new/", "new-request")
    walk.page.goto(link)
    walk.picture("customer-ticket")


def _agent(walk: Walk, link: str) -> None:
    walk.at("/queue/todo/", "queue")
    walk.ticket(COVER_SUBJECT, "ticket-with-draft")
    walk.page.keyboard.press("e")
    walk.page.keyboard.press("Control+End")
    walk.page.keyboard.type("\n\nI have asked our warehouse to look for your parcel today.")
    expect(walk.page.locator("word-diff ins")).to_be_visible()
    walk.picture("ticket-being-edited")
    walk.ticket("Anwaltsschreiben angekündigt", "ticket-without-draft")
    walk.ticket("Return label expired", "ticket-in-trouble")


def _auditor(walk: Walk, link: str) -> None:
    walk.at("/ledger/", "ledger")
    walk.at("/ledger/?kind=draft", "ledger-of-drafts")
    walk.page.locator(".entry summary").first.click()
    walk.picture("ledger-entry")
    walk.at("/ledger/kinds/", "ledger-kinds")
    walk.at("/ledger/kinds/message.received/", "ledger-kind")
    walk.at("/ledger/checkpoints/", "ledger-checkpoints")
    walk.at("/ledger/compare/", "ledger-compare")
    walk.at("/ledger/verify/", "ledger-verifications")
    walk.page.get_by_role("button", name="Verify now").click()
    expect(walk.page.get_by_role("heading", name="The ledger holds")).to_be_visible(timeout=20_000)
    walk.picture("ledger-verified")


def _answered(browser: Browser, ear: Ear, desk: str) -> str:
    """A customer asks and has an answer; the address of their page."""
    customer, agent = opened(browser, ear), opened(browser, ear)
    customer.goto(f"{desk}/help/new/")
    customer.get_by_label("Your name").fill("Dora Weiss")
    customer.get_by_label("Your mail address").fill("dora@example.com")
    customer.get_by_label("What is it about").fill("Refund for my tent")
    customer.get_by_label("Your message").fill("Hello, I sent my tent back last week. When do I get my money?")
    customer.get_by_role("button", name="Send").click()
    number = customer.locator(".portal-head b").inner_text()
    sign_in(agent, desk, "agent@demo.test")
    agent.goto(f"{desk}/tickets/{number}/")
    agent.get_by_role("button", name="Approve and send").click()
    link = _link_in(lambda: customer.goto(f"{desk}/demo/mail/"), customer)
    expect(agent.get_by_text("goes out in a moment")).to_have_count(0, timeout=30_000)
    customer.context.close()
    agent.context.close()
    return link


def _link_in(look: Callable[[], Any], page: Page) -> str:
    """The link to the customer's own page, out of the mail that tells of it."""
    mail = page.locator(".letter").filter(has_text="dora@example.com").get_by_role("link").first
    for _try in range(40):
        look()
        if mail.count():
            mail.click()
            found = re.search(r"http://\S+/help/t/[^/\s]+/", page.locator(".letter").inner_text())
            assert found, "a mail without the customer's link"
            return found.group()
        time.sleep(0.25)
    raise AssertionError("no mail came")


def _cover(browser: Browser, ear: Ear, desk: str) -> None:
    """The picture of the README: a draft with its sources, while a colleague looks at the same ticket."""
    pages = {who: opened(browser, ear) for who in ("agent@demo.test", "second@demo.test")}
    for who, page in pages.items():
        sign_in(page, desk, who)
        page.get_by_role("link", name=COVER_SUBJECT, exact=True).first.click()
        expect(page.locator("live-feed")).to_have_text("Live")
    page = pages["agent@demo.test"]
    expect(page.locator(".thread-head [data-presence]")).to_contain_text("Ben")
    page.screenshot(path=COVER)
    assert COVER.stat().st_size < 300_000


@contextmanager
def demo_desk() -> Iterator[str]:
    """A desk with demo data, started for this alone; its address."""
    var = temporary_var()
    running = Running(var, module="desk.supervisor")
    try:
        running.listen("Ctrl-C stops everything", seconds=180)
        yield f"http://127.0.0.1:{running.port}"
    finally:
        running.stop()
        remove_var(var)


def main() -> None:
    given = [Path(name) for name in sys.argv[1:2]]
    folder = given[0] if given else FOLDER
    with demo_desk() as desk:
        take(desk, folder, cover=not given)
    print(
        f"{len(list(folder.glob('*.png')))} pictures in {folder}"
        + ("" if given else f", and {COVER.relative_to(REPOSITORY)}")
    )


if __name__ == "__main__":
    main()
