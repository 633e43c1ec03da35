"""Work on tickets from the page: by keys alone on one, on many at once from the list, and without script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House, badge, composer

pytestmark = pytest.mark.journey


def outcome(page: Page, words: str) -> None:
    expect(page.locator("#outcome")).to_contain_text(words)


def event(page: Page, words: str) -> None:
    expect(page.locator(".event").filter(has_text=words).last).to_be_visible()


def test_a_ticket_is_worked_on_by_keys_and_the_focus_and_a_half_written_reply_stay(house: House) -> None:
    number = house.writes_in(drafted=False, ai_consent=False)
    page = house.ticket_page("ana", number)
    page.keyboard.press("r")
    page.keyboard.type("The money left")
    page.keyboard.press("Escape")
    focused = page.locator("#pane")
    expect(focused).to_be_focused()
    page.keyboard.press("p")
    expect(page.locator("#set-menu-priority .menu-body [aria-current=true]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    event(page, "from normal to high")
    expect(focused).to_be_focused()
    outcome(page, "done")
    page.keyboard.press("a")
    expect(page.locator("#set-assignee")).to_be_focused()
    page.keyboard.type("Ben Okafor")
    page.keyboard.press("Enter")
    event(page, "to Ben Okafor")
    expect(page.locator("#set-menu-assignee")).not_to_have_attribute("open", "")
    page.keyboard.press("t")
    page.keyboard.type("refund, urgent mail")
    page.keyboard.press("Enter")
    expect(page.locator("#set-menu-tags summary")).to_contain_text("refund, urgent-mail")
    page.keyboard.press("z")
    expect(page.locator("#set-menu-snooze .menu-body button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#set-menu-snooze summary")).to_contain_text("back")
    page.keyboard.press("u")
    outcome(page, "1 ticket is as before.")
    page.keyboard.press("!")
    expect(page.get_by_text("Somebody marked this as spam")).to_be_visible()
    page.get_by_role("button", name="It is no spam").click()
    event(page, "is no spam")
    expect(composer(page)).to_have_value("The money left")


def test_many_are_done_at_once_and_taken_back_where_no_colleague_was_there_since(house: House) -> None:
    numbers = [house.writes_in(drafted=False, ai_consent=False, tags=["many"]) for _ in range(3)]
    page = house.desk_of("ana", "/queue/write/")
    expect(badge(page)).to_have_text("Live")
    row = {number: page.locator(f'live-list [data-ticket="{number}"]') for number in numbers}
    row[numbers[0]].get_by_role("link").focus()
    page.keyboard.press("v")
    expect(row[numbers[0]].get_by_role("checkbox")).to_be_checked()
    row[numbers[2]].get_by_role("link").focus()
    page.keyboard.press("Shift+V")
    expect(row[numbers[1]].get_by_role("checkbox")).to_be_checked()
    expect(page.locator("[data-selected-count]")).to_have_text(re.compile("[3-9]|[1-9][0-9]"))
    # Of what other journeys left in between, nothing is touched.
    page.get_by_role("button", name="None", exact=True).click()
    for number in numbers:
        row[number].get_by_role("checkbox").check()
    page.keyboard.press("s")
    page.get_by_role("button", name="Solved", exact=True).click()
    outcome(page, "3 tickets changed.")
    for number in numbers:
        expect(row[number]).to_have_count(0)
    expect(page.locator("[data-select]")).to_be_hidden()
    ben = house.ticket_page("ben", numbers[1])
    ben.locator("#set-menu-status summary").click()
    ben.get_by_role("button", name="Open", exact=True).click()
    event(ben, "from solved to open")
    ben.locator("#set-menu-status summary").click()
    ben.get_by_role("button", name="Closed", exact=True).click()
    event(ben, "from open to closed")
    page.bring_to_front()
    page.keyboard.press("u")
    outcome(page, "2 tickets are as before.")
    outcome(page, f"#{numbers[1]} Ben Okafor set ticket {numbers[1]} from solved to open.")
    for number in (numbers[0], numbers[2]):
        expect(row[number]).to_be_visible()
    assert [house.ticket(number)["status"] for number in numbers] == ["new", "closed", "new"]


def test_without_script_many_are_done_and_taken_back_too(house: House) -> None:
    numbers = [house.writes_in(drafted=False, ai_consent=False) for _ in range(2)]
    page = house.desk_of("ana", "/queue/write/", java_script_enabled=False)
    expect(page.locator("[data-select]")).to_be_hidden()
    for number in numbers:
        page.locator(f'[data-ticket="{number}"] input[name=ticket]').check()
    page.locator("#bulk-menu-tags summary").click()
    page.get_by_label("Add tags").fill("by hand")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 tickets changed.")).to_be_visible()
    assert house.ticket(numbers[1])["tags"] == ["by-hand"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 tickets are as before.")).to_be_visible()
    assert house.ticket(numbers[1])["tags"] == []
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(re.compile("/queue/write/"))
