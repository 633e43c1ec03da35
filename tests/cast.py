"""The cast of the tests.

Ana and Ben decide (both in Orders; Ben also in Returns), Sam supervises, Ada administers, Aud audits, Olga has a role but
no team and sees no team's tickets, Carla writes in. None of them has stated a language, so they read all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from accounts.actions import add_person, add_team, issue_token, join_team
from accounts.models import Person, Team
from conversations.models import Article, Customer, Message, Ticket
from conversations.tickets.actions import Opening, open_ticket
from desk.actions import SYSTEM, Actor
from tests.kept_rows import KeptRows

PASSWORD = "demo"
CARLA = "carla@example.com"
FORM = Actor("customer", via="page")
_kept: list[KeptRows] = []


@dataclass
class Cast:
    ana: Person
    ben: Person
    sam: Person
    ada: Person
    aud: Person
    olga: Person
    orders: Team
    returns: Team
    seen: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def enter(cls) -> Cast:
        """In a database where nobody is yet they come as rows, if they were kept; otherwise by their actions."""
        if _kept and _kept[0].fit():
            _kept[0].put()
            people = {person.email.partition("@")[0]: person for person in Person.objects.all()}
            teams = {team.name.lower(): team for team in Team.objects.select_related("lead")}
            return cls(**people, **teams)
        return cls.hired()

    @classmethod
    def keep(cls) -> None:
        """From now on they come as rows. Call it in a fresh database."""
        _kept[:] = [KeptRows.of(cls.hired)]

    @classmethod
    def hired(cls) -> Cast:
        def person(email: str, name: str, *roles: str) -> Person:
            return add_person(email=email, name=name, roles=roles, password=PASSWORD, by=SYSTEM)

        ana, ben = person("ana@desk.test", "Ana Ruiz", "agent"), person("ben@desk.test", "Ben Okafor", "agent")
        sam = person("sam@desk.test", "Sam Lindqvist", "supervisor")
        ada, aud = person("ada@desk.test", "Ada Novak", "admin"), person("aud@desk.test", "Aud Berger", "auditor")
        olga = person("olga@desk.test", "Olga Petrova", "agent")
        orders, returns = add_team(name="Orders", lead=sam, by=SYSTEM), add_team(name="Returns", lead=ben, by=SYSTEM)
        for team, members in ((orders, (ana, ben)), (returns, (ben,))):
            for member in members:
                join_team(team, member, by=SYSTEM)
        return cls(ana, ben, sam, ada, aud, olga, orders, returns)

    def ticket(self, body: str = "Where is my refund? I sent the jacket back two weeks ago.", **more: Any) -> Ticket:
        """Carla writes in."""
        wanted: dict[str, Any] = {
            "subject": "Where is my refund?",
            "email": CARLA,
            "name": "Carla Jones",
            "language": "en",
            "team": self.orders,
            **more,
        }
        return open_ticket(Opening(body=body, **wanted), by=FORM)

    def token(self, person: Person, *scopes: str, service: str = "") -> str:
        return issue_token(person, scopes=scopes, service=service, by=person.actor())[1]

    @property
    def carla(self) -> Customer:
        return Customer.objects.get(email=CARLA)

    @staticmethod
    def last_message(ticket: Ticket) -> Message:
        """What the customer wrote last."""
        return ticket.messages.filter(direction="in").latest("id")

    @staticmethod
    def article(slug: str) -> Article:
        return Article.objects.get(slug=slug)
