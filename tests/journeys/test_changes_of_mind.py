"""A reply that waits comes back when the customer wants people; and of two who decide at once, one does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.house import House, composer, undo_toast

pytestmark = pytest.mark.journey


def test_people_only_takes_a_waiting_reply_back_with_its_text_and_the_reason(house: House) -> None:
    number = house.writes_in()
    customer = house.page()
    customer.goto(house.link_of(number))
    page = house.ticket_page("ana", number)
    words = page.locator(".draft-text").inner_text().split(".")[0]
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message-out")).to_contain_text("goes out in a moment")

    customer.get_by_role("button", name="People only from now on").click()
    expect(customer.get_by_text("Only people answer you.")).to_be_visible()

    withdrawn = page.locator(".message-out")
    expect(withdrawn).to_contain_text("taken back")
    expect(withdrawn).to_contain_text("Taken back because the customer chose people only.")
    expect(page.locator(".pane-notice")).to_contain_text("the customer chose people only")
    expect(composer(page)).to_have_value(re.compile(r"^Hello"))
    assert words.split("\n")[0] in composer(page).input_value()
    expect(page.get_by_text("This customer chose people only. No model sees this ticket.")).to_be_visible()
    expect(page.locator(".thread-head .chip").get_by_text("people only", exact=True)).to_be_visible()
    assert not [mail for mail in house.mails_to(house.customer_of(number)) if "Auto-Submitted" not in mail]


def test_of_two_who_approve_at_once_one_wins_and_the_other_reads_who(house: House) -> None:
    house.ear.expect("status of 409")
    number = house.writes_in()
    pages = {name: house.ticket_page(name, number) for name in ("ana", "ben")}
    for page in pages.values():
        # Both decide before the news of the other can reach them.
        page.context.route(re.compile("/live/$"), lambda route: route.abort())
        house.ear.expect("ERR_FAILED")
        page.evaluate(
            """() => { const button = document.querySelector("[data-approves]");
              setTimeout(() => button.form.requestSubmit(button), 1000 - (Date.now() % 1000)); }"""
        )
    for page in pages.values():
        expect(undo_toast(page, number).or_(page.get_by_role("alert")).first).to_be_visible()
    second = [name for name, page in pages.items() if page.get_by_text("Somebody decided this before you").count()]
    assert len(second) == 1
    first = {"ana": "Ben Okafor", "ben": "Ana Ruiz"}[second[0]]
    expect(pages[second[0]].get_by_role("alert")).to_contain_text(f"{first} approved this draft before you.")
    expect(undo_toast(pages[second[0]], number)).to_have_count(0)
    house.reply_to(house.customer_of(number))
    assert len([mail for mail in house.mails_to(house.customer_of(number)) if "Auto-Submitted" not in mail]) == 1
