"""What a person likes: said in the menu it is kept at once; notices come only when nobody looks."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Page, expect

from tests.frontend import samples
from tests.frontend.conftest import Desk
from tests.frontend.site import wait_for

pytestmark = pytest.mark.journey

# A browser whose tab is hidden, and that shows no notices but keeps them.
AWAY = """
  window.shown = [];
  window.asked = 0;
  window.away = true;
  class Kept extends EventTarget {
    static permission = "granted";
    static async requestPermission() { window.asked += 1; return Kept.permission; }
    constructor(title, options) { super(); window.shown.push([title, options.body, options.tag]); }
    close() {}
  }
  window.Notification = Kept;
  Object.defineProperty(document, "visibilityState", { get: () => (window.away ? "hidden" : "visible") });
"""


def liking(**likes: object) -> samples.SimpleNamespace:
    prefers = samples.SimpleNamespace(**{"theme": "system", "keys": True, "notices": False, **likes})
    return samples.SimpleNamespace(**{**vars(samples.ANA), "prefers": prefers})


def opened(desk: Desk, number: int, *, seq: int, kind: str = "ticket.opened", **changes: object) -> None:
    row = samples.row(number, seq=seq, **changes)
    html = samples.render_to_string("tickets/_row.html", {"row": row})
    frame = {
        "seq": seq,
        "kind": kind,
        "ticket": number,
        "row": html,
        "key": row["key"],
        "in": ["queue:todo"],
        "gone": [],
    }
    desk.line.say(frame)


def test_new_tickets_are_told_by_number_and_team_while_nobody_looks(desk: Desk) -> None:
    desk.page.add_init_script(AWAY)
    page = desk.open_queue(user=liking(notices=True))
    opened(desk, 2001, seq=6001, subject="My divorce", customer="Sarah Connor", assignee=None)
    opened(desk, 2002, seq=6002, assignee={"id": "ben", "name": "Ben"})
    opened(desk, 2003, seq=6003, kind="draft.prepared")
    opened(desk, 2004, seq=6004, team="", assignee={"id": "ana", "name": "Ana"})
    wait_for(lambda: len(page.evaluate("window.shown")) == 2)
    assert page.evaluate("window.shown") == [
        ["New ticket #2001", "Refunds", "ticket-2001"],
        ["New ticket #2004", "without a team", "ticket-2004"],
    ]
    assert page.evaluate("window.asked") == 0


@pytest.mark.parametrize(("likes", "away"), [({}, "true"), ({"notices": True}, "false")])
def test_nothing_is_told_to_who_did_not_ask_or_who_looks(desk: Desk, likes: dict[str, bool], away: str) -> None:
    desk.page.add_init_script(AWAY + f"window.away = {away};")
    page = desk.open_queue(user=liking(**likes))
    opened(desk, 2001, seq=6001)
    expect(page.locator("[data-ticket='2001']")).to_be_visible()
    page.wait_for_timeout(600)
    assert page.evaluate("window.shown") == []


def preferences_page(desk: Desk, permission: str) -> Page:
    desk.page.add_init_script(AWAY + f"Notification.permission = '{permission}';")
    choices = {"densities": [], "themes": [], "languages": [("", "As the browser asks for")]}
    context = samples.frame(prefers=liking().prefers, **choices)
    desk.site.pages["/settings/preferences/"] = samples.render_to_string("accounts/preferences.html", context)
    desk.page.goto(f"{desk.site.url}/settings/preferences/")
    return desk.page


def test_the_browser_is_asked_only_by_the_box(desk: Desk) -> None:
    page = preferences_page(desk, "default")
    assert page.evaluate("window.asked") == 0
    page.evaluate(
        "Notification.requestPermission = async () => { window.asked += 1; Notification.permission = 'granted'; }"
    )
    box = page.get_by_label("Tell me of new tickets while I look at something else")
    box.check()
    assert page.evaluate("window.asked") == 1
    expect(box).to_be_checked()


def test_a_browser_that_refuses_says_so(desk: Desk) -> None:
    page = preferences_page(desk, "denied")
    box = page.get_by_label("Tell me of new tickets while I look at something else")
    box.click()
    expect(box).not_to_be_checked()
    expect(page.get_by_text("This browser does not let the desk show notices.")).to_be_visible()


def test_single_keys_are_off_for_who_wants_them_off_and_the_box_is_kept(desk: Desk) -> None:
    page = desk.open_queue(user=liking(keys=False))
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(page.locator("live-list :focus")).to_have_count(0)
    page.locator(".top summary").click()
    page.get_by_role("button", name="Keys").click()
    box = page.get_by_label("Single keys are on")
    expect(box).not_to_be_checked()
    box.check()
    wait_for(lambda: desk.site.posted)
    path, body = desk.site.posted[0]
    assert path == "/settings/preferences/"
    assert dict(parse_qsl(body)) == {"of": "keys", "keys": "1"}
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("live-list :focus")).to_have_count(1)
