"""The command palette: everything that the page offers, by keyboard alone."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Locator, Page, expect

from tests.frontend import samples
from tests.frontend.conftest import Desk

pytestmark = pytest.mark.journey


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Command, view, or ticket number")


def chosen(page: Page) -> Locator:
    return page.locator("#palette-list [aria-selected='true']")


def opened(page: Page) -> Page:
    page.keyboard.press("Control+k")
    expect(field(page)).to_be_focused()
    return page


def names(page: Page) -> list[str]:
    return page.locator("#palette-list [data-name]").all_inner_texts()


def test_it_does_what_the_page_offers(desk: Desk) -> None:
    page = opened(desk.open_ticket())
    assert {"Approve and send", "Edit", "Reject", "Internal note", "Ledger"} <= set(names(page))
    assert "Send edited" not in names(page)
    page.keyboard.type("edit")
    expect(chosen(page)).to_contain_text("Edit")
    expect(field(page)).to_have_attribute("aria-activedescendant", "palette-0")
    page.keyboard.press("Enter")
    expect(page.locator("#edit-text")).to_be_focused()
    opened(page)
    assert "Send edited" in names(page)


def test_what_a_closed_menu_holds_is_at_hand(desk: Desk) -> None:
    page = opened(desk.open_ticket())
    page.keyboard.type("internal")
    page.keyboard.press("Enter")
    expect(page.locator("#note-text")).to_be_focused()


def test_a_number_opens_its_ticket_and_words_can_be_searched_for(desk: Desk) -> None:
    desk.site.pages["/tickets/77/"] = desk.site.pages["/queue/all/"] = desk.site.pages["/done/"]
    page = opened(desk.open_queue())
    page.keyboard.type("#77")
    expect(chosen(page)).to_contain_text("Open ticket #77")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/77/")
    page = opened(desk.open_queue())
    page.keyboard.type("blue tent")
    expect(chosen(page)).to_contain_text("Search tickets for “blue tent”")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue/all/?q=blue%20tent")


def test_a_page_without_views_knows_them_too(desk: Desk) -> None:
    desk.site.pages["/queue/todo/"] = render_to_string("tickets/queue.html", samples.queue_page())
    desk.site.pages["/settings/tokens/"] = render_to_string("accounts/tokens.html", samples.frame(tokens=[], scopes=[]))
    desk.page.goto(f"{desk.site.url}/settings/tokens/")
    page = opened(desk.page)
    page.keyboard.type("to do")
    expect(chosen(page)).to_contain_text("View")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue/todo/")


def test_arrows_go_round_and_escape_leads_back(desk: Desk) -> None:
    page = desk.open_ticket()
    page.keyboard.press("e")
    opened(page)
    page.keyboard.press("ArrowUp")
    expect(page.locator("#palette-list [role=option]").last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette-list [role=option]").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(field(page)).to_be_hidden()
    expect(page.locator("#edit-text")).to_be_focused()


def test_a_held_enter_does_nothing_twice_and_an_unread_draft_is_not_approved(desk: Desk) -> None:
    long = "Line by line.\n\n" * 120
    page = opened(
        desk.open_ticket(
            ticket=samples.ticket(
                draft=samples.draft(
                    text=long, sentences=[{"text": long, "after": "", "sources": []}], flags=[], open_blockers=0
                )
            )
        )
    )
    page.keyboard.type("approve")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Read the draft to its end first")).to_be_visible()
    assert desk.site.posted == []
