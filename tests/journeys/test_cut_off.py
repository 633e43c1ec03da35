"""A minute without a network, a session that ends, a lid that closes: in the middle of an edit, and nothing is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House, badge, reply_field, undo_toast

pytestmark = pytest.mark.journey

NOTE = {"body": "He called us.", "from": "agent", "internal": True}


def half_an_edit(house: House, number: int) -> Page:
    """Ana's page with some words of hers behind the draft; its clock can be moved."""
    page = house.desk_of("ana", "/queue/")
    page.clock.install()
    page.goto(f"{house.origin}/tickets/{number}/")
    expect(badge(page)).to_have_text("Live")
    page.keyboard.press("e")
    expect(reply_field(page)).to_be_focused()
    reply_field(page).press("Control+End")
    with page.expect_response(re.compile(r"/unsent/")):
        page.keyboard.type(" Before it went.")
        page.clock.run_for(1_000)
    return page


def test_a_minute_without_a_network_in_the_middle_of_an_edit(house: House) -> None:
    """The minute passes on the page's clock: every timer of it fires, and finds no network."""
    house.ear.expect("WebSocket connection|ERR_INTERNET_DISCONNECTED|Failed to fetch")
    number = house.writes_in()
    page = half_an_edit(house, number)
    page.context.set_offline(True)
    expect(badge(page)).to_have_text("Offline: no network")
    page.keyboard.type(" While it was away.")
    assert house.stack.ben.call("POST", f"tickets/{number}/messages/", NOTE).status == 201
    for _ in range(6):
        page.clock.run_for(10_000)
    expect(badge(page)).to_have_text("Offline: no network")
    expect(page.locator("[data-unsent-words]").first).not_to_be_empty()
    expect(page.get_by_text("He called us.")).to_have_count(0)

    with page.expect_response(lambda answer: "/unsent/" in answer.url and answer.ok):
        page.context.set_offline(False)
        page.clock.run_for(6_000)
    expect(badge(page)).to_have_text("Live")
    expect(page.get_by_text("He called us.")).to_be_visible()
    expect(reply_field(page)).to_be_focused()
    page.keyboard.type(" And back.")
    expect(reply_field(page)).to_have_value(re.compile(r"Before it went\. While it was away\. And back\.$"))
    page.keyboard.press("Control+Enter")
    expect(undo_toast(page, number)).to_be_visible()
    expect(page.locator("[data-sent]").last).to_contain_text("Before it went. While it was away. And back.")


def test_a_session_that_ends_in_the_middle_of_an_edit_is_said_and_the_words_are_there_again(house: House) -> None:
    house.ear.expect("WebSocket connection|status of 40[0-9]")
    number = house.writes_in()
    page = house.ticket_page("ana", number, anew=True)
    page.keyboard.press("e")
    reply_field(page).press("Control+End")
    with page.expect_response(lambda answer: "/unsent/" in answer.url and answer.ok):
        page.keyboard.type(" My own words.")
    other_tab = page.context.new_page()
    other_tab.goto(house.origin + "/queue/")
    expect(badge(other_tab)).to_have_text("Live")
    other_tab.get_by_label("Account of Ana Ruiz").click()
    other_tab.get_by_role("button", name="Sign out").click()
    expect(badge(page)).to_contain_text("You are signed out.", timeout=15_000)
    expect(reply_field(page)).to_have_value(re.compile(r"My own words\.$"))
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("E-mail address").fill("ana@desk.test")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    expect(badge(page)).to_have_text("Live")
    expect(reply_field(page)).to_have_value(re.compile(r"My own words\.$"))


def test_a_lid_that_was_closed_for_an_hour(house: House) -> None:
    """The page was frozen, and what came meanwhile is there as soon as it is live again."""
    house.ear.expect("WebSocket connection")
    number = house.writes_in()
    page = half_an_edit(house, number)
    page.clock.fast_forward(3_600_000)
    assert house.stack.ben.call("POST", f"tickets/{number}/messages/", NOTE).status == 201
    expect(badge(page)).to_have_text("Live")
    expect(page.get_by_text("He called us.")).to_be_visible()
    expect(reply_field(page)).to_have_value(re.compile(r"Before it went\.$"))
    expect(reply_field(page)).to_be_focused()
