"""The staff of the demo shop and their teams."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password

from accounts.actions import add_person, add_team, join_team
from accounts.models import Membership, Person, Team
from conversations.demo.content import content
from conversations.tickets.kinds import DemoImported
from desk.actions import Actor, action, record

PASSWORD = "demo"  # noqa: S105 - known to everybody, and refused outside the demo


@action("demo.imported")
def import_people(*, by: Actor) -> None:
    """Add everybody who is not here yet, all with the password of the demo, and put them into their teams.

    The password is hashed once for all: hashing is slow on purpose, and nine times it would be most of the first start.
    """
    wanted = content("people")
    here = {person.email: person for person in Person.objects.all()}
    added = [
        add_person(
            email=row["email"], name=row["name"], roles=row["roles"], password=None, languages=row["languages"], by=by
        )
        for row in wanted["people"]
        if row["email"] not in here
    ]
    Person.objects.filter(pk__in=[person.pk for person in added]).update(password=make_password(PASSWORD))
    here |= {person.email: person for person in added}
    teams = {team.name: team for team in Team.objects.all()}
    for row in wanted["teams"]:
        if row["name"] not in teams:
            teams[row["name"]] = add_team(name=row["name"], lead=here[row["lead"]], by=by)
    joined = set(Membership.objects.values_list("team_id", "person_id"))
    for row in wanted["people"]:
        for name in row["teams"]:
            if (teams[name].pk, here[row["email"]].pk) not in joined:
                join_team(teams[name], here[row["email"]], by=by)
    record(DemoImported(what="people", rows=len(added)), by=by, subject="demo:people")
