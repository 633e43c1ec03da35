"""Edit, reject, write, note, undo, hand up, help: each by its key, on the real desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House, composer, reply_field, undo_toast

pytestmark = pytest.mark.journey


def test_an_edit_shows_what_changed_and_goes_out_as_it_was_written(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    page.keyboard.press("e")
    field = reply_field(page)
    expect(field).to_be_focused()
    field.press("Control+Home")
    page.keyboard.press("Control+Delete")
    page.keyboard.type("Dear ")
    field.press("Control+End")
    page.keyboard.type("\n\nYour parcel reached us, and the money left us this morning.")
    expect(page.locator("word-diff ins").first).to_have_text(re.compile("Dear"))
    expect(page.locator("word-diff ins").last).to_have_text(re.compile("the money left us this morning"))
    expect(page.locator("word-diff del").first).to_have_text(re.compile("Hello"))
    written = field.input_value()
    page.keyboard.press("Control+Enter")
    expect(undo_toast(page, number)).to_be_visible()
    expect(page.locator(".message-out")).to_contain_text("Drafted with AI, changed and approved by")
    mail = house.reply_to(house.customer_of(number))
    assert mail["AI-Disclosure"] == "drafted_changed"
    body = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "".join(written.split()) in "".join(body.split())


def test_a_digit_rejects_with_its_reason_and_the_ticket_waits_for_a_writer(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    draft = house.ticket(number)["draft"]["id"]
    page.keyboard.press("x")
    expect(page.get_by_role("heading", name="Reject this draft")).to_be_focused()
    page.keyboard.press("5")
    expect(page.locator(".event").get_by_text(re.compile(r"Ana Ruiz rejected version 2.*tone"))).to_be_visible()
    expect(page.get_by_text("A draft was rejected, a person writes.")).to_be_visible()
    expect(composer(page)).to_be_visible()
    assert house.draft_state(draft) == "rejected"


def test_a_rejection_may_ask_for_another_draft(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    first = house.ticket(number)["draft"]["id"]
    page.keyboard.press("x")
    page.get_by_label("Draft it anew").check()
    page.get_by_label("What the new draft should do").fill("Say how the money is paid.")
    page.get_by_role("button", name="incomplete").click()
    expect(page.locator(".event").get_by_text(re.compile(r"rejected version 2.*incomplete"))).to_be_visible()
    expect(page.get_by_role("button", name="Approve and send")).to_be_visible()
    assert house.ticket(number)["draft"]["id"] != first
    page.get_by_role("link", name="Earlier versions").click()
    expect(page.get_by_text("Asked for: Say how the money is paid.")).to_be_visible()


def test_writing_oneself_asks_for_no_reason_and_undo_brings_the_words_back(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    page.keyboard.press("r")
    expect(composer(page)).to_be_focused()
    page.keyboard.type("The money left us on Monday.\n\nAna")
    page.keyboard.press("Control+Enter")
    reply = page.locator(".message-out").filter(has_text="The money left us on Monday.")
    expect(reply).to_contain_text("Written by")
    expect(reply).to_contain_text("goes out in a moment")
    page.keyboard.press("u")
    expect(reply).to_contain_text("taken back")
    expect(composer(page)).to_have_value("The money left us on Monday.\n\nAna")
    expect(undo_toast(page, number)).to_have_count(0)
    expect(page.get_by_text("Taken back by the person who decided it.").first).to_be_visible()
    assert not [mail for mail in house.mails_to(house.customer_of(number)) if "Auto-Submitted" not in mail]


def test_undoing_an_approval_puts_the_draft_before_people_again(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    page.keyboard.press("Control+Enter")
    expect(undo_toast(page, number)).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Approve and send")).to_be_visible()
    expect(page.locator(".pane-head")).to_contain_text("version 3")


def test_a_note_stays_in_the_house(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    page.keyboard.press("n")
    note = page.get_by_label("Internal note")
    expect(note).to_be_focused()
    page.keyboard.type("The warehouse has the parcel.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message-note")).to_contain_text("The warehouse has the parcel.")
    expect(page.get_by_role("button", name="Approve and send")).to_be_visible()
    customer = house.page()
    customer.goto(house.link_of(number))
    expect(customer.get_by_text("warehouse has the parcel")).to_have_count(0)


def test_a_hard_case_is_handed_up_with_one_key(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    page.keyboard.press("g")
    expect(page.locator(".event").get_by_text(re.compile(r"Ana Ruiz escalated"))).to_be_visible()
    # The draft goes along: whoever has the ticket now may decide it.
    expect(page.get_by_role("button", name="Approve and send")).to_be_visible()


def test_a_held_key_decides_once_and_does_nothing_on_the_next_page(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    page.keyboard.down("Control")
    for _press in range(12):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.keyboard.up("Control")
    expect(undo_toast(page, number)).to_have_count(1)
    decided = page.locator(".event").filter(has_text="approved version")
    expect(decided).to_have_count(1)
    expect(page.locator(".message-out")).to_have_count(1)
    expect(page.get_by_text("Please write something.")).to_have_count(0)


def test_help_lists_the_keys_and_they_can_be_switched_off(house: House) -> None:
    page = house.ticket_page("ana", house.writes_in())
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_text("Reject with a reason")).to_be_visible()
    with page.expect_response("**/settings/preferences/"):
        keys.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.reload()
    page.keyboard.press("e")
    expect(reply_field(page)).to_be_hidden()
    assert_nothing_is_open(page)
    # It is kept with Ana, whom other journeys need with her keys.
    page.locator(".top summary").click()
    page.get_by_role("button", name="Keys").click()
    with page.expect_response("**/settings/preferences/"):
        keys.get_by_label("Single keys are on").check()


def assert_nothing_is_open(page: Page) -> None:
    expect(page.get_by_role("button", name="Approve and send")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


OVERLAP = """() => {
  const boxes = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect());
  return boxes(".toast-note").some((toast) => boxes(".act").some((bar) =>
    toast.left < bar.right && bar.left < toast.right && toast.top < bar.bottom && bar.top < toast.bottom));
}"""


def test_a_toast_never_lies_over_the_buttons_that_decide(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    page.keyboard.press("Control+Enter")
    expect(undo_toast(page, number)).to_be_visible()
    for width in (1440, 1100, 840, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.locator(".act:visible").first.scroll_into_view_if_needed()
        assert not page.evaluate(OVERLAP), width
