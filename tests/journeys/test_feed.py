"""The badge says how live the page is, and why not; what comes meanwhile is there as soon as it is live again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from desk.var import REPOSITORY
from tests.journeys.house import House, badge, rows_of

pytestmark = pytest.mark.journey


def a_mail_comes_in(house: House, subject: str) -> None:
    """By the pipe of a mail server: no web server has a part in it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Emil <emil@example.com>", "help@desk.test", subject
    mail["Message-ID"] = f"<{subject.replace(' ', '-')}@example.com>"
    mail.set_content("When is the refund paid? I sent the boots back.")
    given = {**os.environ, "DATABASE_URL": house.stack.postgres.url, "REDIS_URL": house.stack.valkey.url}
    command = [sys.executable, "manage.py", "receive_mail"]
    subprocess.run(command, input=mail.as_bytes(), cwd=REPOSITORY, env=given, check=True, timeout=30)


def test_after_the_server_was_killed_the_page_is_live_again_and_as_a_fresh_one(house: House) -> None:
    house.ear.expect("WebSocket connection|ERR_CONNECTION_REFUSED")
    page, decided = house.desk_of("ana"), house.writes_in()
    expect(badge(page)).to_have_text("Live")
    house.stack.programs["web"].kill()
    expect(badge(page)).to_have_text("Reconnecting…")
    a_mail_comes_in(house, "While nobody listened")
    house.stack.programs["web"].start()
    house.eventually(house.stack.shop.well, what="the desk is ready", within=20)
    assert house.stack.ben.approve(house.ticket(decided)["draft"]["id"]).status == 200
    is_as_a_fresh_one(house, page)
    expect(page.get_by_text("While nobody listened")).to_be_visible()


def is_as_a_fresh_one(house: House, page: Page) -> None:
    """Within a second of being live again the page equals a fresh load."""
    expect(badge(page)).to_have_text("Live", timeout=25_000)
    live_again = time.monotonic()
    fresh = house.desk_of("ana")
    loaded = time.monotonic() - live_again
    while rows_of(page) != rows_of(fresh):
        assert time.monotonic() - live_again < 1 + loaded
        time.sleep(0.05)
        fresh.reload()


def test_without_a_network_the_badge_says_so_and_comes_back(house: House) -> None:
    house.ear.expect("WebSocket connection|ERR_INTERNET_DISCONNECTED")
    page = house.desk_of("ana")
    expect(badge(page)).to_have_text("Live")
    page.context.set_offline(True)
    expect(badge(page)).to_have_text("Offline: no network")
    number = house.writes_in()
    page.context.set_offline(False)
    expect(badge(page)).to_have_text("Live", timeout=20_000)
    expect(page.locator(f"[data-ticket='{number}']")).to_be_visible()


@pytest.mark.long
def test_a_server_that_stays_away_is_named_as_the_reason(house: House) -> None:
    house.ear.expect("WebSocket connection|ERR_CONNECTION_REFUSED")
    page = house.desk_of("ana")
    expect(badge(page)).to_have_text("Live")
    house.stack.programs["web"].kill()
    expect(badge(page)).to_have_text("Offline: the desk does not answer", timeout=30_000)
    a_mail_comes_in(house, "While nobody answered")
    house.stack.programs["web"].start()
    house.eventually(house.stack.shop.well, what="the desk is ready", within=20)
    is_as_a_fresh_one(house, page)
    expect(page.get_by_text("While nobody answered")).to_be_visible()


def test_with_the_database_away_a_page_says_so_and_keeps_what_was_typed(house: House) -> None:
    house.ear.expect("status of 503|WebSocket connection")
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    page.keyboard.press("n")
    page.keyboard.type("He called twice.")
    house.stack.postgres.stop()
    try:
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", name="The desk cannot do this right now")).to_be_visible(timeout=25_000)
        expect(page.get_by_label("What you wrote is kept.")).to_have_value("He called twice.")
    finally:
        house.stack.postgres.start()
    house.eventually(house.stack.shop.well, what="the desk is ready", within=30)
    page.goto(f"{house.origin}/tickets/{number}/")
    note = page.get_by_label("Internal note")
    expect(note).to_have_value("He called twice.")
