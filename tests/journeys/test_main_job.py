"""The main job: a customer asks, a model drafts, two people see it, one approves, the customer has an answer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.house import House, badge, row, undo_toast

pytestmark = pytest.mark.journey


def test_from_a_customers_question_to_an_approved_reply_by_keyboard_alone(house: House) -> None:
    ana, ben = house.desk_of("ana"), house.desk_of("ben")
    for page in (ana, ben):
        expect(badge(page)).to_have_text("Live")

    number = asks(house.page(), house)
    for page in (ana, ben):
        expect(row(page, number)).to_be_visible()
        expect(row(page, number).get_by_text("draft ready")).to_be_visible()

    ben.get_by_role("link", name="My tent and the money for it").click()
    expect(ben.get_by_role("button", name="Approve and send")).to_be_visible()

    walk_to(ana, number)
    ana.keyboard.press("Enter")
    expect(ana.get_by_role("heading", name="My tent and the money for it")).to_be_visible()
    expect(ana.locator(".draft-text")).to_contain_text("Dora")
    expect(ana.locator("[data-presence]").get_by_text("Ben Okafor").first).to_be_visible()
    ana.keyboard.press("Control+Enter")

    counting_down = undo_toast(ana, number)
    expect(counting_down).to_contain_text(f"Reply in #{number} goes out.")
    expect(counting_down.get_by_role("button", name="Undo")).to_be_visible()
    first = seconds_left(counting_down)
    expect(counting_down.locator("[data-countdown]")).not_to_have_text(f"{first} s")
    assert seconds_left(counting_down) < first

    expect(ben.locator(".event").get_by_text(re.compile(r"Ana Ruiz approved version 2"))).to_be_visible()
    expect(ben.get_by_role("heading", name="Write a reply")).to_be_visible()
    expect(ben.get_by_role("button", name="Approve and send")).to_have_count(0)
    expect(row(ben, number)).to_have_count(0)

    mail = house.reply_to("dora@example.com")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert mail["AI-Disclosure"] == "drafted"
    assert "Drafted with AI, approved by" in text
    link = re.search(rf"{re.escape(house.origin)}/help/t/[^/\s]+/", text)
    assert link

    expect(counting_down).to_have_count(0)
    expect(ben.get_by_text("goes out in a moment")).to_have_count(0)

    dora = house.page()
    dora.goto(link.group())
    answer = dora.locator(".letter:not(.letter-own)")
    expect(answer).to_contain_text("Hello Dora")
    expect(answer).to_contain_text("Drafted with AI, approved by")
    expect(dora.get_by_text("We have answered")).to_be_visible()

    sam = house.desk_of("sam", f"/ledger/?ticket={number}")
    for sentence in (
        rf"A draft for ticket {number} is ready, version 2",
        r"Ana Ruiz approved version 2 of .* as written",
    ):
        expect(sam.locator(".entry-sentence").filter(has_text=re.compile(sentence))).to_have_count(1)
    expect(sam.locator(".entry-sentence").filter(has_text="Ben Okafor")).to_have_count(0)


def asks(page: Page, house: House) -> int:
    """A customer fills in the form; the number of the request."""
    page.goto(f"{house.origin}/help/new/")
    page.get_by_label("Your name").fill("Dora Weiss")
    page.get_by_label("Your mail address").fill("dora@example.com")
    page.get_by_label("What is it about").fill("My tent and the money for it")
    page.get_by_label("Your message").fill("I sent the tent back last week. When is the refund paid, and how?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="We have it, thank you")).to_be_visible()
    return int(page.locator(".portal-head b").inner_text())


def walk_to(page: Page, number: int) -> None:
    """Down the list with `j` until the ticket has the focus."""
    for _step in range(page.locator("live-list > [data-ticket]").count()):
        page.keyboard.press("j")
        if row(page, number).locator("a:focus").count():
            return
    raise AssertionError(f"never came to ticket {number}")


def seconds_left(toast: Locator) -> int:
    return int(toast.locator("[data-countdown]").inner_text().removesuffix(" s"))
