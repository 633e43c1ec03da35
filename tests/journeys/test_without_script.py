"""Without JavaScript everything that decides works by plain forms."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import sign_in
from tests.journeys.house import House, composer, reply_field

pytestmark = pytest.mark.journey


@pytest.fixture
def page(house: House) -> Page:
    page = house.page(java_script_enabled=False)
    sign_in(page, house.origin, "ana@desk.test")
    expect(page.get_by_role("heading", name="To do")).to_be_visible()
    return page


def test_signing_in_approving_and_undoing(house: House, page: Page) -> None:
    number = house.writes_in(subject="Plain forms alone")
    page.goto(f"{house.origin}/queue/all/")
    expect(page.get_by_text("Reload for news")).to_be_visible()
    page.get_by_role("link", name="Plain forms alone").click()
    page.get_by_role("button", name="Approve and send").click()
    expect(page.locator(".message-out")).to_contain_text("goes out in a moment")
    page.locator(".message-undo").get_by_role("button", name="Undo").click()
    expect(page.locator(".message-out")).to_contain_text("taken back")
    page.get_by_role("button", name="Approve and send").click()
    assert house.reply_to(house.customer_of(number))["AI-Disclosure"] == "drafted"


def test_editing(house: House, page: Page) -> None:
    number = house.writes_in()
    page.goto(f"{house.origin}/tickets/{number}/")
    page.get_by_role("link", name="Edit").click()
    reply_field(page).fill("The refund left us today. It takes five working days at your bank.")
    page.get_by_role("button", name="Send edited").click()
    expect(page.locator(".message-out")).to_contain_text("The refund left us today.")


def test_rejecting_and_writing(house: House, page: Page) -> None:
    number = house.writes_in()
    page.goto(f"{house.origin}/tickets/{number}/")
    page.get_by_role("link", name="Reject").click()
    page.get_by_label("Note for the team").fill("It misses the point.")
    page.get_by_role("button", name="incomplete").click()
    expect(page.get_by_text("A draft was rejected, a person writes.")).to_be_visible()
    composer(page).fill("We have your parcel, and the money is on its way.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".message-out")).to_contain_text("We have your parcel")
    expect(page.locator(".event").get_by_text(re.compile("rejected version 2.*incomplete"))).to_be_visible()


def test_a_reply_set_before_a_draft_and_a_note(house: House, page: Page) -> None:
    number = house.writes_in()
    page.goto(f"{house.origin}/tickets/{number}/")
    page.locator("#pane").get_by_role("link", name="Write").click()
    composer(page).fill("In my own words: it is on its way.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".message-out")).to_contain_text("Written by")
    page.locator(".menu-up > summary").click()
    page.get_by_role("link", name="Internal note").click()
    page.get_by_label("Internal note").fill("Done by phone as well.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator(".message-note")).to_contain_text("Done by phone as well.")
