"""A real browser on a small site: the product's templates and files, a real socket, its Content-Security-Policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page

from tests.frontend import samples
from tests.frontend.site import Line, Server, Site
from tests.journeys.browsing import Ear, Profiles, chromium


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """For this package alone: while Playwright runs, Django refuses the database to its thread."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def profiles(browser: Browser) -> Profiles:
    return Profiles(browser)


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def site(server: Server) -> Site:
    site = server.new_site()
    site.pages["/done/"] = "<!doctype html><title>Done</title><p>Done</p>"
    return site


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def page(profiles: Profiles, ear: Ear) -> Iterator[Page]:
    """A page at desk size, whose errors and breaches of the policy fail the test."""
    context = profiles.lend(ear, viewport={"width": 1480, "height": 900})
    page = context.new_page()
    page.set_default_timeout(5_000)
    yield page
    profiles.take_back(context)
    assert not ear.wrong


class Desk:
    """The queue or a ticket, open in the browser, and the server's end of its socket."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site

    def open_queue(self, **changes: Any) -> Page:
        return self._open("/queue/todo/", "tickets/queue.html", samples.queue_page(**changes))

    def open_ticket(self, **changes: Any) -> Page:
        context = samples.ticket_page(**changes)
        self.site.pages["/tickets/1042/live/"] = render_to_string("tickets/_ticket.html", context)
        return self._open("/tickets/1042/", "tickets/ticket.html", context)

    def _open(self, path: str, template: str, context: dict[str, Any]) -> Page:
        self.site.pages[path] = render_to_string(template, context)
        self.page.goto(self.site.url + path)
        # A font that comes late moves everything once more.
        self.page.evaluate("document.fonts.ready.then(() => true)")
        return self.page

    @property
    def line(self) -> Line:
        return self.site.line

    def say_row(self, number: int, *, seq: int, **changes: Any) -> None:
        row = samples.row(number, seq=seq, **changes)
        html = render_to_string("tickets/_row.html", {"row": row})
        self.line.say(
            {
                "seq": seq,
                "kind": "draft.prepared",
                "ticket": number,
                "row": html,
                "key": row["key"],
                "in": ["queue:todo"],
                "gone": [],
            }
        )

    def say_gone(self, number: int, *, seq: int) -> None:
        self.line.say({"seq": seq, "kind": "draft.approved", "ticket": number, "in": [], "gone": ["queue:todo"]})

    def change_ticket(self, *, seq: int, **changes: Any) -> None:
        """The ticket is another one now, and the feed says so."""
        given = changes.pop("ticket", {})
        context = samples.ticket_page(**changes)
        context["ticket"] = samples.ticket(**{"seq": seq, **given})
        self.site.pages["/tickets/1042/live/"] = render_to_string("tickets/_ticket.html", context)
        self.line.say({"seq": seq, "kind": "message.received", "ticket": 1042, "in": [], "gone": []})

    def numbers(self) -> list[str]:
        rows = self.page.locator("live-list > [data-ticket]")
        return [str(row.get_attribute("data-ticket")) for row in rows.all()]


@pytest.fixture
def desk(page: Page, site: Site) -> Desk:
    return Desk(page, site)
