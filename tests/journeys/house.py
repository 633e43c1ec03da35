"""What a journey has at hand: a whole desk, a browser for everybody who takes part, and customers who write in."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from playwright.sync_api import BrowserContext, Locator, Page, StorageState, expect

from tests.chaos.stack import Stack
from tests.journeys.browsing import PATIENCE, Ear, Profiles, sign_in

expect.set_options(timeout=PATIENCE)
UNDO_SECONDS = 5
QUESTION = "Hello, when will my refund be paid to my payment method? The parcel reached your warehouse two weeks ago. Order NO-48211."
_numbers = itertools.count(1)


class House:
    """One journey. Pages that it opens are closed, and their errors counted, at its end."""

    def __init__(
        self, stack: Stack, profiles: Profiles, *, mail_folder: Path, signed_in: dict[str, StorageState]
    ) -> None:
        self.stack, self.ear = stack, Ear()
        self._profiles, self._mail_folder, self._signed_in = profiles, mail_folder, signed_in
        self._contexts: list[BrowserContext] = []

    @property
    def origin(self) -> str:
        return self.stack.origin

    def page(self, **wishes: Any) -> Page:
        """Somebody's browser, not signed in."""
        context = self._profiles.lend(self.ear, **wishes)
        self._contexts.append(context)
        return context.new_page()

    def desk_of(self, who: str, path: str = "/queue/", *, anew: bool = False, **wishes: Any) -> Page:
        """The browser of somebody of the cast, signed in, at this page; `anew` with a session of its own."""
        if anew or who not in self._signed_in:
            page = self.page(**wishes)
            sign_in(page, self.origin, f"{who}@desk.test")
            if not anew:
                self._signed_in[who] = page.context.storage_state()
        else:
            page = self.page(storage_state=self._signed_in[who], **wishes)
        page.goto(self.origin + path)
        return page

    def ticket_page(self, who: str, number: int, **more: Any) -> Page:
        page = self.desk_of(who, f"/tickets/{number}/", **more)
        if more.get("java_script_enabled", True):
            expect(badge(page)).to_have_text("Live")
        return page

    def leave(self, page: Page) -> None:
        """The browser of this page is closed, and what it kept is gone."""
        self._contexts.remove(page.context)
        self._profiles.take_back(page.context)

    def close(self) -> None:
        for context in self._contexts:
            self._profiles.take_back(context)

    def last_words(self) -> str:
        """Of each process of the desk, for somebody who wonders what went wrong."""
        logs = {
            name: program.log.read_text(encoding="utf-8", errors="replace")
            for name, program in self.stack.programs.items()
        }
        return "\n".join(f"--- {name}\n{log[-3000:]}" for name, log in logs.items())

    # --- customers, and what they get ---

    def writes_in(self, *, drafted: bool = True, body: str = QUESTION, **more: object) -> int:
        """The number of a new ticket of a new customer; `drafted` waits for the draft."""
        number = self.stack.shop.opened(f"carla{next(_numbers)}@example.com", body=body, **more)
        if drafted:
            self.eventually(lambda: self.is_drafted(number), what="a draft is before people")
        return number

    def uploaded(self, name: str, content: bytes) -> str:
        """The id of a file that the shop may send along with a ticket."""
        answer = self.stack.shop.call("POST", f"uploads/?name={quote(name)}", raw=content)
        assert answer.status == 201, answer
        return str(answer.body["id"])

    def ticket(self, number: int) -> dict[str, Any]:
        """As the API says it."""
        found: dict[str, Any] = self.stack.ben.call("GET", f"tickets/{number}/").body
        return found

    def is_drafted(self, number: int) -> bool:
        draft = self.ticket(number)["draft"]
        return bool(draft) and draft["state"] == "pending_review"

    def lane(self, number: int) -> str:
        """What the ticket waits for."""
        return str(self._row("SELECT lane FROM tickets_ticket WHERE number = %s", number)[0])

    def draft_state(self, draft: int) -> str:
        return str(self.stack.ben.call("GET", f"drafts/{draft}/").body["state"])

    def ticket_draft(self, number: int) -> int:
        """The id of the newest draft of a ticket, decided or not."""
        (draft,) = self._row("SELECT id FROM drafting_draft WHERE ticket_id = %s ORDER BY id DESC LIMIT 1", number)
        return int(draft)

    def link_of(self, number: int) -> str:
        """The address of the customer's own page."""
        (token,) = self._row("SELECT link_token FROM tickets_ticket WHERE number = %s", number)
        return f"{self.origin}/help/t/{token}/"

    def checkpoint(self) -> str:
        """The newest checkpoint of the ledger, as it was signed; the first who asks makes the key."""
        if not Path(self.stack.environment["LEDGER_KEY"]).exists():
            make = [sys.executable, "manage.py", "ledger", "key", "new"]
            subprocess.run(make, env=dict(self.stack.environment), check=True, capture_output=True, timeout=60)
        count = "SELECT count(*) FROM ledger_checkpoint"
        self.eventually(lambda: self._row(count)[0], what="the ledger is sealed", within=20)
        return str(self._row("SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")[0])

    def customer_of(self, number: int) -> str:
        (address,) = self._row(
            "SELECT email FROM tickets_customer c JOIN tickets_ticket t ON t.customer_id = c.id WHERE number = %s",
            number,
        )
        return str(address)

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What the mail server was handed for this address, in order."""
        return [mail for mail in self.stack.mail.mails if address in str(mail["To"])]

    def reply_to(self, address: str, *, within: float = 25) -> EmailMessage:
        """The first mail to this address that is no automatic notice."""

        def replies() -> list[EmailMessage]:
            return [mail for mail in self.mails_to(address) if "Auto-Submitted" not in mail]

        self.eventually(replies, what=f"a reply goes to {address}", within=within)
        return replies()[0]

    def post_box(self) -> None:
        """Put what went out where the demo's pages of caught mail look for it."""
        for number, raw in enumerate(self.stack.mail.behaviour.contents[-20:]):
            (self._mail_folder / f"20261122T120000.{number:06}Z-{number + 1}.eml").write_bytes(raw)

    def _row(self, statement: str, *values: object) -> tuple[Any, ...]:
        # The test's own Django may not be asked: Playwright's loop runs in this thread.
        with psycopg.connect(self.stack.postgres.url) as connection:
            row = connection.execute(statement, values).fetchone()  # type: ignore[arg-type]
        assert row is not None
        return row

    def eventually(self, condition: Callable[[], Any], *, what: str, within: float = 15) -> None:
        limit = time.monotonic() + within
        while not condition():
            assert time.monotonic() < limit, f"not within {within} s: {what}\n{self.last_words()}"
            time.sleep(0.05)


def badge(page: Page) -> Locator:
    """What says how the socket is."""
    return page.locator("live-feed")


def row(page: Page, number: int) -> Locator:
    return page.locator(f"live-list > [data-ticket='{number}']")


def undo_toast(page: Page, number: int) -> Locator:
    """What counts down while the reply of this ticket can be taken back; a person may have others waiting."""
    return page.locator("undo-toast").filter(has_text=f"#{number} ")


def reply_field(page: Page) -> Locator:
    """Where a draft is edited."""
    return page.get_by_label("Reply", exact=True)


def composer(page: Page) -> Locator:
    """Where a reply of one's own is written."""
    return page.get_by_label(re.compile("^Reply to "))


def rows_of(page: Page) -> list[dict[str, str]]:
    """The list as a reader has it before them: its rows in order, with what they say but for passing time."""
    found: list[dict[str, str]] = page.evaluate(
        """() => [...document.querySelectorAll("live-list > [data-ticket]")].map((row) => {
          const copy = row.cloneNode(true);
          copy.querySelectorAll("time, [data-presence]").forEach((element) => element.remove());
          return { number: row.dataset.ticket, key: row.dataset.key, words: copy.textContent.replace(/\\s+/g, " ").trim() };
        })"""
    )
    return found
