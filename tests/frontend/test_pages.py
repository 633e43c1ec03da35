"""Every page: accessible in light and dark, without sideways scrolling on any screen, and working without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.template.loader import render_to_string
from playwright.sync_api import Browser, expect

from tests.frontend import samples
from tests.frontend.site import Site

pytestmark = pytest.mark.journey

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
NOBODY = samples.SimpleNamespace(is_authenticated=False)


class SignIn(forms.Form):
    login = forms.EmailField()
    password = forms.CharField()


def refused_sign_in() -> dict[str, Any]:
    form = SignIn({"login": "nobody", "password": ""})
    form.is_valid()
    form.add_error(None, "That did not work.")
    return {"form": form, "user": NOBODY, "demo": True}


PROBLEM = {
    "title": "Ben was first",
    "detail": "Nothing was sent.",
    "code": "already_decided",
    "status": 409,
    "fields": {"text": "Mine"},
}
TOKENS = [
    {
        "label": "Reports",
        "scopes": ["tickets:read"],
        "created_at": samples.ago(900),
        "expiry": samples.ago(-9000),
        "revoke_url": "/r/",
    }
]
PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "queue": ("tickets/queue.html", samples.queue_page),
    "empty queue": ("tickets/queue.html", lambda: samples.queue_page(rows=[])),
    "ticket": ("tickets/ticket.html", samples.ticket_page),
    "edit": ("tickets/ticket.html", lambda: samples.ticket_page(mode="edit", text="Other words")),
    "reject": ("tickets/ticket.html", lambda: samples.ticket_page(mode="reject")),
    "note": ("tickets/ticket.html", lambda: samples.ticket_page(mode="note")),
    "no draft": (
        "tickets/ticket.html",
        lambda: samples.ticket_page(mode="write", ticket=samples.ticket(draft=None, no_draft_because="opted_out")),
    ),
    "tokens": (
        "accounts/tokens.html",
        lambda: samples.frame(tokens=TOKENS, scopes=[{"value": "decide", "label": "Decide"}]),
    ),
    "problem": ("problem.html", lambda: samples.frame(problem=PROBLEM)),
    "sign-in": ("account/login.html", lambda: {"form": SignIn(), "user": NOBODY, "demo": True}),
    "refused sign-in": ("account/login.html", refused_sign_in),
    "sign-out": ("account/logout.html", lambda: {"user": samples.ANA}),
    "not found": ("404.html", dict),
    "broken": ("500.html", dict),
}


@pytest.fixture
def shown(site: Site) -> Site:
    """Every page of PAGES at `/<its name>/`."""
    for name, (template, context) in PAGES.items():
        site.pages[f"/{name}/"] = render_to_string(template, context())
    return site


# Each day the journeys look at every page with what a whole desk puts there.
@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, shown: Site, scheme: Any) -> None:
    context = browser.new_context(viewport={"width": 1480, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    found = {}
    for name in PAGES:
        page.goto(f"{shown.url}/{name}/")
        results = Axe().run(page, options=RULES).response["violations"]
        if results:
            found[name] = [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in results]
    context.close()
    assert not found


@pytest.mark.long
@pytest.mark.parametrize("width", [320, 390, 800, 1100, 1480, 2560])
def test_no_page_scrolls_sideways(browser: Browser, shown: Site, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    wide = []
    for name in PAGES:
        page.goto(f"{shown.url}/{name}/")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(name)
    context.close()
    assert not wide


def test_no_page_breaks_the_policy(browser: Browser, shown: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    for name in PAGES:
        page.goto(f"{shown.url}/{name}/")
        page.wait_for_timeout(30)
    context.close()
    assert not wrong


def test_the_desk_works_without_script(browser: Browser, shown: Site) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1480, "height": 900})
    page = context.new_page()
    page.goto(f"{shown.url}/ticket/")
    expect(page.get_by_role("link", name="Edit")).to_have_attribute("href", "?mode=edit")
    page.goto(f"{shown.url}/edit/")
    page.get_by_label("Reply", exact=True).fill("Without script")
    page.get_by_role("button", name="Send edited").click()
    context.close()
    assert shown.posted[0][0] == "/tickets/1042/edit/"
    assert "text=Without+script" in shown.posted[0][1]


def test_the_chosen_theme_is_kept_and_wins_over_the_system(browser: Browser, shown: Site) -> None:
    context = browser.new_context(color_scheme="light", viewport={"width": 1480, "height": 900})
    page = context.new_page()
    page.goto(f"{shown.url}/queue/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator(".top summary").click()
    page.get_by_label("Dark").check()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert [(cookie["name"], cookie["value"]) for cookie in context.cookies()] == [("theme", "dark")]
    context.close()
    request = samples.SimpleNamespace(COOKIES={"theme": "dark"})
    assert 'data-theme="dark"' in render_to_string("tickets/queue.html", samples.queue_page(request=request))
    request.COOKIES["theme"] = '"><script>'
    assert "data-theme" not in render_to_string("tickets/queue.html", samples.queue_page(request=request))


def test_hostile_words_stay_words(browser: Browser, site: Site) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>'\""
    row = samples.row(
        1042, customer=evil, subject=evil, last_line=evil, team=evil, assignee={"id": "ana", "name": evil}
    )
    message = {**samples.TIMELINE[0], "text": evil, "from": {"name": evil, "initials": "<b"}}
    context = samples.ticket_page(
        rows=[row], timeline=[message], ticket=samples.ticket(subject=evil, tags=[evil]), text=evil, mode="edit"
    )
    site.pages["/"] = render_to_string("tickets/ticket.html", context)
    page = browser.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(site.url)
    expect(page.locator(".message-text")).to_have_text(evil)
    expect(page.get_by_label("Reply", exact=True)).to_have_value(evil)
    expect(page.locator("main img, main script")).to_have_count(0)
    page.context.close()
    assert not dialogs
