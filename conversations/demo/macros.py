"""The texts that the staff of the demo shop keep."""

from __future__ import annotations

from accounts.models import Team
from conversations.demo.content import content
from conversations.knowledge.actions import Wording, save_macro
from conversations.knowledge.models import Macro
from conversations.tickets.kinds import DemoImported
from desk.actions import Actor, action, record


@action("demo.imported")
def import_macros(*, by: Actor) -> None:
    """Keep every macro that is not here yet; what somebody changed meanwhile stays as they want it."""
    here = set(Macro.objects.values_list("shortcut", "language"))
    missing = [row for row in content("macros") if (row["shortcut"], row["language"]) not in here]
    teams = {team.name: f"team:{team.pk}" for team in Team.objects.all()}
    for row in missing:
        wording = Wording(
            name=row["name"],
            shortcut=row["shortcut"],
            body=row["body"],
            language=row["language"],
            audience=teams.get(row["team"], "everyone"),
        )
        save_macro(wording, by=by)
    record(DemoImported(what="macros", rows=len(missing)), by=by, subject="demo:macros")
