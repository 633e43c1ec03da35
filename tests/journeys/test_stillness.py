"""Nothing jumps: not while a page of the desk loads, not when tickets arrive, change their place or leave."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import stillness
from tests.journeys.house import House, badge, row

pytestmark = pytest.mark.journey


def watched(house: House, path: str, **wishes: object) -> Page:
    page = house.desk_of("ana", "/notices/", **wishes)
    stillness.watch(page)
    page.goto(house.origin + path)
    expect(badge(page)).to_have_text("Live")
    return page


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_nothing_moves_while_the_list_loads_and_when_rows_come_and_go(house: House, motion: str) -> None:
    house.writes_in(drafted=False, ai_consent=False)
    page = watched(house, "/queue/all/", reduced_motion=motion)
    number = house.writes_in(drafted=False, ai_consent=False)
    expect(row(page, number)).to_be_visible()
    other = house.writes_in(drafted=False, ai_consent=False)
    expect(row(page, other)).to_be_visible()
    # It moves to the top, and the counts beside the list change.
    note = {"body": "He called us.", "from": "agent", "internal": True}
    assert house.stack.ben.call("POST", f"tickets/{number}/messages/", note).status == 201
    expect(page.locator("live-list > [data-ticket]").first).to_have_attribute("data-ticket", str(number))
    assert stillness.shifts(page) == []


def test_nothing_moves_while_a_ticket_loads_and_its_draft_arrives(house: House) -> None:
    number = house.writes_in(drafted=False)
    page = watched(house, f"/tickets/{number}/")
    expect(page.get_by_role("button", name="Approve and send")).to_be_visible()
    moved = [shift for shift in stillness.shifts(page) if "live-list" in str(shift) or "row" in str(shift)]
    assert moved == []
