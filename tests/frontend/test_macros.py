"""The macro picker: found while writing, chosen by keyboard or mouse, and no placeholder leaves."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Locator, Page, expect

from tests.frontend import samples
from tests.frontend.conftest import Desk

pytestmark = pytest.mark.journey

GREETING = "Hello Sarah,\n\nthank you for writing."


def offer(pk: int, name: str, shortcut: str, text: str, *, still: tuple[str, ...] = ()) -> Any:
    macro = SimpleNamespace(pk=pk, name=name, shortcut=shortcut, language="en")
    return {"macro": macro, "text": text, "open": list(still)}


OFFERS = [
    offer(1, "Greeting", "hello", GREETING),
    offer(2, "Kind regards", "regards", "Kind regards\nAna\n{team.name}", still=("{team.name}",)),
    offer(3, "Where is the order", "order", "Please send us your order number."),
]


@pytest.fixture
def writing(desk: Desk) -> Page:
    """A ticket without a draft, whose composer is open."""
    desk.site.pages["/tickets/1042/macros/"] = render_to_string("knowledge/_offered.html", {"offers": OFFERS})
    return desk.open_ticket(mode="write", ticket=samples.ticket(draft=None, no_draft_because="opted_out"))


def field(page: Page) -> Locator:
    return page.locator("#reply-text")


def options(page: Page) -> Locator:
    return page.locator("[role=option]:visible")


def test_the_slash_offers_typing_filters_and_enter_inserts(writing: Page) -> None:
    field(writing).press_sequentially("Dear /")
    expect(options(writing)).to_have_count(3)
    expect(field(writing)).to_have_attribute("aria-activedescendant", "macro-1")
    field(writing).press("ArrowDown")
    expect(field(writing)).to_have_attribute("aria-activedescendant", "macro-2")
    field(writing).press_sequentially("ord")
    expect(options(writing)).to_have_count(1)
    field(writing).press("Enter")
    expect(field(writing)).to_have_value("Dear Please send us your order number.")
    expect(options(writing)).to_have_count(0)
    expect(field(writing)).not_to_have_attribute("aria-activedescendant", "macro-3")
    # As if it had been typed: the browser's own undo takes it back.
    field(writing).press("Control+z")
    expect(field(writing)).to_have_value("Dear /ord")


def test_escape_closes_the_list_and_leaves_what_was_typed(writing: Page) -> None:
    field(writing).press_sequentially("/hel")
    expect(options(writing)).to_have_count(1)
    field(writing).press("Escape")
    expect(options(writing)).to_have_count(0)
    expect(field(writing)).to_be_focused()
    expect(field(writing)).to_have_value("/hel")


def test_a_slash_inside_a_word_offers_nothing(writing: Page) -> None:
    field(writing).press_sequentially("and/or https://x")
    expect(options(writing)).to_have_count(0)


def test_the_mouse_opens_and_chooses(writing: Page) -> None:
    field(writing).fill("Hi")
    writing.get_by_role("button", name="Macros").click()
    expect(options(writing)).to_have_count(3)
    options(writing).first.click()
    expect(field(writing)).to_have_value(f"Hi {GREETING}")
    expect(field(writing)).to_be_focused()


def test_an_open_placeholder_is_selected_and_stops_the_reply(desk: Desk, writing: Page) -> None:
    field(writing).press_sequentially("/reg")
    expect(options(writing)).to_have_count(1)
    field(writing).press("Tab")
    assert writing.evaluate("getSelection().toString()") == "{team.name}"
    field(writing).press("Control+Enter")
    expect(writing.get_by_text("Write what belongs there first: {team.name}")).to_be_visible()
    assert desk.site.posted == []
    writing.keyboard.type("Refunds")
    expect(field(writing)).to_have_value("Kind regards\nAna\nRefunds")
    field(writing).press("Control+Enter")
    expect(writing).to_have_title("Done")
    assert "Refunds" in desk.site.posted[0][1]


@pytest.mark.parametrize(("key", "what"), [("e", "#edit-text"), ("n", "#note-text")])
def test_notes_and_edits_have_it_too(desk: Desk, key: str, what: str) -> None:
    desk.site.pages["/tickets/1042/macros/"] = render_to_string("knowledge/_offered.html", {"offers": OFFERS})
    page = desk.open_ticket()
    page.keyboard.press(key)
    expect(page.locator(what)).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n/hel")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(what)).to_have_value(re.compile(f"{re.escape(GREETING)}$"))


def test_the_list_of_colleagues_and_that_of_macros_never_stand_together(desk: Desk) -> None:
    desk.site.pages["/tickets/1042/macros/"] = render_to_string("knowledge/_offered.html", {"offers": OFFERS})
    people = {"people": [{"name": "Ben Okafor", "initials": "BO"}]}
    desk.page.route("**/colleagues/?q=*", lambda route: route.fulfill(json=people))
    page = desk.open_ticket(mode="note", team_acts={"colleagues": "/tickets/1042/colleagues/"})
    note = page.locator("#note-text")
    note.press_sequentially("@be")
    expect(options(page)).to_have_text(["BOBen Okafor"])
    note.press("Enter")
    expect(note).to_have_value("@Ben Okafor ")
    note.press_sequentially("/hel")
    expect(options(page)).to_have_count(1)
    expect(note).to_have_attribute("aria-activedescendant", "macro-1")
    note.press("Escape")
    note.fill("")
    note.press_sequentially("/@be")
    expect(options(page)).to_have_text(["BOBen Okafor"])
    note.press("Enter")
    expect(note).to_have_value("/@Ben Okafor ")
