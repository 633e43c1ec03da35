"""Merging, splitting and changing every ticket of a list, by the keyboard alone, while others look on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House, badge, composer, row

pytestmark = pytest.mark.journey


def event(page: Page, words: str) -> None:
    expect(page.locator(".event").filter(has_text=words).last).to_be_visible()


def same_customer(house: House, name: str, *bodies: str) -> list[int]:
    person = {"email": f"{name.lower()}@example.com", "name": name}
    return [house.writes_in(drafted=False, ai_consent=False, customer=person, body=body) for body in bodies]


def test_a_ticket_is_merged_by_keys_seen_by_a_colleague_at_once_and_taken_out_again(house: House) -> None:
    kept, gone = same_customer(house, "Mira", "Where is my refund?", "And my voucher?")
    ben = house.ticket_page("ben", kept)
    ben.keyboard.press("r")
    ben.keyboard.type("The money left")
    page = house.ticket_page("ana", gone)
    page.keyboard.press("m")
    expect(page.get_by_role("heading", name=f"Merge ticket {gone} into another")).to_be_visible()
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(f"/tickets/{kept}/$"))
    event(page, f"Ana Ruiz merged ticket {gone} into ticket {kept}")
    expect(page.locator(".message", has_text="And my voucher?")).to_be_visible()
    # Ben sees it where he is, and what he writes stays.
    expect(ben.locator(".message", has_text="And my voucher?")).to_be_visible()
    expect(composer(ben)).to_have_value("The money left")
    queue = house.desk_of("ana", "/queue/todo/")
    expect(badge(queue)).to_have_text("Live")
    expect(row(queue, gone)).to_have_count(0)
    expect(row(queue, kept)).to_have_count(1)
    page.bring_to_front()
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(f"/tickets/{gone}/$"))
    event(page, f"Ana Ruiz took ticket {gone} out of ticket {kept} again")
    expect(row(queue, gone)).to_have_count(1)
    expect(ben.locator(".message", has_text="And my voucher?")).to_have_count(0)


def test_a_message_becomes_a_ticket_by_keys_and_is_put_back(house: House) -> None:
    (number,) = same_customer(house, "Nora", "Where is my refund?")
    house.stack.shop.write(number, "By the way: my voucher does not work.")
    page = house.ticket_page("ana", number)
    page.get_by_role("link", name="Own ticket").last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Subject of the new ticket")).to_be_focused()
    page.keyboard.type("A voucher")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="A voucher")).to_be_visible()
    expect(page.locator(".message", has_text="my voucher does not work")).to_be_visible()
    page.get_by_role("link", name=f"ticket {number}", exact=True).focus()
    page.keyboard.press("Enter")
    moved = page.get_by_role("link", name=re.compile("^goes on in #"))
    expect(moved).to_be_visible()
    moved.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Put it back").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/tickets/{number}/$"))
    expect(page.get_by_role("link", name=re.compile("^goes on in #"))).to_have_count(0)
    expect(page.locator(".message", has_text="my voucher does not work")).to_have_count(1)


def test_every_ticket_of_a_list_is_changed_by_keys_and_taken_back(house: House) -> None:
    numbers = [house.writes_in(drafted=False, ai_consent=False, tags=["whole-list"]) for _ in range(3)]
    page = house.desk_of("ana", "/queue/todo/?tag=whole-list")
    row(page, numbers[0]).get_by_role("link").focus()
    page.keyboard.press("v")
    page.keyboard.press("*")
    expect(page.get_by_label("Every ticket of this list")).to_be_checked()
    page.keyboard.press("p")
    expect(page.locator("#bulk-menu-priority .menu-body button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 tickets changed.")).to_be_visible()
    assert [house.ticket(number)["priority"] for number in numbers] == ["low"] * 3
    page.keyboard.press("u")
    expect(page.get_by_text("3 tickets are as before.")).to_be_visible()
    assert [house.ticket(number)["priority"] for number in numbers] == ["normal"] * 3
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(re.compile(r"/queue/todo/\?tag=whole-list"))


def test_the_customers_old_link_leads_on(house: House) -> None:
    kept, gone = same_customer(house, "Olive", "Where is my refund?", "And my voucher?")
    page = house.page()
    page.goto(house.link_of(gone))
    ana = house.ticket_page("ana", gone)
    ana.keyboard.press("m")
    ana.get_by_role("radio").first.check()
    ana.get_by_role("button", name="Merge").click()
    expect(ana.locator(".message", has_text="And my voucher?")).to_be_visible()
    page.reload()
    expect(page).to_have_url(house.link_of(kept))
    expect(page.get_by_text("Where is my refund?").first).to_be_visible()
    expect(page.get_by_text("And my voucher?").first).to_be_visible()
