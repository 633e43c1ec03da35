"""Whole stretches of a day at the desk: ten tickets without the mouse, a reply without the keyboard, a phone, many tabs."""

from __future__ import annotations

import re
import secrets

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.house import House, badge, composer, reply_field, row, undo_toast

pytestmark = pytest.mark.journey

PHONE = {"width": 390, "height": 844}


def approves(page: Page, number: int) -> None:
    page.keyboard.press("Control+Enter")
    expect(undo_toast(page, number)).to_be_visible()


def sends_edited(page: Page, number: int) -> None:
    page.keyboard.press("e")
    expect(reply_field(page)).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Write to me if it does not come.")
    approves(page, number)


def writes_it_herself(page: Page, number: int) -> None:
    page.keyboard.press("r")
    expect(composer(page)).to_be_focused()
    page.keyboard.type("I looked, and the money left us this morning.")
    approves(page, number)


def puts_it_off(page: Page, _number: int) -> None:
    page.keyboard.press("z")
    expect(page.locator("#set-menu-snooze .menu-body button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#set-menu-snooze summary")).to_contain_text("back")


def solves_it(page: Page, _number: int) -> None:
    page.keyboard.press("s")
    expect(page.locator("#set-menu-status .menu-body button:focus")).to_have_count(1)
    wanted = page.locator("#set-menu-status .menu-body button[value='status:solved']")
    for _ in range(6):
        if wanted.evaluate("(button) => button === document.activeElement"):
            break
        page.keyboard.press("ArrowDown")
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#set-menu-status summary")).to_contain_text("solved")


def marks_it_as_spam(page: Page, _number: int) -> None:
    page.keyboard.press("!")
    expect(page.get_by_text("Somebody marked this as spam")).to_be_visible()


def test_ten_tickets_without_touching_the_mouse(house: House) -> None:
    """What each wants is another thing; all of them leave the list, and no key meets the wrong ticket."""
    tag = f"ten-{secrets.token_hex(3)}"
    drafted = [house.writes_in(drafted=False, tags=[tag]) for _ in range(6)]
    undrafted = [house.writes_in(drafted=False, ai_consent=False, tags=[tag]) for _ in range(4)]
    for number in drafted:
        house.eventually(lambda number=number: house.is_drafted(number), what="a draft is before people")
    acts = dict(zip(drafted, [approves, sends_edited, approves, sends_edited, approves, solves_it], strict=True))
    acts |= dict(zip(undrafted, [writes_it_herself, puts_it_off, marks_it_as_spam, writes_it_herself], strict=True))
    page = house.desk_of("ana", f"/queue/todo/?tag={tag}")
    expect(badge(page)).to_have_text("Live")
    expect(page.locator("live-list > [data-ticket]")).to_have_count(10)
    while acts:
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.locator(".thread-head")).to_be_visible()
        number = int(page.url.split("/tickets/")[1].split("/")[0])
        expect(badge(page)).to_have_text("Live")
        acts.pop(number)(page, number)
        expect(row(page, number)).to_have_count(0)
        page.keyboard.press("Escape")
    expect(page.get_by_text("Nothing found")).to_be_visible()


def test_reject_redraft_with_an_instruction_and_approve_by_mouse_alone(house: House) -> None:
    number = house.writes_in()
    first = house.ticket(number)["draft"]["id"]
    page = house.desk_of("ana", "/queue/todo/")
    row(page, number).click()
    page.get_by_role("link", name="Reject").click()
    page.get_by_label("Draft it anew").check()
    # What a person says to it comes in by voice or paste; no key is pressed.
    page.get_by_label("What the new draft should do").fill("Say how the money is paid.")
    page.get_by_role("button", name="incomplete").click()
    expect(page.locator(".event").get_by_text(re.compile(r"rejected version 2.*incomplete"))).to_be_visible()
    house.eventually(
        lambda: (now := house.ticket(number)["draft"]) and now["id"] != first and now["state"] == "pending_review",
        what="another draft",
    )
    page.get_by_role("button", name="Approve and send").click()
    undo_toast(page, number).get_by_role("button", name="Undo").click()
    expect(undo_toast(page, number)).to_have_count(0)
    page.get_by_role("button", name="Approve and send").click()
    expect(page.locator(".message-out").last).to_contain_text("Drafted with AI, approved by")


def test_two_agents_on_one_ticket_know_of_each_other_and_lose_no_word(house: House) -> None:
    house.ear.expect("status of 409")
    number = house.writes_in()
    ana, ben = house.ticket_page("ana", number), house.ticket_page("ben", number)
    expect(ana.locator(".thread-head")).to_contain_text("Ben")
    expect(ben.locator(".thread-head")).to_contain_text("Ana")
    ana.keyboard.press("e")
    expect(reply_field(ana)).to_be_focused()
    ana.keyboard.press("Control+End")
    ana.keyboard.type(" And a word of mine.")
    expect(ben.locator(".pane")).to_contain_text("Ana Ruiz has this ticket.")
    ben.get_by_role("button", name="Approve and send").click()
    expect(undo_toast(ben, number)).to_be_visible()
    expect(reply_field(ana)).to_have_value(re.compile(r"And a word of mine\.$"))
    ana.keyboard.press("Control+Enter")
    expect(ana.get_by_role("alert")).to_contain_text("Ben Okafor approved this draft before you.")
    expect(reply_field(ana).or_(composer(ana)).first).to_have_value(re.compile(r"And a word of mine\.$"))


def test_a_reply_is_approved_on_a_phone(house: House) -> None:
    number = house.writes_in()
    page = house.desk_of("ana", "/queue/todo/", viewport=PHONE, has_touch=True, is_mobile=True)
    expect(badge(page)).to_have_text("Live")
    within(page, row(page, number)).tap()
    expect(page.locator(".thread-head")).to_be_visible()
    within(page, page.get_by_role("button", name="Approve and send")).tap()
    expect(undo_toast(page, number)).to_be_visible()
    within(page, undo_toast(page, number).get_by_role("button", name="Undo")).tap()
    expect(page.get_by_role("button", name="Approve and send")).to_be_visible()
    page.get_by_role("link", name="Edit").tap()
    reply_field(page).fill(reply_field(page).input_value() + "\n\nI looked into it myself.")
    within(page, page.get_by_role("button", name="Send edited")).tap()
    expect(page.locator(".message-out").last).to_contain_text("I looked into it myself.")
    within(page, page.locator(".desk-back")).tap()
    # The list may be empty by then, and is hidden so.
    expect(page.get_by_role("heading", name="To do · by due time")).to_be_visible()
    expect(row(page, number)).to_have_count(0)


def within(page: Page, what: Locator) -> Locator:
    """It lies within the screen's width, and is as large as a finger wants it (WCAG 2.2, 2.5.8)."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box, what
    assert box["x"] >= 0, box
    assert box["x"] + box["width"] <= PHONE["width"] + 1, box
    assert min(box["width"], box["height"]) >= 24, box
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= PHONE["width"]
    return what


def test_many_tabs_of_one_person_are_all_live_and_end_together(house: House) -> None:
    number = house.writes_in()
    first = house.desk_of("ana", f"/tickets/{number}/", anew=True)
    tabs = [first]
    for path in ("/queue/todo/", "/queue/waiting/", f"/tickets/{number}/", "/queue/all/", "/notices/"):
        tab = first.context.new_page()
        tab.goto(house.origin + path)
        tabs.append(tab)
    for tab in tabs:
        expect(badge(tab)).to_have_text("Live")
    first.get_by_role("button", name="Approve and send").click()
    expect(row(tabs[1], number)).to_have_count(0)
    expect(row(tabs[2], number)).to_be_visible()
    expect(tabs[3].locator(".message-out")).to_contain_text("Drafted with AI, approved by")
    expect(tabs[3].get_by_role("button", name="Approve and send")).to_have_count(0)
    tabs[4].get_by_label(re.compile("^Account of")).click()
    tabs[4].get_by_role("button", name="Sign out").click()
    tabs[4].wait_for_url(re.compile("/accounts/login/"))
    for tab in (tabs[0], tabs[1], tabs[2], tabs[3], tabs[5]):
        expect(badge(tab)).to_contain_text("You are signed out.")


def test_the_desk_from_right_to_left(house: House) -> None:
    """No language of the desk is written so yet; what customers write is. Columns, rows and marks turn around."""
    body = "مرحبا، أرسلت الجاكيت قبل أسبوعين. متى أسترد أموالي؟ NO-48211"
    number = house.writes_in(drafted=False, ai_consent=False, subject="أين أموالي؟", body=body)
    page = house.desk_of("ana", f"/tickets/{number}/")
    page.evaluate("() => { document.documentElement.dir = 'rtl' }")
    rail, column, ticket = (page.locator(name).bounding_box() for name in (".rail", ".list", ".thread"))
    assert rail
    assert column
    assert ticket
    assert rail["x"] > column["x"] > ticket["x"]
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    said = page.locator(".message").filter(has_text="NO-48211")
    expect(said).to_be_visible()
    assert said.locator("[dir=auto]").first.evaluate("(text) => getComputedStyle(text).direction") == "rtl"
    here = row(page, number)
    edge = here.evaluate("(row) => [getComputedStyle(row).borderRightWidth, getComputedStyle(row).borderLeftWidth]")
    assert edge == ["3px", "0px"]
