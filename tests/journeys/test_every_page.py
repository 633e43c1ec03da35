"""Every page: nothing that axe finds, in light and dark, wide and on a phone; no sideways scrolling; the keyboard gets everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from conversations.tickets.built_in import VIEWS
from tests.journeys.house import House
from tests.journeys.places import Places, admin_pages, public_pages, staff_pages

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    # Else axe asks the desk for every stylesheet once more, and for those of layers where there are none: 19 requests a page.
    "preload": False,
}
LOOK = """(rules) => axe.run(document, rules).then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | ")}`))"""
# Empty, or the elements that stick out of the page.
SIDEWAYS = """() => { const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return "";
  const clipped = (one) => one && one !== document.body && (getComputedStyle(one).overflowX !== "visible" || clipped(one.parentElement));
  return [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > clientWidth + 1 && !clipped(one.parentElement))
    .map((one) => `${one.localName}.${one.className} ${Math.round(one.getBoundingClientRect().right)}`).slice(0, 5).join(", "); }"""
TWICE_AS_LARGE = """() => { const root = document.documentElement;
  root.style.fontSize = `${2 * parseFloat(getComputedStyle(root).fontSize)}px`; }"""
# The further views of the queue differ in their rows alone; the API's page is long and made of the same few parts.
ONE_WAY_DOES = {"API", *(f"queue {view}" for view in VIEWS if view != "todo")}
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
WAYS = ((WIDE, "light"), (PHONE, "dark"), (WIDE, "dark"), (PHONE, "light"))
"""In the tests of each day every page is looked at in the next of these, and of the queue's views one."""


@pytest.fixture(scope="module")
def arranged() -> dict[str, Places]:
    return {}


@pytest.fixture
def places(house: House, arranged: dict[str, Places]) -> Places:
    """Arranged by the first journey that asks."""
    if "here" not in arranged:
        arranged["here"] = Places.arranged(house)
    house.ear.expect(r"status of (400|403|404|409)")
    return arranged["here"]


def shown(house: House, places: Places, *, views: Iterable[str] = VIEWS) -> Iterator[tuple[str, Page]]:
    """Every page, those of staff and the public ones, each by its name."""
    staff = house.desk_of("sam")
    for name in staff_pages(places, staff, house, views=views):
        yield name, staff
    admin = house.desk_of("ada")
    for name in admin_pages(admin, house):
        yield name, admin
    public = house.page()
    for name in public_pages(places, public, house):
        yield name, public


def told(found: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {what}" for name, what in found.items() if what)


def looked_at(page: Page, *, size: dict[str, int], scheme: Any) -> list[str]:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(LOOK, RULES)
    return found


def sideways(page: Page) -> str:
    """What sticks out of the page on the smallest screen, also with letters twice as large."""
    page.set_viewport_size({"width": 320, "height": 800})
    found: str = page.evaluate(SIDEWAYS)
    page.evaluate(TWICE_AS_LARGE)
    larger: str = page.evaluate(SIDEWAYS)
    return "; ".join(filter(None, (found, larger and f"letters twice as large: {larger}")))


def test_axe_finds_nothing_and_nothing_scrolls_sideways(house: House, places: Places) -> None:
    # What looks here puts a style of its own into the page for a moment.
    house.ear.expect("style-src")
    found: dict[str, Any] = {}
    for (name, page), (size, scheme) in zip(shown(house, places, views=("todo",)), cycle(WAYS)):
        found[f"{name}, {size['width']}, {scheme}"] = looked_at(page, size=size, scheme=scheme)
        found[f"{name}, sideways"] = sideways(page)
    assert not any(found.values()), told(found)


@pytest.mark.long
def test_axe_finds_nothing_on_any_screen_in_light_and_dark(house: House, places: Places) -> None:
    house.ear.expect("style-src")
    found: dict[str, Any] = {}
    for name, page in shown(house, places):
        for size, scheme in WAYS[:1] if name in ONE_WAY_DOES else WAYS:
            found[f"{name}, {size['width']}, {scheme}"] = looked_at(page, size=size, scheme=scheme)
    assert not any(found.values()), told(found)


FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const lit = (one) => one && getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) > 0;
  const box = element.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {
    what: element.outerHTML.slice(0, 120),
    last: element === [...document.querySelectorAll("a[href], button, input, textarea, select, summary, [tabindex='0']")]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.type !== "hidden").at(-1),
    lit: Boolean(lit(element) || lit(element.nextElementSibling) || lit(element.closest(".row"))) && inside,
  };
}"""


def walked(page: Page) -> list[str]:
    """Tab by Tab from the top to the last thing that can have the focus; those whose focus cannot be seen."""
    unseen = []
    for _step in range(400):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found is None:
            continue
        if not found["lit"]:
            unseen.append(found["what"])
        if found["last"]:
            return unseen
    raise AssertionError(f"The focus never came to the end of {page.url}; it is at {found and found['what']}")


@pytest.mark.parametrize(
    "path",
    [
        "/tickets/{drafted}/",
        "/tickets/{for_people}/",
        "/ledger/",
        *(
            pytest.param(path, marks=pytest.mark.long)
            for path in (
                "/queue/todo/",
                "/tickets/{drafted}/?mode=reject",
                "/settings/",
                "/ledger/compare/",
                "/ledger/verify/",
            )
        ),
    ],
)
def test_the_keyboard_gets_everywhere_and_is_seen(house: House, places: Places, path: str) -> None:
    page = house.desk_of("sam", path.format(drafted=places.drafted, for_people=places.for_people))
    assert not walked(page)


def test_customers_get_everywhere_by_keyboard_too(house: House, places: Places) -> None:
    page = house.page()
    for address in (f"{house.origin}/accounts/login/", f"{house.origin}/help/new/", house.link_of(places.said_wrong)):
        page.goto(address)
        page.evaluate("() => document.activeElement.blur()")
        assert not walked(page), address


def test_the_first_tab_skips_to_the_content(house: House, places: Places) -> None:
    for page in (house.desk_of("sam", "/queue/"), house.page()):
        if page.url == "about:blank":
            page.goto(f"{house.origin}/help/new/")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the content")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
