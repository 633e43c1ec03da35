"""What a process keeps of what it read: once, until an entry bears on it, and never of another ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import gettext_lazy

from accounts.actions import add_team
from conversations.tickets.actions import add_note
from desk import kept
from desk.actions import SYSTEM
from desk.kept import Kept, furniture, look
from desk.ledger.models import Entry
from tests.cast import Cast


@pytest.fixture
def by_thread() -> Kept[str, int]:
    return Kept(forget=lambda values, entry: values.pop(entry.thread, None), most=3)


def test_a_value_is_loaded_once_and_again_after_an_entry_that_bears_on_it(
    cast: Cast, by_thread: Kept[str, int]
) -> None:
    one, two = cast.ticket(), cast.ticket()
    asked: list[list[str]] = []

    def load(keys: list[str]) -> dict[str, int]:
        asked.append(keys)
        return {key: len(asked) for key in keys}

    def get() -> dict[str, int]:
        return by_thread.get([one.ref, two.ref], look(), load)

    assert get() == get() == {one.ref: 1, two.ref: 1}
    add_note(one, text="Look here.", by=cast.ana.actor())
    assert get() == {one.ref: 2, two.ref: 1}
    assert asked == [[one.ref, two.ref], [one.ref]]


def test_what_was_loaded_before_others_read_on_is_not_kept(cast: Cast, by_thread: Kept[str, int]) -> None:
    ticket, earlier = cast.ticket(), look()
    add_note(ticket, text="Meanwhile.", by=cast.ana.actor())
    look()
    assert by_thread.one(ticket.ref, earlier, lambda: 1) == 1
    assert by_thread.one(ticket.ref, look(), lambda: 2) == 2


def test_of_another_ledger_nothing_is_known(
    cast: Cast, by_thread: Kept[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = cast.ticket()
    assert by_thread.one(ticket.ref, look(), lambda: 1) == 1
    # A backup was restored: the ledger goes as far as before, and its last entry is another one.
    monkeypatch.setattr(kept, "_place", kept._Place(kept._place.seq, datetime(2020, 1, 1, tzinfo=UTC)))
    assert by_thread.one(ticket.ref, look(), lambda: 2) == 2
    assert kept._place.at == Entry.objects.latest("seq").at
    # Or it goes less far.
    monkeypatch.setattr(kept, "_place", kept._Place(kept._place.seq + 5, kept._place.at))
    assert by_thread.one(ticket.ref, look(), lambda: 3) == 3


def test_no_more_is_kept_than_there_is_room_for(cast: Cast, by_thread: Kept[str, int]) -> None:
    moment = look()
    for key in "abcd":
        by_thread.one(key, moment, lambda: 1)
    assert len(by_thread._values) <= 3


def test_who_is_far_behind_forgets_all(cast: Cast, by_thread: Kept[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_AT_ONCE", 1)
    by_thread.one("other", look(), lambda: 1)
    cast.ticket()
    assert by_thread.one("other", look(), lambda: 2) == 2


def test_furniture_is_as_old_as_the_last_entry_about_the_desk(cast: Cast) -> None:
    cast.ticket()  # the first one brings the desk's settings along
    assert furniture.one("chairs", look(), lambda: 1) == 1
    cast.ticket()
    assert furniture.one("chairs", look(), lambda: 2) == 1
    add_team(name="Repairs", lead=None, by=SYSTEM)
    assert furniture.one("chairs", look(), lambda: 2) == 2


def part(**values: Any) -> str:
    names = " ".join(f"{name}={name}" for name in values)
    template = Template("{% load kept %}{% kept 'components/account_menu.html' " + names + " %}")
    return str(template.render(Context({**values, "csrf_token": "of-this-answer"})))


def test_a_part_depends_on_its_values_and_the_language_and_has_the_token_of_its_answer() -> None:
    ana, ben = part(name="Ana", email="a@x.test"), part(name="Ben", email="b@x.test")
    assert "Account of Ana" in ana
    assert "Account of Ben" in ben
    assert ana.count('value="of-this-answer"') == 2
    assert part(name=gettext_lazy("Desk")) == part(name="Desk")
    with translation.override("de"):
        assert "Account of Ana" not in part(name="Ana", email="a@x.test")
    assert "&lt;b&gt;" in part(name="<b>")


def test_what_is_not_equal_by_what_is_in_it_decides_no_part() -> None:
    with pytest.raises(TypeError, match="AnonymousUser cannot decide"):
        part(name=AnonymousUser())
