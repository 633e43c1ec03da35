"""Every page: nothing that axe finds, in light and dark, wide and on a phone; no sideways scrolling; the keyboard gets everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.house import House
from tests.journeys.places import Places, public_pages, staff_pages

pytestmark = pytest.mark.journey

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Roles add up: one person who may see every page of staff.
ALL_ROLES = ["agent", "supervisor", "admin", "auditor"]
EXPECTED = r"status of (400|403|404|409)"


@pytest.fixture(scope="module")
def arranged() -> dict[str, Places]:
    return {}


@pytest.fixture
def places(house: House, arranged: dict[str, Places]) -> Places:
    """Arranged by the first journey that asks."""
    if "here" not in arranged:
        arranged["here"] = Places.arranged(house)
    house.ear.expect(EXPECTED)
    return arranged["here"]


def shown(house: House, places: Places, **wishes: Any) -> Iterator[tuple[str, Page]]:
    """Every page, staff's and public ones, each by its name."""
    staff = house.desk_of("sam", **wishes)
    for name in staff_pages(places, staff, house):
        yield name, staff
    public = house.page(**wishes)
    for name in public_pages(places, public, house):
        yield name, public


def test_axe_finds_nothing_in_light_and_dark_wide_and_on_a_phone(house: House, places: Places) -> None:
    found = {}
    for name, page in shown(house, places):
        for width, scheme in ((1440, "light"), (1440, "dark"), (390, "dark"), (390, "light")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            results = Axe().run(page, options=RULES).response["violations"]
            if results:
                found[f"{name}, {scheme}, {width}"] = [
                    (one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in results
                ]
    assert not found
