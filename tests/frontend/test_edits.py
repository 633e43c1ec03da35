"""A half-written edit survives every live change, reload and sign-out."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from tests.frontend import samples
from tests.frontend.conftest import Desk
from tests.frontend.site import Site
from tests.journeys.browsing import Ear

pytestmark = pytest.mark.journey

CAME = {
    "kind": "message",
    "id": 9,
    "direction": "in",
    "from": {"name": "Sarah Connor", "initials": "SC"},
    "channel": "by mail",
    "created_at": samples.ago(0),
    "text": "And please answer soon.",
}


def start_editing(page: Page, words: str = " My own words.") -> None:
    page.keyboard.press("e")
    field = page.get_by_label("Reply", exact=True)
    expect(field).to_be_focused()
    field.press("Control+End")
    field.press_sequentially(words)


def test_a_live_change_of_the_thread_appears(desk: Desk) -> None:
    page = desk.open_ticket()
    desk.change_ticket(seq=6000, timeline=[*samples.TIMELINE, CAME])
    expect(page.get_by_text("And please answer soon.")).to_be_visible()


def test_an_edit_its_cursor_and_its_focus_survive_a_live_change(desk: Desk) -> None:
    page = desk.open_ticket()
    start_editing(page)
    field = page.get_by_label("Reply", exact=True)
    field.evaluate("field => field.setSelectionRange(3, 9)")
    desk.change_ticket(seq=6000, timeline=[*samples.TIMELINE, CAME])
    expect(page.get_by_text("And please answer soon.")).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile("My own words.$"))
    assert field.evaluate("field => [field.selectionStart, field.selectionEnd]") == [3, 9]


def test_an_edit_survives_a_new_version_and_goes_out_as_of_the_old_one(desk: Desk, site: Site) -> None:
    page = desk.open_ticket()
    start_editing(page)
    desk.change_ticket(seq=6000, ticket={"draft": samples.draft(version=3, text="Another text", sentences=[])})
    expect(page.locator("#decide-form .pane-outdated")).to_be_visible()
    expect(page.get_by_label("Reply", exact=True)).to_have_value(re.compile("My own words.$"))
    page.keyboard.press("Control+Enter")
    expect(page).to_have_title("Done")
    path, body = site.posted[0]
    assert path == "/tickets/1042/edit/"
    assert "version=2" in body


def test_an_edit_stays_when_somebody_else_has_decided(desk: Desk) -> None:
    page = desk.open_ticket()
    start_editing(page)
    decided = [
        *samples.TIMELINE,
        {"kind": "event", "id": 77, "at": samples.ago(0), "sentence": "Ben approved the draft."},
    ]
    desk.change_ticket(seq=6000, ticket={"draft": None}, timeline=decided, mode="write")
    expect(page.get_by_text("Ben approved the draft.")).to_be_visible()
    field = page.get_by_label("Reply", exact=True)
    expect(field).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile("My own words.$"))
    page.get_by_role("button", name="Show it as it is now").click()
    expect(field).to_have_count(0)
    expect(page.get_by_label("Reply to Sarah Connor")).to_be_visible()


def test_a_draft_that_nobody_touched_is_replaced_by_the_new_one(desk: Desk) -> None:
    page = desk.open_ticket()
    fresh = [{"text": "A better sentence.", "after": ""}]
    desk.change_ticket(seq=6000, ticket={"draft": samples.draft(version=3, text="A better sentence.", sentences=fresh)})
    expect(page.locator(".draft-text")).to_have_text("A better sentence.")
    page.keyboard.press("e")
    expect(page.get_by_label("Reply", exact=True)).to_have_value("A better sentence.")


def test_a_reply_begun_while_the_model_drafts_is_not_pushed_away_by_the_draft(desk: Desk) -> None:
    page = desk.open_ticket(mode="write", ticket=samples.ticket(draft=None, drafting=True))
    page.keyboard.press("r")
    page.get_by_label("Reply to Sarah Connor").press_sequentially("I am on it")
    desk.change_ticket(seq=6000)
    expect(page.get_by_role("heading", name="Review draft")).to_be_visible()
    expect(page.get_by_label("Reply to Sarah Connor")).to_be_focused()
    expect(page.get_by_label("Reply to Sarah Connor")).to_have_value("I am on it")


def test_the_draft_opens_by_itself_when_nobody_is_writing(desk: Desk) -> None:
    page = desk.open_ticket(mode="write", ticket=samples.ticket(draft=None, drafting=True))
    desk.change_ticket(seq=6000)
    expect(page.get_by_role("button", name="Approve and send")).to_be_visible()


def test_an_answered_blocker_and_an_open_detail_survive_a_live_change(desk: Desk) -> None:
    page = desk.open_ticket()
    page.get_by_label("True, seen in…").check()
    page.locator(".menu-up > summary").click()
    desk.change_ticket(seq=6000, timeline=[*samples.TIMELINE, CAME])
    expect(page.get_by_text("And please answer soon.")).to_be_visible()
    expect(page.get_by_label("True, seen in…")).to_be_checked()
    expect(page.get_by_role("link", name="Internal note")).to_be_visible()


def test_an_older_answer_never_replaces_a_newer_one(desk: Desk) -> None:
    page = desk.open_ticket()
    desk.change_ticket(seq=6000, timeline=[*samples.TIMELINE, CAME])
    expect(page.get_by_text("And please answer soon.")).to_be_visible()
    old = samples.ticket_page()
    desk.site.pages["/tickets/1042/live/"] = render_to_string(
        "tickets/_ticket.html", {**old, "ticket": samples.ticket(seq=5500)}
    )
    desk.line.say({"seq": 6001, "kind": "x", "ticket": 1042, "in": [], "gone": []})
    page.wait_for_timeout(500)
    expect(page.get_by_text("And please answer soon.")).to_be_visible()


def test_the_changed_words_are_shown_and_the_original_comes_back(desk: Desk) -> None:
    page = desk.open_ticket()
    page.keyboard.press("e")
    field = page.get_by_label("Reply", exact=True)
    field.fill(samples.TEXT.replace("within five working days", "within ten working days"))
    expect(page.locator("word-diff del")).to_have_text("five ")
    expect(page.locator("word-diff ins")).to_have_text("ten ")
    page.get_by_role("button", name="Restore the original").click()
    expect(field).to_have_value(samples.TEXT)
    expect(page.get_by_text("Nothing yet.")).to_be_visible()


def test_a_text_survives_a_reload_and_opens_where_it_was_written(desk: Desk) -> None:
    page = desk.open_ticket()
    page.keyboard.press("r")
    page.get_by_label("Reply to Sarah Connor").press_sequentially("Half a reply")
    page.reload()
    expect(page.get_by_label("Reply to Sarah Connor")).to_have_value("Half a reply")
    expect(page.get_by_label("Reply to Sarah Connor")).to_be_visible()
    expect(page.get_by_text("Your unsent text is back.")).to_be_visible()


def test_a_text_comes_back_for_the_same_person_only(desk: Desk) -> None:
    page = desk.open_ticket()
    page.keyboard.press("r")
    page.get_by_label("Reply to Sarah Connor").press_sequentially("Half a reply")
    ben = samples.SimpleNamespace(**{**vars(samples.ANA), "pk": "ben"})
    page = desk.open_ticket(user=ben, mode="write")
    expect(page.get_by_label("Reply to Sarah Connor")).to_have_value("")


def test_a_text_that_stands_in_the_thread_is_not_brought_back(desk: Desk) -> None:
    page = desk.open_ticket()
    page.keyboard.press("r")
    page.get_by_label("Reply to Sarah Connor").fill("It is on its way.\n\nAna")
    sent = {
        "kind": "message",
        "id": 10,
        "direction": "out",
        "from": {"name": "Ana", "initials": "AN"},
        "state": "queued",
        "created_at": samples.ago(0),
        "text": "It is on its way.\r\n\r\nAna",
    }
    page = desk.open_ticket(mode="write", ticket=samples.ticket(draft=None), timeline=[*samples.TIMELINE, sent])
    expect(page.get_by_text("It is on its way.")).to_be_visible()
    expect(page.get_by_label("Reply to Sarah Connor")).to_have_value("")


def test_a_text_that_came_back_from_a_refusal_counts_as_not_sent(desk: Desk) -> None:
    page = desk.open_ticket(mode="edit", text="Refused words")
    desk.change_ticket(seq=6000, timeline=[*samples.TIMELINE, CAME])
    expect(page.get_by_text("And please answer soon.")).to_be_visible()
    expect(page.get_by_label("Reply", exact=True)).to_have_value("Refused words")
    page.get_by_role("button", name="Restore the original").click()
    expect(page.get_by_label("Reply", exact=True)).to_have_value(samples.TEXT)


def test_a_refused_edit_of_a_draft_that_is_gone_comes_back_as_a_reply(desk: Desk) -> None:
    page = desk.open_ticket(mode="edit", text="Refused words", ticket=samples.ticket(draft=None))
    expect(page.get_by_label("Reply to Sarah Connor")).to_have_value("Refused words")


def test_a_ticket_that_is_no_longer_ones_to_see_keeps_what_was_written(ear: Ear, desk: Desk, site: Site) -> None:
    ear.expect(r"status of 404 .*/live/")
    page = desk.open_ticket()
    start_editing(page)
    del site.pages["/tickets/1042/live/"]
    desk.line.say({"seq": 6000, "kind": "ticket.moved", "ticket": 1042, "in": [], "gone": ["queue:todo"]})
    expect(page.get_by_text("no longer yours to see")).to_be_visible()
    expect(page.get_by_label("Reply", exact=True)).to_have_value(re.compile("My own words.$"))
