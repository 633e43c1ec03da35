"""Every page that there is, and how to come there: what is looked at for everybody, on any screen, in light and dark."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from conversations.tickets.built_in import VIEWS
from tests.attachments.samples import PDF, image
from tests.journeys.house import House

# A short list: the long one is looked at by itself.
BESIDE = "view=snoozed"


@dataclass(frozen=True)
class Places:
    """Tickets in the states that have a look of their own."""

    drafted: int
    for_people: int
    troubled: int
    said_wrong: int

    @classmethod
    def arranged(cls, house: House) -> Places:
        """One of each; the wrong and the troubled one come about on their real ways."""
        for_people = house.writes_in(
            drafted=False,
            customer={"email": "paul@example.com", "name": "Paul Bauer"},
            ai_consent=False,
            subject="Keine Maschine, bitte",
            language="de",
            body="Bitte antwortet mir selbst.",
        )
        said_wrong, troubled = (
            house.writes_in(subject="Reply that is wrong", attachments=files(house)),
            house.writes_in(subject="Reply that got lost"),
        )
        answered(house, said_wrong)
        house.reply_to(house.customer_of(said_wrong))
        house.stack.mail.behaviour.answers = {"dot": "drop"}
        answered(house, troubled)
        house.eventually(lambda: house.lane(troubled) == "trouble", what="a reply is in trouble", within=25)
        house.stack.mail.behaviour.answers = {}
        customer = house.page()
        customer.goto(house.link_of(said_wrong))
        customer.get_by_text("This is wrong", exact=True).click()
        customer.get_by_label("What is wrong with it?").fill("I never ordered a tent.")
        customer.get_by_role("button", name="Tell a person").click()
        expect(customer.get_by_text("A person is looking into it.")).to_be_visible()
        house.post_box()
        return cls(
            house.writes_in(subject="Reply with a draft", attachments=files(house)), for_people, troubled, said_wrong
        )


def files(house: House) -> list[str]:
    """A picture, a document, and one with a long name."""
    return [
        house.uploaded("photo.png", image(size=(900, 600))),
        house.uploaded("bill.pdf", PDF),
        house.uploaded("Rechnung-und-alles-was-dazu-gehört-" * 3 + ".pdf", PDF),
    ]


def follow(page: Page, where: Locator) -> None:
    """Click on what leads to another page, and be there."""
    with page.expect_navigation():
        where.click()


def answered(house: House, number: int) -> None:
    answer = house.stack.ben.approve(house.ticket(number)["draft"]["id"])
    assert answer.status == 200, answer


def staff_pages(places: Places, page: Page, house: House, *, views: Iterable[str] = VIEWS) -> Iterator[str]:
    """Opens one page of staff after the other, of the queue these views; yields the name of each."""

    def at(path: str) -> None:
        page.goto(house.origin + path)

    for view in views:
        at(f"/queue/{view}/")
        yield f"queue {view}"
    at("/queue/all/?q=nothing-is-called-so")
    yield "nothing found"
    at("/queue/todo/?priority=normal&tag=nothing-is-called-so")
    page.locator(".list-filter summary").first.click()
    yield "filters"
    page.keyboard.press("Escape")
    page.locator(".list-filter summary").last.click()
    page.get_by_label("Name of the view").fill("Nothing")
    follow(page, page.get_by_role("button", name="Save view", exact=True))
    yield "saved view"
    at("/queue/views/")
    page.locator(".saved-views summary").first.click()
    yield "saved views"
    for name, number in (
        ("draft", places.drafted),
        ("no draft", places.for_people),
        ("trouble", places.troubled),
        ("concern", places.said_wrong),
    ):
        at(f"/tickets/{number}/?{BESIDE}")
        yield f"ticket with {name}"
    for mode in ("edit", "reject", "write", "note", "hand_over"):
        at(f"/tickets/{places.drafted}/?{BESIDE}&mode={mode}")
        yield f"ticket, {mode}"
    at(f"/tickets/{places.drafted}/?{BESIDE}")
    page.keyboard.press("z")
    yield "ticket, a menu open"
    at("/queue/todo/")
    page.locator(f'[data-ticket="{places.troubled}"]').get_by_role("checkbox").check()
    page.keyboard.press("t")
    yield "rows selected, a menu open"
    at("/queue/todo/")
    page.locator(f'[data-ticket="{places.troubled}"]').get_by_role("checkbox").check()
    page.keyboard.press("!")
    expect(page.locator("#outcome")).to_contain_text("stays as it was")
    yield "what was refused of many"
    at(f"/tickets/{places.troubled}/")
    follow(page, page.get_by_role("link", name="Say what happened").first)
    yield "resolve"
    at(f"/tickets/{places.drafted}/")
    follow(page, page.get_by_role("link", name=re.compile("What the model saw|see what left")).first)
    yield "what the model saw"
    at(f"/tickets/{places.said_wrong}/drafts/")
    yield "drafts"
    at(f"/tickets/{places.said_wrong}/")
    page.keyboard.press("i")
    expect(page.locator("#customer-card")).to_have_attribute("open", "")
    yield "ticket, the customer open"
    follow(page, page.locator("#customer-card a").last)
    yield "customer"
    at(f"/tickets/{places.said_wrong}/evidence/")
    yield "evidence"
    at(f"/tickets/{places.for_people}/")
    page.keyboard.press("i")
    follow(page, page.locator("#customer-card a").last)
    follow(page, page.get_by_role("link", name="Their data"))
    yield "customer's data"
    page.get_by_label("The customer has asked for it").check()
    follow(page, page.get_by_role("button", name="Erase this customer"))
    yield "customer to be erased"
    at("/privacy/requests/")
    yield "privacy requests"
    follow(page, page.get_by_role("button", name="They want to stay"))
    at(f"/tickets/{places.said_wrong}/timeline/")
    yield "timeline"
    at(f"/tickets/{places.said_wrong}/timeline/?before=1")
    yield "empty timeline"
    at(f"/tickets/{places.drafted}/merge/?into={places.for_people}")
    follow(page, page.get_by_role("button", name="Merge"))
    yield "merging tickets of two customers"
    yield from _merged_and_split(places, page, house)
    at("/notices/")
    yield "notices"
    at("/settings/tokens/")
    yield "tokens"
    for path in ("preferences", "macros", "macros/new"):
        at(f"/settings/{path}/")
        yield path
    at("/queue/todo/")
    page.keyboard.press("Control+k")
    yield "commands"
    at("/ledger/")
    page.locator(".entry summary").first.click()
    yield "ledger"
    yield from _ledger(page, house)
    at("/ledger/?kind=draft.approved&since=2999-01-01")
    yield "empty ledger"
    at("/settings/")
    yield "settings"
    at("/settings/redaction/")
    yield "redaction"
    at("/settings/flags/")
    yield "flags"
    at("/settings/people/")
    yield "people"
    at("/api/docs/")
    yield "API"
    at("/tickets/999999/")
    yield "404"
    at(f"/tickets/{places.drafted}/?{BESIDE}")
    page.evaluate("() => { document.querySelector('#decide-form [name=version]').value = 1; }")
    page.get_by_role("button", name="Approve and send").click()
    expect(page.get_by_role("alert")).to_contain_text("This has moved underneath you")
    yield "409"


def admin_pages(page: Page, house: House) -> Iterator[str]:
    """What administrators alone may change."""

    def at(path: str) -> None:
        page.goto(f"{house.origin}/settings/{path}/")

    for path in ("knowledge", "knowledge/import", "lookups", "lookups/new", "redaction", "models", "models/budget"):
        at(path)
        yield path
    at("models/providers")
    yield "providers"
    yield from _model_settings(page, at)
    at("knowledge/new")
    page.get_by_label("Title").fill(f"Bells {time.time_ns()}")
    page.get_by_label("Text", exact=True).fill("## Ringing\n\nRing **twice**.\n\n- once\n- twice")
    follow(page, page.get_by_role("button", name="Preview"))
    yield "article with its preview"
    follow(page, page.get_by_role("button", name="Save a version"))
    yield "article"
    follow(page, page.get_by_role("link", name="version 1").last)
    yield "version of an article"
    page.go_back()
    follow(page, page.get_by_role("link", name="Replies that relied on it"))
    yield "replies that relied on an article"


def _model_settings(page: Page, at: Callable[[str], None]) -> Iterator[str]:
    """A question to try versions on, a version, and how it did."""
    at("models/cases")
    page.get_by_text("Keep another question").click()
    for label, words in (
        ("Subject", "Boots"),
        ("Question", "When will my refund be paid to my payment method?"),
        ("Articles that answer it", "refunds-and-returns"),
    ):
        page.get_by_label(label, exact=True).fill(words)
    follow(page, page.get_by_role("button", name="Keep it", exact=True))
    yield "questions for versions"
    at("models/new")
    page.get_by_label("Name", exact=True).fill("Warmer words")
    page.get_by_label("What it is for").fill("Replies read cold.")
    yield "new version of the model settings"
    follow(page, page.get_by_role("button", name="Keep this version"))
    yield "version of the model settings"
    follow(page, page.get_by_role("button", name="Evaluate it"))
    yield "evaluation"


def _ledger(page: Page, house: House) -> Iterator[str]:
    """The pages around the explorer."""

    def at(path: str) -> None:
        page.goto(f"{house.origin}/ledger/{path}")

    at("outside/")
    yield "for outsiders"
    at("?kind=ticket&customer=nobody@example.com")
    yield "ledger, what cannot be looked for"
    at("?kind=ticket")
    page.get_by_text("Saved searches").click()
    page.get_by_label("Name of this search").fill("Tickets")
    follow(page, page.get_by_role("button", name="Keep this search"))
    page.get_by_text("Saved searches").click()
    yield "ledger, a search kept"
    at("kinds/")
    yield "kinds of entries"
    at("kinds/message.received/")
    yield "a kind of entry"
    at("verify/")
    follow(page, page.get_by_role("button", name="Verify now"))
    expect(page.get_by_role("heading", name="The ledger holds")).to_be_visible(timeout=20_000)
    yield "verified"
    at("verify/")
    yield "verifications"
    at("checkpoints/")
    yield "no checkpoints"
    at("compare/")
    yield "compare"
    page.get_by_label("Checkpoint", exact=True).fill("no checkpoint")
    follow(page, page.get_by_role("button", name="Compare"))
    yield "compared with something else"
    note = house.checkpoint()
    at("checkpoints/")
    page.locator(".entry summary").first.click()
    yield "checkpoints"
    at("compare/")
    page.get_by_label("Checkpoint", exact=True).fill(note)
    follow(page, page.get_by_role("button", name="Compare"))
    expect(page.locator("[data-verdict=same], [data-verdict=holds]")).to_be_visible()
    yield "compared with what was kept"


def _merged_and_split(places: Places, page: Page, house: House) -> Iterator[str]:
    """One customer with two matters, told apart and put together."""
    person = {"email": "mona@example.com", "name": "Mona Lind"}
    one, other = (house.writes_in(drafted=False, ai_consent=False, customer=person) for _ in range(2))
    house.stack.shop.call("POST", f"tickets/{other}/messages/", {"body": "And my voucher?", "from": "customer"})
    page.goto(f"{house.origin}/tickets/{other}/?{BESIDE}")
    follow(page, page.get_by_role("link", name="Own ticket").last)
    yield "split"
    page.goto(f"{house.origin}/tickets/{other}/merge/")
    page.get_by_role("radio").first.check()
    yield "merge"
    follow(page, page.get_by_role("button", name="Merge"))
    yield "ticket that another was merged into"
    page.goto(f"{house.origin}/tickets/{other}/?{BESIDE}")
    yield "merged ticket"
    page.goto(f"{house.origin}/queue/all/?q=from:mona@example.com")
    page.locator(f'[data-ticket="{one}"]').get_by_role("checkbox").check()
    page.get_by_label("Every ticket of this list").check()
    page.keyboard.press("p")
    follow(page, page.locator("#bulk-menu-priority").get_by_role("button", name="High"))
    expect(page.locator("[data-at-work]")).to_have_count(0)
    yield "every ticket of a list"


def public_pages(places: Places, page: Page, house: House) -> Iterator[str]:
    """The same for everybody else."""

    def at(path: str) -> None:
        page.goto(house.origin + path)

    at("/accounts/login/")
    yield "sign-in"
    at("/help/")
    yield "help"
    follow(page, page.locator(".portal-articles a").first)
    yield "article"
    at("/help/new/")
    yield "new request"
    follow(page, page.get_by_role("button", name="Send"))
    yield "new request refused"
    page.get_by_label("Your mail address").fill("tess@example.com")
    page.get_by_label("Your message").fill("Where is my parcel?")
    follow(page, page.get_by_role("button", name="Send"))
    yield "thanks"
    at("/help/trust/")
    yield "trust"
    page.goto(house.link_of(places.said_wrong))
    yield "customer's ticket"
    page.goto(house.link_of(places.for_people))
    yield "customer's ticket, people only"
    at("/help/t/nothing-is-called-so/")
    yield "no such ticket"
    at("/demo/mail/")
    yield "mails"
    follow(page, page.locator(".letter a").first)
    yield "mail"
    page.goto(house.link_of(places.drafted))
    page.context.clear_cookies()
    follow(page, page.get_by_role("button", name="I want a person"))
    yield "403, the form has expired"
