"""How people like the desk: kept with them, only by themselves, and heeded by its pages."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.actions import set_preferences
from accounts.models import Person
from desk.ledger.models import Entry
from desk.problems import Invalid, NotAllowed
from tests.cast import Cast

EVERYTHING = ["open_next", "density", "theme", "keys", "notices", "language"]


@pytest.fixture
def ana(client: Client, cast: Cast) -> Client:
    client.force_login(cast.ana)
    return client


def page_head(client: Client, **headers: str) -> str:
    return client.get("/queue/", headers=headers).content.decode().split("<head>")[0]


def test_what_was_never_touched_is_as_it_is_for_everybody(cast: Cast) -> None:
    assert cast.ana.prefers.model_dump() == {
        "open_next": False,
        "density": "comfortable",
        "theme": "system",
        "keys": True,
        "notices": False,
        "language": "",
    }


def test_a_change_is_an_entry_that_names_what_and_not_how(cast: Cast) -> None:
    set_preferences(cast.ana, {"density": "compact", "keys": True}, by=cast.ana.actor())
    entry = Entry.objects.get(kind="person.preferences_set")
    assert (entry.subject, entry.facts) == (cast.ana.ref, {"changed": ["density"]})
    assert Person.objects.get(pk=cast.ana.pk).preferences == {"density": "compact"}


def test_one_change_leaves_the_others_as_they_are(cast: Cast) -> None:
    set_preferences(cast.ana, {"theme": "dark"}, by=cast.ana.actor())
    set_preferences(cast.ana, {"open_next": True}, by=cast.ana.actor())
    assert Person.objects.get(pk=cast.ana.pk).preferences == {"theme": "dark", "open_next": True}


def test_nobody_chooses_for_another(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        set_preferences(cast.ana, {"theme": "dark"}, by=cast.ada.actor())


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"language": "fr"}, {"density": ""}])
def test_what_is_no_choice_changes_nothing(cast: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        set_preferences(cast.ana, wrong, by=cast.ana.actor())
    assert list(refused.value.fields["errors"]) == list(wrong)
    assert Person.objects.get(pk=cast.ana.pk).preferences == {}


def test_what_another_version_wrote_does_not_lock_anybody_out(cast: Cast) -> None:
    cast.ana.preferences = {"theme": "sepia", "tail": 3}
    assert cast.ana.prefers.theme == "system"


def test_the_page_keeps_everything_and_other_pages_heed_it(ana: Client, cast: Cast) -> None:
    form = {"of": EVERYTHING, "open_next": "1", "density": "compact", "theme": "dark", "notices": "1", "language": "de"}
    assert ana.post("/settings/preferences/", form).status_code == 302
    head = page_head(ana)
    for sign in ('lang="de"', 'data-theme="dark"', 'data-density="compact"', 'data-keys="off"', "data-notices"):
        assert sign in head
    page = ana.get("/settings/preferences/").content.decode()
    assert page.count("checked") >= 4
    assert 'data-follow="queue:mine queue:todo"' in ana.get("/queue/mine/").content.decode()


def test_a_form_of_the_menu_changes_its_one_thing(ana: Client, cast: Cast) -> None:
    answer = ana.post("/settings/preferences/", {"of": "theme", "theme": "light"}, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert Person.objects.get(pk=cast.ana.pk).preferences == {"theme": "light"}


@pytest.mark.parametrize(
    ("chosen", "browser", "spoken"),
    [("", "de-AT,de;q=0.9", "de"), ("", "fr", "en"), ("en", "de", "en"), ("de", "fr", "de"), ("", "", "en")],
)
def test_the_choice_comes_before_the_browser(ana: Client, cast: Cast, chosen: str, browser: str, spoken: str) -> None:
    set_preferences(cast.ana, {"language": chosen}, by=cast.ana.actor())
    assert f'lang="{spoken}"' in page_head(ana, **{"accept-language": browser})


def test_customers_pages_keep_to_the_browser(ana: Client, cast: Cast) -> None:
    set_preferences(cast.ana, {"language": "de"}, by=cast.ana.actor())
    assert 'lang="fr"' in ana.get("/help/new/", headers={"accept-language": "fr"}).content.decode()
