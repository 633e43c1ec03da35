"""Saved views: who may keep one for whom, who has it, what it shows, and what the ledger says of it."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Person
from conversations.tickets.access import saved_view_for, saved_views_for
from conversations.tickets.actions import change_view, delete_view, move_view, save_view
from conversations.tickets.listing import Listing
from conversations.tickets.models import SavedView
from desk.actions import Actor
from desk.ledger.models import Entry, Salt
from desk.problems import Invalid, NotAllowed, NotFound
from tests.cast import Cast
from tests.invariants.test_walls import refuses

HIGH = Listing.of("todo", {"priority": "high"})


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def kept(person: Person, audience: str = "private", name: str = "High", listing: Listing = HIGH) -> SavedView:
    return save_view(listing, name=name, audience=audience, by=person.actor())


def test_a_view_is_saved_and_shows_its_list(cast: Cast) -> None:
    high, normal = cast.ticket(priority="high"), cast.ticket()
    ana = client_of(cast.ana)
    page = ana.get("/queue/todo/?priority=high").content.decode()
    assert 'name="query" value="priority=high"' in page
    answer = ana.post(
        "/queue/views/save/", {"view": "todo", "query": "priority=high", "name": "Hot ones", "audience": "private"}
    )
    view = SavedView.objects.get()
    assert answer.url == f"/queue/saved-{view.pk}/"
    page = ana.get(answer.url).content.decode()
    assert f'data-ticket="{high.number}"' in page
    assert f'data-ticket="{normal.number}"' not in page
    assert "Hot ones" in page
    assert "data-asks" in page
    assert f'data-query="view=saved-{view.pk}"' in page
    beside = ana.get(f"/tickets/{high.number}/?view=saved-{view.pk}").content.decode()
    assert f'href="/queue/saved-{view.pk}/"' in beside
    assert ana.get("/queue/views/counts/").json() == {f"saved-{view.pk}": "1"}
    assert (
        f'data-ticket="{high.number}"' in ana.get(f"/queue/saved-{view.pk}/rows/?only={high.number}").content.decode()
    )


def test_a_saved_view_can_be_narrowed_further_and_widened(cast: Cast) -> None:
    view = kept(cast.ana)
    page = client_of(cast.ana).get(f"/queue/saved-{view.pk}/?language=en").content.decode()
    assert f'href="/queue/saved-{view.pk}/"' in page, "without the language it is the saved view"
    assert 'href="/queue/todo/?language=en"' in page, "without what it is made of it is none any more"


@pytest.mark.parametrize(
    ("who", "audience", "allowed"),
    [
        ("ana", "private", True), ("aud", "private", True), ("ana", "team:orders", True), ("ana", "team:returns", False),
        ("olga", "team:orders", False), ("aud", "team:orders", False), ("ana", "everyone", False),
        ("sam", "team:returns", True), ("sam", "everyone", True), ("ada", "everyone", True),
    ],
)  # fmt: skip
def test_who_may_save_for_whom(cast: Cast, who: str, audience: str, allowed: bool) -> None:
    person = getattr(cast, who)
    if audience.startswith("team:"):
        audience = getattr(cast, audience[5:]).ref
    if allowed:
        assert kept(person, audience).audience == audience
    else:
        with pytest.raises(NotAllowed):
            kept(person, audience)


def test_who_has_it(cast: Cast) -> None:
    mine, orders, everyones = kept(cast.ana), kept(cast.ana, cast.orders.ref), kept(cast.sam, "everyone")
    assert [*saved_views_for(cast.ana)] == [mine, orders, everyones]
    assert [*saved_views_for(cast.ben)] == [*saved_views_for(cast.sam)] == [orders, everyones]
    assert [*saved_views_for(cast.olga)] == [everyones]
    assert [*saved_views_for(None)] == []
    with pytest.raises(NotFound):
        saved_view_for(cast.ben, str(mine.pk))
    assert client_of(cast.ben).get(f"/queue/saved-{mine.pk}/").status_code == 404
    assert client_of(cast.ben).post(f"/queue/views/{mine.pk}/", {"wish": "delete"}).status_code == 404
    assert client_of(cast.ana).get("/queue/saved-x/").status_code == 404


def test_a_shared_view_never_shows_more_than_one_may_see(cast: Cast) -> None:
    view = kept(cast.sam, "everyone")
    hidden = cast.ticket(priority="high", team=cast.returns)
    assert f'data-ticket="{hidden.number}"' not in client_of(cast.ana).get(f"/queue/saved-{view.pk}/").content.decode()
    assert client_of(cast.ana).get("/queue/views/counts/").json() == {f"saved-{view.pk}": ""}
    assert client_of(cast.ben).get("/queue/views/counts/").json() == {f"saved-{view.pk}": "1"}


def test_it_is_renamed_passed_on_moved_and_deleted(cast: Cast) -> None:
    first, second = kept(cast.ana, name="First"), kept(cast.ana, name="Second")
    ana = client_of(cast.ana)
    assert ana.post(f"/queue/views/{second.pk}/", {"wish": "up"}).url == "/queue/views/"
    assert [*saved_views_for(cast.ana)] == [second, first]
    ana.post(f"/queue/views/{first.pk}/", {"wish": "change", "name": "Firsts", "audience": cast.orders.ref})
    assert saved_view_for(cast.ben, str(first.pk)).name == "Firsts"
    ana.post("/queue/views/save/", {"view": "all", "query": "q=refund&sort=best", "instead": second.pk})
    second.refresh_from_db()
    assert (second.view, second.parameters) == ("all", {"q": "refund", "sort": "best"})
    ana.post(f"/queue/views/{second.pk}/", {"wish": "delete"})
    assert [*saved_views_for(cast.ana)] == [first]
    html = ana.get("/queue/views/").content.decode()
    assert "Firsts" in html
    assert "Priority: High" in html


def test_who_may_change_what_others_have(cast: Cast) -> None:
    of_returns = kept(cast.sam, cast.returns.ref)
    change_view(of_returns, name="By its lead", by=cast.ben.actor())
    of_orders = kept(cast.ana, cast.orders.ref)
    with pytest.raises(NotAllowed):
        delete_view(of_orders, by=cast.ben.actor())
    with pytest.raises(NotAllowed):
        change_view(of_orders, audience="private", by=cast.sam.actor())
    move_view(of_orders, towards="down", by=cast.sam.actor())
    delete_view(of_orders, by=cast.sam.actor())
    with pytest.raises(Invalid, match="invalid") as gone:
        delete_view(of_orders, by=cast.sam.actor())
    assert gone.value.detail == "Somebody has deleted this view."
    with pytest.raises(NotAllowed):
        save_view(HIGH, name="x", audience="private", by=Actor("service", "x"))


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"name": " "}, "A view needs a name"),
        ({"name": "n" * 61}, "A view needs a name"),
        ({"audience": "team:9999"}, "Choose who shall have the view."),
        ({"audience": "nobody"}, "Choose who shall have the view."),
        ({"query": "priority=huge"}, "Priority: there is no"),
        ({"query": "q=form:carla"}, "Did you mean from:?"),
    ],
)
def test_what_makes_no_view_is_said(cast: Cast, wish: dict[str, str], words: str) -> None:
    form = {"view": "todo", "query": "priority=high", "name": "High", "audience": "private", **wish}
    answer = client_of(cast.ana).post("/queue/views/save/", form)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not SavedView.objects.exists()


def test_the_ledger_tells_the_acts_and_no_words(cast: Cast) -> None:
    before = Entry.objects.count()
    view = kept(cast.ana, name="Carla Jones’s tickets", listing=Listing.of("all", {"q": "from:carla"}))
    change_view(view, name="Carla", by=cast.ana.actor())
    move_view(view, towards="up", by=cast.ana.actor())
    delete_view(view, by=cast.ana.actor())
    entries = list(Entry.objects.order_by("seq")[before:])
    assert [entry.kind for entry in entries] == ["view.saved", "view.changed", "view.moved", "view.deleted"]
    assert all("carla" not in entry.canonical.lower() for entry in entries)
    assert entries[0].commitments.keys() == {"name", "list"}
    assert Salt.objects.filter(source=f"{view.ref}:name").count() == 2


def test_a_view_is_for_a_team_or_for_everyone(cast: Cast) -> None:
    view = kept(cast.ana)
    refuses(
        lambda: SavedView.objects.filter(pk=view.pk).update(team=cast.orders, everyone=True), "tickets_saved_view_for"
    )
