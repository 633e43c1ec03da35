"""A half-written edit, with its focus, selection and scroll position, survives whatever happens around it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House, badge, composer, reply_field

pytestmark = pytest.mark.journey

LONG = "\n".join(f"Line {number} of what I began to write." for number in range(1, 80))
MINE = re.compile(r"Line 79 of what I began to write\.$")


def begun(page: Page) -> None:
    """An edit, longer than its field shows, with some of its words selected and scrolled half way down."""
    page.keyboard.press("e")
    field = reply_field(page)
    expect(field).to_be_focused()
    field.fill(f"{field.input_value()}\n{LONG}")
    field.evaluate("field => { field.setSelectionRange(40, 55); field.closest('.pane-body').scrollTop = 400; }")
    assert state(page) == {"from": 40, "to": 55, "top": 400, "focused": True}


def state(page: Page) -> dict[str, object]:
    found: dict[str, object] = reply_field(page).evaluate(
        """field => ({ from: field.selectionStart, to: field.selectionEnd, top: field.closest(".pane-body").scrollTop,
          focused: document.activeElement === field })"""
    )
    return found


def is_as_it_was(page: Page) -> None:
    expect(reply_field(page)).to_have_value(MINE)
    assert state(page) == {"from": 40, "to": 55, "top": 400, "focused": True}


def new_version(house: House, number: int, page: Page) -> None:
    """A colleague approves and takes it back: the draft is before people again, as another version."""
    decision = house.stack.ben.approve(house.ticket(number)["draft"]["id"])
    assert decision.status == 200
    expect(page.locator(".event").filter(has_text="Ben Okafor approved")).to_be_visible()
    undone = house.stack.ben.call("POST", f"drafts/{house.ticket_draft(number)}/undo/", {})
    assert undone.status == 200, undone
    expect(page.locator(".pane-head")).to_contain_text("version 3")


def customer_writes(house: House, number: int, page: Page) -> None:
    assert house.stack.shop.write(number, "And please answer soon.").status == 201
    expect(page.get_by_role("region", name="Conversation").get_by_text("And please answer soon.")).to_be_visible()
    expect(page.locator("#decide-form .pane-outdated")).to_be_visible()


def colleague_decides(house: House, number: int, page: Page) -> None:
    assert house.stack.ben.approve(house.ticket(number)["draft"]["id"]).status == 200
    expect(page.locator(".event").filter(has_text="Ben Okafor approved")).to_be_visible()


def feed_begins_anew(house: House, number: int, page: Page) -> None:
    """The page comes back with a place in the ledger that is not there: the desk tells it to fetch everything anew."""
    with page.expect_response(re.compile(rf"/tickets/{number}/live/")):
        page.evaluate(
            """() => { const feed = document.querySelector("live-feed"); const again = feed.cloneNode(true);
              again.dataset.seq = 900000000; feed.replaceWith(again); }"""
        )
    expect(badge(page)).to_have_text("Live")


def web_server_ends(house: House, number: int, page: Page) -> None:
    house.ear.expect("WebSocket connection|ERR_CONNECTION_RE(FUSED|SET)|ERR_EMPTY_RESPONSE")
    house.stack.programs["web"].kill()
    expect(badge(page)).to_have_text("Reconnecting…")
    house.stack.programs["web"].start()
    house.eventually(house.stack.shop.well, what="the desk is ready")
    expect(badge(page)).to_have_text("Live", timeout=20_000)


@pytest.mark.parametrize(
    "happening", [new_version, customer_writes, colleague_decides, feed_begins_anew, web_server_ends]
)
def test_an_edit_survives(house: House, happening: Callable[[House, int, Page], None]) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    begun(page)
    happening(house, number, page)
    is_as_it_was(page)


def test_who_sends_an_edit_of_a_decided_draft_reads_who_was_first_and_has_the_text(house: House) -> None:
    house.ear.expect("status of 409")
    number = house.writes_in()
    page = house.ticket_page("ana", number)
    begun(page)
    colleague_decides(house, number, page)
    page.keyboard.press("Control+Enter")
    conflict = page.get_by_role("alert").filter(has_text="Somebody decided this before you")
    expect(conflict).to_contain_text("Ben Okafor approved this draft before you.")
    expect(composer(page)).to_have_value(MINE)


def test_an_edit_survives_a_reload_and_a_sign_out(house: House) -> None:
    number = house.writes_in()
    page = house.ticket_page("ana", number, anew=True)
    begun(page)
    page.reload()
    expect(page.get_by_text("Your unsent text is back.")).to_be_visible()
    expect(reply_field(page)).to_have_value(MINE)

    page.get_by_label("Account of Ana Ruiz").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{house.origin}/tickets/{number}/")
    page.get_by_label("E-mail address").fill("ana@desk.test")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    expect(reply_field(page)).to_have_value(MINE)
    expect(reply_field(page)).to_be_visible()
