"""The one socket of a page, and the badge that says how it is."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

from tests.frontend import samples
from tests.frontend.conftest import Desk
from tests.frontend.site import Site, wait_for

pytestmark = pytest.mark.journey

BADGE = "live-feed"


def test_a_page_says_what_it_follows_and_from_where(desk: Desk) -> None:
    page = desk.open_ticket()
    assert desk.line.heard_with("follow") == [
        {"follow": ["queue:todo", "ticket:1042"], "after": 5000, "language": "en"}
    ]
    wait_for(lambda: desk.line.heard_with("viewing") == [{"viewing": 1042}])
    expect(page.locator(BADGE)).to_have_text("Live")


def test_after_a_cut_it_comes_back_from_the_last_seq_it_saw(desk: Desk, site: Site) -> None:
    page = desk.open_queue(rows=[samples.row(1001)])
    desk.say_row(1002, seq=6000)
    desk.line.say({"seq": 6007})
    expect(page.locator("[data-ticket='1002']")).to_be_visible()
    desk.line.close(1012)
    wait_for(lambda: len(site.lines) == 2 and site.lines[1].heard_with("follow"))
    assert site.lines[1].heard_with("follow") == [{"follow": ["queue:todo"], "after": 6007, "language": "en"}]
    expect(page.locator(BADGE)).to_have_text("Live")


def test_while_it_tries_again_the_badge_says_so(desk: Desk, site: Site) -> None:
    page = desk.open_queue()
    expect(page.locator(BADGE)).to_have_text("Live")
    line = desk.line
    site.refuses_with = 1012
    line.close(1012)
    expect(page.locator(BADGE)).to_have_text("Reconnecting…")
    site.refuses_with = None
    expect(page.locator(BADGE)).to_have_text("Live")


def test_without_a_network_it_says_offline_and_comes_back_with_it(desk: Desk) -> None:
    page = desk.open_queue()
    expect(page.locator(BADGE)).to_have_text("Live")
    page.context.set_offline(True)
    expect(page.locator(BADGE)).to_have_text("Offline: no network")
    page.context.set_offline(False)
    expect(page.locator(BADGE)).to_have_text("Live")


def test_someone_signed_out_is_told_with_the_way_back(desk: Desk, site: Site) -> None:
    page = desk.open_queue()
    line = desk.line
    site.refuses_with = 4401
    line.close(4401)
    link = page.locator(BADGE).get_by_role("link", name="Sign in again")
    expect(link).to_have_attribute("href", "/accounts/login/?next=%2Fqueue%2Ftodo%2F")
    sockets = len(site.lines)
    page.wait_for_timeout(1_500)
    assert len(site.lines) == sockets


def test_changed_rights_are_not_taken_for_a_sign_out_and_the_page_begins_anew(desk: Desk, site: Site) -> None:
    """What it shows may not be theirs to see any more, and other tickets are: it asks for all, not for what is new."""
    page = desk.open_queue()
    desk.line.close(4401)
    wait_for(lambda: len(site.lines) == 2 and site.lines[1].heard_with("follow"))
    assert site.lines[1].heard_with("follow") == [{"follow": ["queue:todo"], "language": "en"}]
    expect(page.locator(BADGE)).to_have_text("Live")


def test_a_dead_line_is_noticed_by_a_ping_without_answer(desk: Desk, site: Site) -> None:
    page = desk.page
    page.clock.install()
    desk.open_queue()
    expect(page.locator(BADGE)).to_have_text("Live")
    site.answers_pings = False
    page.clock.run_for(21_000)
    wait_for(lambda: len(site.lines[0].heard_with("ping")) == 2)
    page.clock.run_for(9_000)
    expect(page.locator(BADGE)).to_have_text("Reconnecting…")
    site.answers_pings = True
    page.clock.run_for(2_000)
    expect(page.locator(BADGE)).to_have_text("Live")
    assert len(site.lines) == 2


def test_typing_is_said_now_and_then_not_with_every_letter(desk: Desk) -> None:
    page = desk.open_ticket(mode="write")
    page.get_by_label("Reply to Sarah Connor").press_sequentially("Hello Sarah")
    wait_for(lambda: desk.line.heard_with("typing"))
    assert desk.line.heard_with("typing") == [{"typing": 1042}]


def test_without_script_the_badge_tells_to_reload(desk: Desk) -> None:
    html = render_to_string("tickets/queue.html", samples.queue_page())
    assert re.search(r"<live-feed[^>]*>\s*Reload for news\s*</live-feed>", html)
