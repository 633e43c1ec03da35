"""Two people, and one person in two windows: nothing written is lost, and everybody reads what the others are at."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House, composer, reply_field, row

pytestmark = pytest.mark.journey


def writes(page: Page, text: str) -> None:
    """Types into the field that has the focus, and waits until the desk has it."""
    with page.expect_response(lambda answer: answer.url.endswith("/unsent/") and answer.ok):
        page.keyboard.insert_text(text)


def test_what_was_written_comes_back_in_another_browser(house: House) -> None:
    """The first one crashed: its storage is gone with it."""
    number = house.writes_in()
    first = house.ticket_page("ana", number)
    first.keyboard.press("e")
    expect(reply_field(first)).to_be_focused()
    writes(first, " And a word of mine.")
    house.leave(first)

    second = house.ticket_page("ana", number)
    expect(second.get_by_text("Your unsent text is back.")).to_be_visible()
    expect(reply_field(second)).to_have_value(re.compile("And a word of mine"))
    second.get_by_role("button", name="Send edited").click()
    expect(second.locator("[data-sent]").last).to_contain_text("And a word of mine.")
    second.reload()
    expect(second.locator("[data-unsent-words] .unsent-other")).to_have_count(0)


def test_two_windows_of_one_person_lose_nothing_to_each_other(house: House) -> None:
    number = house.writes_in(drafted=False, ai_consent=False)
    one, two = house.ticket_page("ana", number), house.ticket_page("ana", number)
    for page, text in ((one, "From the first window"), (two, "From the second window")):
        page.keyboard.press("r")
        writes(page, text)
    other = two.locator(".unsent-other")
    expect(other).to_contain_text("From the first window")
    other.get_by_role("button", name="Bring them back").click()
    expect(composer(two)).to_have_value("From the first window")
    expect(other).to_contain_text("From the second window")
    two.reload()
    expect(composer(two)).to_have_value("From the first window")
    expect(other).to_contain_text("From the second window")
    other.get_by_role("button", name="Discard").click()
    expect(other).to_have_count(0)


def test_who_writes_has_the_ticket_until_a_colleague_takes_it_over(house: House) -> None:
    number = house.writes_in(drafted=False, ai_consent=False)
    ana, ben, queue = (
        house.ticket_page("ana", number),
        house.ticket_page("ben", number),
        house.desk_of("sam", "/queue/all/"),
    )
    ana.keyboard.press("r")
    writes(ana, "I am at it")
    expect(ana.locator(".thread-head")).to_contain_text("you have it")
    expect(row(queue, number).get_by_label("has it")).to_be_visible()
    expect(ben.locator(".pane")).to_contain_text("Ana Ruiz has this ticket.")
    ben.keyboard.press("c")
    expect(ben.locator(".thread-head")).to_contain_text("you have it")
    expect(ana.get_by_text("Ben Okafor took this ticket over from you. What you wrote is kept.")).to_be_visible()
    expect(ana.locator(".pane")).to_contain_text("Ben Okafor has this ticket.")
    expect(composer(ana)).to_have_value("I am at it")
    expect(composer(ana)).to_be_focused()
    ana.keyboard.press("Control+Enter")
    expect(ben.get_by_text("I am at it")).to_be_visible()


def test_a_colleague_is_named_by_keyboard_and_hears_of_it(house: House) -> None:
    number = house.writes_in(drafted=False, ai_consent=False)
    ben = house.desk_of("ben", "/notices/")
    ana = house.ticket_page("ana", number)
    expect(ben.locator("live-feed")).to_have_text("Live")
    ana.keyboard.press("n")
    ana.keyboard.type("Do you know this, @be")
    expect(ana.locator(".colleagues").get_by_role("option", name="Ben Okafor")).to_be_visible()
    ana.keyboard.press("Enter")
    field = ana.locator("#note-text")
    expect(field).to_have_value("Do you know this, @Ben Okafor ")
    ana.keyboard.press("Control+Enter")
    expect(ana.locator(".message-note")).to_contain_text("@Ben Okafor")
    expect(ben.get_by_text("Something new for you: see the bell.")).to_be_visible()
    bell = ben.locator("[data-bell]")
    expect(bell).to_have_text(re.compile(r"\d"))
    count = bell.inner_text().split()[-1]
    ben.get_by_role("link", name=f"#{number}").first.click()
    expect(ben.locator(".message-note")).to_contain_text("Do you know this, @Ben Okafor")
    expect(ben.locator(".thread-head")).to_contain_text("2 follow")
    expect(bell).not_to_contain_text(count)


def test_handing_over_with_a_note_by_keyboard(house: House) -> None:
    number = house.writes_in(drafted=False, ai_consent=False)
    ana = house.ticket_page("ana", number)
    ana.keyboard.press("h")
    expect(ana.get_by_label("Hand this ticket to")).to_be_focused()
    ana.keyboard.type("Ben")
    ana.keyboard.press("Tab")
    writes(ana, "You know her.")
    ana.keyboard.press("Control+Enter")
    expect(ana.locator(".thread-head")).to_contain_text("Ben Okafor")
    expect(ana.locator(".message-note")).to_contain_text("You know her.")
