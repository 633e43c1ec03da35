"""The live list: order, what wins, and what stays still."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Locator, expect

from tests.frontend import samples
from tests.frontend.conftest import Desk
from tests.frontend.site import Site, wait_for

pytestmark = pytest.mark.journey

ROW = "live-list > [data-ticket='{}']"


def top(row: Locator) -> float:
    """Where it stands, in pixels; a browser scrolls by whole ones."""
    box = row.bounding_box()
    assert box
    return box["y"]


def some(*numbers: int) -> list[dict[str, Any]]:
    return [samples.row(number) for number in numbers]


def test_a_new_row_takes_the_place_of_its_key(desk: Desk) -> None:
    desk.open_queue(rows=some(1001, 1003))
    desk.say_row(1002, seq=6000)
    expect(desk.page.locator(ROW.format(1002))).to_be_visible()
    assert desk.numbers() == ["1001", "1002", "1003"]


def test_keys_that_are_numbers_are_compared_as_numbers(desk: Desk) -> None:
    desk.open_queue(rows=[samples.row(1, key="9"), samples.row(2, key="100")])
    desk.say_row(3, seq=6000, key="20")
    expect(desk.page.locator(ROW.format(3))).to_be_visible()
    assert desk.numbers() == ["1", "3", "2"]


def test_a_newer_row_replaces_and_moves_an_older_one(desk: Desk) -> None:
    desk.open_queue(rows=some(1001, 1002))
    desk.say_row(1001, seq=6000, key="999999", subject="Asked again")
    expect(desk.page.locator(ROW.format(1001))).to_contain_text("Asked again")
    assert desk.numbers() == ["1002", "1001"]


def test_an_older_row_never_replaces_a_newer_one(desk: Desk) -> None:
    desk.open_queue(rows=some(1001))
    desk.say_row(1001, seq=6002, subject="The newer words")
    desk.say_row(1001, seq=6001, subject="The older words")
    desk.say_row(1002, seq=6003)
    expect(desk.page.locator(ROW.format(1002))).to_be_visible()
    expect(desk.page.locator(ROW.format(1001))).to_contain_text("The newer words")


def test_a_row_that_is_gone_does_not_come_back_by_an_older_frame(desk: Desk) -> None:
    desk.open_queue(rows=some(1001, 1002))
    desk.say_gone(1001, seq=6002)
    desk.say_row(1001, seq=6001)
    desk.say_row(1003, seq=6003)
    expect(desk.page.locator(ROW.format(1003))).to_be_visible()
    assert desk.numbers() == ["1002", "1003"]
    desk.say_row(1001, seq=6004)
    expect(desk.page.locator(ROW.format(1001))).to_be_visible()


def test_an_old_goodbye_does_not_take_a_newer_row(desk: Desk) -> None:
    desk.open_queue(rows=[samples.row(1001, seq=7000)])
    desk.say_gone(1001, seq=6000)
    desk.say_row(1002, seq=7001)
    expect(desk.page.locator(ROW.format(1002))).to_be_visible()
    assert desk.numbers() == ["1001", "1002"]


def test_a_row_of_another_view_stays_out(desk: Desk) -> None:
    desk.open_queue(rows=some(1001))
    html = render_to_string("tickets/_row.html", {"row": samples.row(1002)})
    desk.line.say({"seq": 6000, "kind": "x", "ticket": 1002, "row": html, "key": "1", "in": ["queue:mine"], "gone": []})
    desk.say_row(1003, seq=6001)
    expect(desk.page.locator(ROW.format(1003))).to_be_visible()
    assert desk.numbers() == ["1001", "1003"]


def test_rows_that_come_above_do_not_move_the_one_under_the_pointer(desk: Desk) -> None:
    page = desk.open_queue(rows=some(1005, 1006))
    row = page.locator(ROW.format(1006))
    row.hover()
    before = top(row)
    for number in (1001, 1002, 1003):
        desk.say_row(number, seq=6000 + number)
    pill = page.locator("[data-new-rows]")
    expect(pill).to_have_text("3 new")
    assert top(row) == pytest.approx(before, abs=1.5)
    page.mouse.move(1200, 400)
    expect(page.locator(ROW.format(1001))).to_be_in_viewport()
    expect(pill).to_be_hidden()


def test_a_row_taken_from_above_leaves_its_space_until_the_pointer_goes(desk: Desk) -> None:
    page = desk.open_queue(rows=some(1001, 1002, 1003))
    row = page.locator(ROW.format(1003))
    row.hover()
    before = top(row)
    desk.say_gone(1001, seq=6000)
    expect(page.locator(ROW.format(1001))).to_have_count(0)
    assert top(row) == pytest.approx(before, abs=1.5)
    page.mouse.move(1200, 400)
    expect(page.locator("live-list > [data-now-space]")).to_have_count(0)
    page.wait_for_timeout(500)  # it slides there
    assert top(row) < before - 50


def test_a_long_list_that_was_scrolled_stays_where_it_is(desk: Desk) -> None:
    page = desk.open_queue(rows=some(*range(1010, 1040)))
    page.locator(".list-rows").evaluate("element => { element.scrollTop = 700 }")
    row = page.locator(ROW.format(1020))
    before = top(row)
    desk.say_row(1001, seq=6000)
    expect(page.locator("[data-new-rows]")).to_have_text("1 new")
    desk.say_gone(1012, seq=6001)
    expect(page.locator(ROW.format(1012))).to_have_count(0)
    assert top(row) == pytest.approx(before, abs=1.5)
    page.locator("[data-new-rows]").click()
    expect(page.locator(ROW.format(1001))).to_be_in_viewport()
    expect(page.locator("[data-new-rows]")).to_be_hidden()


def test_the_focus_goes_to_the_neighbour_of_a_row_that_is_gone(desk: Desk) -> None:
    page = desk.open_queue(rows=some(1001, 1002))
    page.keyboard.press("j")
    expect(page.locator(ROW.format(1001)).locator("a")).to_be_focused()
    desk.say_gone(1001, seq=6000)
    expect(page.locator(ROW.format(1002)).locator("a")).to_be_focused()


def test_a_row_keeps_the_focus_while_it_changes_and_moves(desk: Desk) -> None:
    page = desk.open_queue(rows=some(1001, 1002, 1003))
    page.keyboard.press("j")
    desk.say_row(1001, seq=6000, key="999999", subject="Asked again")
    expect(page.locator(ROW.format(1001))).to_contain_text("Asked again")
    assert desk.numbers() == ["1002", "1003", "1001"]
    expect(page.locator(ROW.format(1001)).locator("a")).to_be_focused()


def test_j_and_k_move_and_enter_opens(desk: Desk, site: Site) -> None:
    page = desk.open_queue(rows=some(1001, 1002))
    site.pages["/tickets/1002/"] = "<!doctype html><title>Ticket 1002</title>"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(page.locator(ROW.format(1002)).locator("a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tickets/1002/\?view=todo$"))


def test_what_is_mine_is_marked_in_the_browser(desk: Desk) -> None:
    page = desk.open_queue(rows=some(1001))
    desk.say_row(1002, seq=6000, assignee={"id": "ana", "name": "Ana"})
    expect(page.locator(ROW.format(1002)).locator(".row-assignee")).to_be_visible()
    desk.say_row(1002, seq=6001, assignee={"id": "ben", "name": "Ben"})
    expect(page.locator(ROW.format(1002)).locator(".row-assignee")).to_be_hidden()


def test_after_a_resync_the_list_is_what_a_fresh_load_shows(desk: Desk, site: Site) -> None:
    page = desk.open_queue(rows=some(1001, 1002, 1003))
    desk.say_row(1004, seq=6010, subject="Newer than the fetch")
    expect(page.locator(ROW.format(1004))).to_be_visible()
    fresh = samples.queue_page(
        rows=[samples.row(1002, seq=6001, subject="Changed meanwhile"), samples.row(1005)], seq=6005
    )
    site.pages["/queue/todo/rows/"] = render_to_string("tickets/_rows.html", fresh)
    desk.line.say({"resync": True, "seq": 6005})
    expect(page.locator(ROW.format(1005))).to_be_visible()
    expect(page.locator(ROW.format(1002))).to_contain_text("Changed meanwhile")
    wait_for(lambda: desk.numbers() == ["1002", "1004", "1005"])


def test_a_list_that_goes_on_does_not_take_rows_after_its_end(desk: Desk) -> None:
    page = desk.open_queue(rows=some(1001, 1003), more_url="?page=2")
    desk.say_row(1009, seq=6000)
    desk.say_row(1002, seq=6001)
    expect(page.locator(ROW.format(1002))).to_be_visible()
    assert desk.numbers() == ["1001", "1002", "1003"]


def test_an_empty_list_says_so_and_fills_by_itself(desk: Desk) -> None:
    page = desk.open_queue(rows=[])
    expect(page.get_by_text("Nothing to do")).to_be_visible()
    desk.say_row(1001, seq=6000)
    expect(page.get_by_text("Nothing to do")).to_be_hidden()


def test_counts_follow_the_feed(desk: Desk) -> None:
    page = desk.open_queue()
    desk.line.say(
        {"seq": 6000, "kind": "x", "ticket": 1, "in": [], "gone": [], "counts": {"queue:todo": 20, "queue:mine": 0}}
    )
    expect(page.locator(".rail [data-count='queue:todo']")).to_have_text("20")
    expect(page.locator(".rail [data-count='queue:mine']")).to_have_text("")


def test_who_looks_and_who_writes_is_shown_but_not_oneself(desk: Desk) -> None:
    page = desk.open_queue(rows=some(1001))
    ben, ana = {"id": "ben", "name": "Ben"}, {"id": "ana", "name": "Ana"}
    desk.line.say({"presence": {"ticket": 1001, "viewing": [ben, ana], "typing": []}})
    presence = page.locator("[data-presence='1001']")
    expect(presence).to_have_text("Ben")
    expect(presence.get_by_label("looking")).to_be_visible()
    desk.line.say({"presence": {"ticket": 1001, "viewing": [ben], "typing": [ben]}})
    expect(presence.get_by_label("writing")).to_be_visible()
    desk.line.say({"presence": {"ticket": 1001, "viewing": [], "typing": [], "claim": ben}})
    expect(presence.get_by_label("has it")).to_be_visible()
    desk.line.say({"presence": {"ticket": 1001, "viewing": [], "typing": [], "claim": ana}})
    expect(presence).to_be_empty()
    desk.line.say({"presence": {"ticket": 1001, "viewing": [ben], "typing": [ben]}})
    desk.say_row(1001, seq=6000, subject="Changed")
    expect(page.locator(ROW.format(1001))).to_contain_text("Changed")
    expect(presence).to_have_text("Ben")


def test_new_tickets_are_announced_together(desk: Desk) -> None:
    page = desk.open_queue(rows=some(1001))
    desk.say_row(1002, seq=6000)
    desk.say_row(1003, seq=6001)
    expect(page.locator("#announcer")).to_have_text("2 new tickets in To do")


def test_a_narrowed_list_asks_what_belongs_to_it_before_a_row_moves(desk: Desk, site: Site) -> None:
    """Of what changed, 1002 belongs here, 1009 never did and 1001 no longer does; 1003 was not asked about and stays."""
    narrowed = {**samples.VIEW, "asks": True}
    page = desk.open_queue(rows=some(1001, 1003), view=narrowed)
    answer = samples.queue_page(rows=[samples.row(1002, seq=6001)], seq=6005, view=narrowed)
    site.pages["/queue/todo/rows/"] = render_to_string("tickets/_rows.html", answer)
    for number in (1002, 1009, 1001):
        desk.say_row(number, seq=6001)
    expect(page.locator(ROW.format(1002))).to_be_visible()
    wait_for(lambda: desk.numbers() == ["1002", "1003"])
