"""The review pane whole: a draft that moves underneath, another draft by keyboard, what belongs to others, languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House, composer, reply_field, undo_toast

pytestmark = pytest.mark.journey


def out_of_touch(house: House, page: Page) -> None:
    """No news reaches this page any more: what is on its screen stays there."""
    page.context.route(re.compile(r"/live/(\?|$)"), lambda route: route.abort())
    house.ear.expect("ERR_FAILED")
    house.ear.expect("status of 409")


def test_a_draft_that_moved_underneath_is_not_decided_by_what_was_on_the_screen(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    draft = house.ticket(number)["draft"]["id"]
    out_of_touch(house, page)
    # Decided and taken back by a colleague: the same words, but another version.
    assert house.stack.ben.approve(draft).status == 200
    assert house.stack.ben.call("POST", f"drafts/{draft}/undo/").status == 200
    now = house.ticket(number)["draft"]["version"]
    assert page.locator("#decide-form [name=version]").input_value() == str(now - 1)
    page.get_by_role("button", name="Approve and send").click()
    expect(page.get_by_role("alert")).to_contain_text("The draft changed while you were reading.")
    assert house.draft_state(draft) == "pending_review"
    expect(page.locator("#decide-form [name=version]")).to_have_value(str(now))
    page.get_by_role("button", name="Approve and send").click()
    expect(undo_toast(page, number)).to_be_visible()


def test_an_edit_goes_nowhere_when_the_customer_wrote_meanwhile_and_its_text_is_kept(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    page.keyboard.press("e")
    reply_field(page).press("Control+End")
    page.keyboard.type("\n\nI looked into it myself.")
    written = reply_field(page).input_value()
    out_of_touch(house, page)
    house.stack.shop.call(
        "POST", f"tickets/{number}/messages/", {"body": "It was the tent, not the jacket.", "from": "customer"}
    )
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("The customer wrote again.")
    kept = reply_field(page).or_(composer(page)).first
    expect(kept).to_have_value(written)
    conversation = page.get_by_role("region", name="Conversation")
    expect(conversation.get_by_text("It was the tent, not the jacket.")).to_be_visible()


def test_reject_redraft_with_an_instruction_and_approve_by_keyboard_alone(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    first = house.ticket(number)["draft"]["id"]
    page.keyboard.press("x")
    expect(page.get_by_role("heading", name="Reject this draft")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Draft it anew")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_label("What the new draft should do")).to_be_focused()
    page.keyboard.type("Say how the money is paid.")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.get_by_role("button", name="Approve and send")).to_be_visible()
    house.eventually(lambda: house.ticket(number)["draft"]["id"] != first, what="another draft")
    page.keyboard.press("Control+Enter")
    expect(undo_toast(page, number)).to_be_visible()
    page.goto(f"{house.origin}/tickets/{number}/drafts/")
    expect(page.get_by_text("Asked for by Ana Ruiz.")).to_be_visible()
    expect(page.get_by_text("Say how the money is paid.")).to_be_visible()
    page.get_by_text("How it differs from draft 1").click()
    expect(page.locator(".difference")).to_be_visible()


def test_another_customers_number_is_refused_in_a_reply_of_ones_own_and_the_text_is_kept(house: House) -> None:
    house.writes_in(drafted=False, ai_consent=False, body="My order ZZ-990171 is lost.")
    number = house.writes_in(drafted=False, ai_consent=False, body="Is there any news for me?")
    page = house.ticket_page("ana", number)
    house.ear.expect("status of 409")
    page.keyboard.press("r")
    page.keyboard.type("Your order ZZ-990171 is on its way.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("ZZ-990171")
    expect(composer(page)).to_have_value("Your order ZZ-990171 is on its way.")
    composer(page).fill("Your order is on its way.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message-out")).to_contain_text("Your order is on its way.")


def test_a_draft_in_a_language_that_one_does_not_read_is_handed_to_who_does(house: House) -> None:
    number = house.writes_in()
    page = house.desk_of("ana", "/settings/preferences/")
    page.locator("#own-es").check()
    keep(page)
    page.goto(f"{house.origin}/tickets/{number}/")
    expect(page.get_by_text("This draft is in English.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and send")).to_have_count(0)
    page.get_by_role("button", name="Hand over to Ben Okafor").click()
    expect(page.locator(".event").get_by_text(re.compile("Ana Ruiz handed .* over to Ben Okafor"))).to_be_visible()
    # Other journeys need Ana as she was.
    page.goto(f"{house.origin}/settings/preferences/")
    page.locator("#own-es").uncheck()
    keep(page)


def keep(page: Page) -> None:
    page.locator("#languages-read").get_by_role("button", name="Keep the languages").click()
    expect(page.get_by_text("The languages that you read are kept.")).to_be_visible()
