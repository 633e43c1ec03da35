"""A customer with a browser that runs no script, and what every page looks like to people who use other senses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from conversations.models import Concern, Ticket
from conversations.portal.queries import visible_messages
from tests.cast import Cast
from tests.journeys.browsing import chromium
from tests.portal.letters import approved_reply, edited_reply, send, written_reply
from tests.portal.pages import page_of

pytestmark = pytest.mark.journey
SHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots" / "portal"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing: the requests are in the desk's own log."""


@pytest.fixture
def site(company: Cast) -> Iterator[str]:
    """The pages over HTTP, on the database of this test."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)


@pytest.fixture
def browser(site: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Chromium, for one test and inside its database's life.

    Playwright keeps an event loop in this thread: Django takes that for asynchronous code, and gives it connections of
    its own, which have to be closed before the loop ends.
    """
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with chromium() as browser:
        yield browser
        connections.close_all()


def test_a_customer_without_script_asks_reads_answers_chooses_and_objects(
    browser: Browser, site: str, company: Cast
) -> None:
    page = browser.new_context(java_script_enabled=False, locale="en-GB").new_page()
    page.goto(f"{site}/")
    page.get_by_role("link", name="Ask us").first.click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    page.get_by_label("Your mail address").fill("carla@example.com")
    page.get_by_label("Your message").fill("Where is my refund? I sent the jacket back two weeks ago.")
    page.get_by_text("What the AI is given, and what it gets wrong").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="We have it, thank you")).to_be_visible()

    ticket = Ticket.objects.get()
    reply = send(approved_reply(ticket, company.ana))
    page.goto(f"{site}{page_of(ticket)}")
    expect(page.get_by_text("Your refund takes 14 days.")).to_be_visible()
    expect(page.get_by_text(reply.disclosure_text)).to_be_visible()
    page.get_by_text("How this answer came about").click()
    expect(page.get_by_text("An AI drafted this answer. A person decided to send it.")).to_be_visible()

    page.get_by_label("Your message").fill("Thank you!")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your message has arrived.")).to_be_visible()
    page.reload()
    assert visible_messages(ticket).filter(text="Thank you!").count() == 1

    page.get_by_text("This is wrong").click()
    page.get_by_label("What is wrong with it?").fill("It was 30 days.")
    page.get_by_role("button", name="Tell a person").click()
    expect(page.get_by_text("You told us that this is wrong.")).to_be_visible()
    assert Concern.objects.get().message == reply

    page.get_by_role("button", name="I want a person").click()
    expect(page.get_by_text("A person answers this request, without any AI.")).to_be_visible()
    page.get_by_role("button", name="People only from now on").click()
    expect(page.get_by_text("Only people answer you.")).to_be_visible()
    assert company.carla.ai_consent is False


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 1200), ("dark", 320)])
def test_every_page_is_sound_in_light_and_dark_and_on_a_small_phone(
    browser: Browser, site: str, company: Cast, scheme: Any, width: int
) -> None:
    ticket = company.ticket("Hello,\n\nwhere is my refund?\n\n" + "unbreakable" * 30)
    send(approved_reply(ticket, company.ana, "It takes 14 days, see https://example.com/" + "track" * 20))
    foreign = company.ticket("أين طلبي؟ לאן זה הלך?", subject="أين طلبي؟", email="omar@example.com")
    send(
        edited_reply(
            foreign, company.ana, draft_text="It takes 14 days from today.", text="It takes some days from today."
        )
    )
    send(written_reply(company.ticket(email="ola@example.com"), company.ana, "Done."))
    paths = {
        "help": "/help/",
        "nothing": "/help/?q=zzzz",
        "new": "/help/new/",
        "trust": "/help/trust/",
        "ticket": page_of(ticket),
        "foreign": page_of(foreign),
        "lost": "/help/t/lost/",
        "no-article": "/help/articles/gone/",
    }
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, locale="en-GB")
    page = context.new_page()
    faults: list[str] = []
    page.on(
        "console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    for name, path in paths.items():
        page.goto(site + path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}-{scheme}-{width}.png", full_page=True)
        faults += [f"{name}: wider than the screen"] * too_wide(page)
    assert faults == []
    for name, path in paths.items():
        page.goto(site + path)
        faults += [f"{name}: {fault}" for fault in barriers(page)]
    assert [fault for fault in faults if "Content Security Policy" not in fault] == [], "axe itself brings styles along"


def too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def barriers(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]
