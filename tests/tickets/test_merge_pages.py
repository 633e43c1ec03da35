"""Merging, splitting, the customer and the timeline as people use them: by pages and their forms."""

from __future__ import annotations

import re

from django.test import Client

from conversations.portal.queries import letters
from conversations.review.actions import write_reply
from conversations.tickets.actions import add_note, merge, receive_message, set_status, set_team, split, unmerge
from conversations.tickets.merges import Merge
from conversations.tickets.models import Message, Ticket
from desk.ledger.models import Entry
from tests.cast import FORM, Cast
from tests.mailroom.written import arrives
from tests.portal.letters import send, written_reply
from tests.portal.pages import once_of, page_of

DAN = {"email": "dan@example.com", "name": "Dan Brown"}


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def text_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.status_code
    return str(response.content.decode())


def test_the_form_offers_the_customers_tickets_and_merges(cast: Cast, client: Client) -> None:
    first, second, hidden = cast.ticket(), cast.ticket(subject="My voucher"), cast.ticket(team=cast.returns)
    client.force_login(cast.ana)
    page = text_of(client, f"/tickets/{second.number}/merge/")
    assert f'value="{first.number}"' in page
    assert str(hidden.number) not in page
    answer = client.post(f"/tickets/{second.number}/merge/", {"into": first.number})
    assert answer["Location"] == f"/tickets/{first.number}/"
    kept = text_of(client, f"/tickets/{first.number}/")
    assert f"Ticket {second.number} goes on here." in kept
    assert f"/tickets/{second.number}/unmerge/" in kept
    gone = text_of(client, f"/tickets/{second.number}/")
    assert f'This ticket goes on in <a href="/tickets/{first.number}/">' in gone
    assert 'id="reply-form"' not in gone
    assert f"in #{first.number}" in text_of(client, "/queue/all/")
    answer = client.post(f"/tickets/{second.number}/unmerge/")
    assert answer["Location"] == f"/tickets/{second.number}/"
    assert not now(second).is_merged


def test_two_customers_are_warned_of_and_merged_only_when_somebody_says_so(cast: Cast, client: Client) -> None:
    carlas, dans = cast.ticket(), cast.ticket("Dan's own words", **DAN)
    client.force_login(cast.ana)
    warned = client.post(f"/tickets/{dans.number}/merge/", {"number": f"#{carlas.number}"})
    assert warned.status_code == 409
    assert "dan@example.com" in warned.content.decode()
    assert 'name="other_customer"' in warned.content.decode()
    form = {"number": carlas.number, "other_customer": "yes"}
    assert client.post(f"/tickets/{dans.number}/merge/", form).status_code == 302
    kept = text_of(client, f"/tickets/{carlas.number}/")
    assert "Dan&#x27;s own words" in kept
    assert "another customer" in kept
    assert all("Dan" not in letter.text for letter in letters(now(carlas)))


def test_another_customers_texts_are_not_for_who_could_not_see_them_by_themselves(cast: Cast, client: Client) -> None:
    carlas, dans = cast.ticket(), cast.ticket("Dan's own words", **DAN, team=cast.returns)
    merge(dans, carlas, other_customer=True, by=cast.ben.actor())
    client.force_login(cast.ana)
    assert "own words" not in text_of(client, f"/tickets/{carlas.number}/")
    assert "own words" not in text_of(client, f"/tickets/{carlas.number}/timeline/")


def test_what_cannot_be_is_said_on_the_form(cast: Cast, client: Client) -> None:
    ticket, hidden = cast.ticket(), cast.ticket(team=cast.returns)
    client.force_login(cast.ana)
    for number, words in (("", "Choose a ticket"), (hidden.number, "not yours to see"), (ticket.number, "into itself")):
        answer = client.post(f"/tickets/{ticket.number}/merge/", {"number": number})
        assert answer.status_code in {400, 409}
        assert words in answer.content.decode()
    assert client.get(f"/tickets/{hidden.number}/merge/").status_code == 404
    client.force_login(cast.aud)
    assert client.post(f"/tickets/{ticket.number}/merge/", {"number": 1}).status_code == 404


def test_a_reply_that_was_taken_back_by_a_merge_is_offered_where_it_goes_on(cast: Cast, client: Client) -> None:
    first, second = cast.ticket(), cast.ticket()
    write_reply(second, text="Your voucher is valid again.", by=cast.ana.actor())
    merge(now(second), first, by=cast.ben.actor())
    client.force_login(cast.ana)
    page = text_of(client, f"/tickets/{first.number}/")
    field = page.partition('id="reply-text"')[2].partition("</textarea>")[0]
    assert "Your voucher is valid again." in field
    assert "merged into another before it went out" in page


def test_the_ticket_that_stays_still_tells_of_a_merge_that_was_undone(cast: Cast, client: Client) -> None:
    first, second = cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ana.actor())
    client.force_login(cast.ana)
    told = f"Ana Ruiz merged ticket {second.number} into ticket {first.number}"
    assert text_of(client, f"/tickets/{first.number}/").count(told) == 1
    unmerge(now(second), by=cast.ana.actor())
    page = text_of(client, f"/tickets/{first.number}/")
    assert page.count(told) == 1
    assert f"Ana Ruiz took ticket {second.number} out of ticket {first.number} again" in page


def test_undone_twice_says_so(cast: Cast, client: Client) -> None:
    first, second = cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ana.actor())
    unmerge(now(second), by=cast.ben.actor())
    client.force_login(cast.ana)
    answer = client.post(f"/tickets/{second.number}/unmerge/", follow=True)
    assert "Somebody has undone it already." in answer.content.decode()


def test_an_open_page_that_sends_after_a_merge_keeps_its_text(cast: Cast, client: Client) -> None:
    first, second = cast.ticket(), cast.ticket()
    client.force_login(cast.ana)
    page = text_of(client, f"/tickets/{first.number}/")
    fields = {name: re.search(rf'name="{name}" value="(\d+)"', page) for name in ("last_seen", "merges_seen")}
    form = {name: found[1] for name, found in fields.items() if found}
    assert form.keys() == fields.keys()
    merge(second, first, by=cast.ben.actor())
    answer = client.post(f"/tickets/{first.number}/reply/", {**form, "text": "Your refund left."})
    assert answer.status_code == 409
    assert "Another ticket was merged into this one" in answer.content.decode()
    assert "Your refund left." in answer.content.decode()


def test_unsent_words_of_a_page_that_knows_nothing_of_the_merge_are_kept_where_it_goes_on(
    cast: Cast, client: Client
) -> None:
    first, second = cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ben.actor())
    client.force_login(cast.ana)
    client.post(f"/tickets/{second.number}/unsent/", {"what": "reply", "text": "The voucher"})
    assert "The voucher" in text_of(client, f"/tickets/{first.number}/")


def test_a_message_is_split_off_by_its_form_and_put_back(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    message = receive_message(ticket, text="By the way, my voucher is broken.", channel="mail", by=FORM)
    client.force_login(cast.ana)
    assert f"/messages/{message.pk}/split/" in text_of(client, f"/tickets/{ticket.number}/")
    assert "my voucher is broken" in text_of(client, f"/messages/{message.pk}/split/")
    answer = client.post(f"/messages/{message.pk}/split/", {"subject": "A broken voucher"})
    fresh = Ticket.objects.get(split_from=message)
    assert (answer["Location"], fresh.subject) == (f"/tickets/{fresh.number}/", "A broken voucher")
    assert f"goes on in #{fresh.number}" in text_of(client, f"/tickets/{ticket.number}/")
    page = text_of(client, f"/tickets/{fresh.number}/")
    assert f'Made of a message in <a href="/tickets/{ticket.number}/#message-{message.pk}">' in page
    assert "my voucher is broken" in page
    client.post(f"/tickets/{fresh.number}/merge/", {"number": ticket.number})
    assert f"goes on in #{fresh.number}" not in text_of(client, f"/tickets/{ticket.number}/")
    assert client.get(f"/messages/{message.pk + 1000}/split/").status_code == 404


def test_the_customers_old_link_leads_on_and_shows_both(cast: Cast, client: Client) -> None:
    first, second = cast.ticket(), cast.ticket("And the voucher?")
    send(written_reply(first, cast.ana, "Your refund left on Monday."))
    old = page_of(second)
    once = once_of(text_of(client, old))
    merge(second, first, by=cast.ana.actor())
    answer = client.get(old)
    assert answer["Location"] == page_of(first)
    page = text_of(client, page_of(first))
    assert "And the voucher?" in page
    assert "Your refund left on Monday." in page
    answer = client.post(f"{old}write/", {"once": once, "message": "Any news?"})
    assert answer["Location"] == page_of(first)
    assert Message.objects.latest("pk").ticket_id == first.number


def test_the_link_of_another_customers_ticket_never_leads_on(cast: Cast, client: Client) -> None:
    carlas, dans = cast.ticket("Carla's secret"), cast.ticket(**DAN)
    merge(dans, carlas, other_customer=True, by=cast.ana.actor())
    page = text_of(client, page_of(dans))
    assert "Carla&#x27;s secret" not in page
    client.post(f"{page_of(dans)}person/")
    assert not now(dans).is_merged
    assert now(dans).kept_for_people == "asked_for_person"


def test_a_mail_to_the_merged_ticket_lands_where_it_goes_on(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ana.actor())
    taken = arrives("Any news?", to=f"help+{second.reply_token}@desk.test", message_id="<later@mail.test>")
    assert not taken.refused
    assert Message.objects.get(mail_id="<later@mail.test>").ticket_id == first.number


def test_the_timeline_tells_everything_in_words_and_is_narrowed(cast: Cast, client: Client) -> None:
    first, second = cast.ticket(), cast.ticket()
    add_note(second, text="Hm.", by=cast.ben.actor())
    merge(second, first, by=cast.ana.actor())
    client.force_login(cast.ana)
    page = text_of(client, f"/tickets/{first.number}/timeline/")
    assert "Ben Okafor wrote an internal note" in page
    assert page.count(f"Ana Ruiz merged ticket {second.number} into ticket {first.number}") == 1
    work = text_of(client, f"/tickets/{first.number}/timeline/?what=work&who=people")
    assert "internal note" not in work
    assert "Ana Ruiz merged" in work
    assert "Nothing of this kind" in text_of(client, f"/tickets/{first.number}/timeline/?before=1")
    assert client.get(f"/tickets/{cast.ticket(team=cast.returns).number}/timeline/").status_code == 404


def test_the_timeline_has_pages(cast: Cast, client: Client) -> None:
    ticket = cast.ticket()
    for number in range(55):
        add_note(ticket, text=f"Note {number}", by=cast.ana.actor())
    client.force_login(cast.ana)
    page = text_of(client, f"/tickets/{ticket.number}/timeline/?what=messages")
    assert page.count('<li class="event') == 50
    more = re.search(r'href="([^"]*before=\d+)"', page)
    assert more
    rest = text_of(client, more[1].replace("&amp;", "&"))
    total = Entry.objects.filter(thread=ticket.ref, kind__startswith="message.").count()
    total += Entry.objects.filter(thread=ticket.ref, kind__startswith="notice.").count()
    assert rest.count('<li class="event') == total - 50


def test_the_customer_beside_the_ticket_and_on_their_page(cast: Cast, client: Client) -> None:
    first, second, hidden = cast.ticket(), cast.ticket(subject="My voucher"), cast.ticket(team=cast.returns)
    set_status(first, "solved", by=cast.ana.actor())
    client.force_login(cast.ana)
    card = text_of(client, f"/tickets/{first.number}/")
    assert 'id="customer-card"' in card
    assert f'href="/tickets/{second.number}/"' in card
    at = f"/customers/{cast.carla.pk}/"
    page = text_of(client, at)
    for words in ("carla@example.com", "English", "Never asked.", f"#{second.number}", "Solved"):
        assert words in page
    assert f"#{hidden.number}" not in page
    client.post(f"{at}consent/", {"consent": "no"})
    assert "Written down by staff" in text_of(client, at)
    entry = Entry.objects.filter(kind="customer.consent_set").latest("seq")
    assert (entry.actor, entry.facts) == (str(cast.ana.actor()), {"consent": "no", "source": "agent"})
    assert client.post(f"{at}consent/", {"consent": "perhaps"}).status_code == 400


def test_the_customers_page_has_pages_and_is_closed_to_who_sees_none_of_the_tickets(cast: Cast, client: Client) -> None:
    tickets = [cast.ticket(email="many@example.com", name="Mia Many") for _ in range(27)]
    client.force_login(cast.ana)
    at = f"/customers/{tickets[0].customer_id}/"
    page = text_of(client, at)
    assert page.count('scope="row"') == 25
    rest = text_of(client, f"{at}?before={tickets[2].number}")
    assert rest.count('scope="row"') == 2
    for ticket in tickets:
        set_team(ticket, cast.returns, by=cast.ben.actor())
    assert client.get(at).status_code == 404


def test_a_merge_is_seen_by_the_rows_of_both(cast: Cast) -> None:
    first, second = cast.ticket(), cast.ticket()
    merge(second, first, by=cast.ana.actor())
    threads = set(Entry.objects.filter(kind__in=["ticket.merged", "ticket.took_in"]).values_list("thread", flat=True))
    assert threads == {first.ref, second.ref}
    assert Merge.objects.get().source_id == second.number
    split(receive_message(now(first), text="And my voucher?", channel="mail", by=FORM), by=cast.ana.actor())
    assert Entry.objects.filter(kind="ticket.split_off").count() == 1
