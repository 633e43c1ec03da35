"""The demo shop's content is believable and exact: what it quotes is there, who it names exists, time runs forward."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "conversations" / "demo"
LANGUAGES = ("en", "de", "es", "fr")
RESERVED_DOMAINS = ("example.com", "example.org", "example.net")
REJECT_REASONS = {
    "incorrect", "incomplete", "outdated", "unsupported", "tone", "privacy", "bias", "inappropriate", "other"
}  # fmt: skip
TWO_WEEKS_OF_HOURS = 14 * 24
"""The demo looks back two weeks."""

Row = dict[str, Any]


@cache
def content(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def tickets() -> list[Row]:
    return [ticket for language in LANGUAGES for ticket in content(f"tickets.{language}.json")]


@cache
def articles() -> dict[tuple[str, str], tuple[Row, dict[str, str]]]:
    """Front matter and passages by heading, for each (slug, language)."""
    found = {}
    for path in sorted((FOLDER / "articles").glob("*.md")):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        fields = dict(line.split(": ", 1) for line in front.strip().splitlines())
        parts = re.split(r"^## (.+)$", body, flags=re.MULTILINE)
        assert not parts[0].strip(), f"{path.name}: text before the first heading belongs to no passage"
        passages = {heading: text.strip() for heading, text in zip(parts[1::2], parts[2::2], strict=True)}
        assert path.name == f"{fields['slug']}.{fields['language']}.md"
        found[fields["slug"], fields["language"]] = (fields, passages)
    return found


def drafts() -> Iterator[tuple[Row, Row]]:
    """Every draft of every ticket: waiting, approved, edited or rejected."""
    for ticket in tickets():
        if ticket["outcome"]["lane"] == "draft":
            yield ticket, ticket["outcome"]
        for message in ticket["messages"]:
            if message["draft_text"] is not None:
                yield ticket, message
            if message["rejected"]:
                yield ticket, message["rejected"]


def public(ticket: Row) -> list[Row]:
    return [message for message in ticket["messages"] if message["from"] != "note"]


def test_every_subject_is_in_english_and_the_most_asked_in_four_languages() -> None:
    by_language = Counter(language for _, language in articles())
    assert by_language == {"en": 26, "de": 13, "es": 13, "fr": 13}
    translated = {slug for slug, language in articles() if language == "de"}
    for language in LANGUAGES:
        assert {slug for slug, other in articles() if other == language} >= translated


@pytest.mark.parametrize("language", LANGUAGES)
def test_articles_have_three_to_six_headings_of_two_to_five_sentences(language: str) -> None:
    for (slug, other), (fields, passages) in articles().items():
        if other != language:
            continue
        assert fields["title"], slug
        assert fields["tags"], slug
        assert 3 <= len(passages) <= 6, slug
        for heading, text in passages.items():
            assert 2 <= len(re.split(r"(?<=[.!?])\s+", text)) <= 5, (slug, heading)


def test_a_translation_has_the_passages_and_the_figures_of_the_english_article() -> None:
    for (slug, language), (_, passages) in articles().items():
        if language == "en":
            continue
        english = articles()[slug, "en"][1]
        assert len(passages) == len(english), (slug, language)
        for text, original in zip(passages.values(), english.values(), strict=True):
            figures = {figure.replace(",", ".") for figure in re.findall(r"\d+(?:[.,]\d+)?", text)}
            assert figures <= set(re.findall(r"\d+(?:\.\d+)?", original)), (slug, language, text)


def test_every_quote_is_verbatim_in_the_passage_that_it_names() -> None:
    quotes = 0
    for ticket, draft in drafts():
        for sentence in draft["draft_sentences"]:
            sources = (sentence["passage_slug"], sentence["heading"], sentence["quote"])
            if sources == (None, None, None):
                continue
            slug, heading, quote = sources
            language = ticket["language"] if (slug, ticket["language"]) in articles() else "en"
            assert quote in articles()[slug, language][1][heading], (ticket["key"], quote)
            quotes += 1
    assert quotes > 100


def test_a_draft_is_exactly_its_sentences() -> None:
    for ticket, draft in drafts():
        words = " ".join(sentence["text"] for sentence in draft["draft_sentences"]).split()
        assert words == draft["draft_text"].split(), ticket["key"]


def test_every_waiting_draft_quotes_a_source() -> None:
    for ticket in tickets():
        if ticket["outcome"]["lane"] == "draft":
            assert any(sentence["quote"] for sentence in ticket["outcome"]["draft_sentences"]), ticket["key"]


def test_there_are_enough_tickets_in_every_language_and_keys_are_unique() -> None:
    by_language = Counter(ticket["language"] for ticket in tickets())
    assert by_language.total() >= 66
    assert 0.4 <= by_language["en"] / by_language.total() <= 0.6
    assert min(by_language[language] for language in LANGUAGES) >= 8
    assert len({ticket["key"] for ticket in tickets()}) == len(tickets())


def test_every_status_channel_and_priority_occurs() -> None:
    statuses = Counter(ticket["status"] for ticket in tickets())
    assert set(statuses) == {"new", "open", "pending", "on_hold", "solved", "closed"}
    assert (statuses["pending"], statuses["on_hold"]) == (10, 4)
    assert {ticket["channel"] for ticket in tickets()} == {"form", "mail", "api"}
    assert {ticket["priority"] for ticket in tickets()} == {"low", "normal", "high", "urgent"}


def test_every_lane_and_every_reason_in_it_occurs() -> None:
    lanes = Counter(ticket["outcome"]["lane"] for ticket in tickets())
    assert (lanes["draft"], lanes["write"], lanes["trouble"]) == (14, 8, 2)
    reasons = {ticket["outcome"]["why"] for ticket in tickets() if ticket["outcome"]["lane"] == "write"}
    assert reasons == {"opted_out", "people_only", "asked_for_person", "no_sources", "provider"}
    kinds = {ticket["outcome"]["kind"] for ticket in tickets() if ticket["outcome"]["lane"] == "trouble"}
    assert kinds == {"unknown", "failed"}


def test_the_lane_and_the_status_fit_who_wrote_last() -> None:
    for ticket in tickets():
        lane, last = ticket["outcome"]["lane"], public(ticket)[-1]
        answered = any(message["from"] == "agent" for message in ticket["messages"])
        if lane in {"draft", "write"}:
            assert last["from"] == "customer", ticket["key"]
            assert ticket["status"] in {"new", "open"}, ticket["key"]
        elif lane == "trouble":
            assert last["from"] == "agent", ticket["key"]
            assert ticket["status"] == "open", ticket["key"]
        else:
            assert ticket["status"] in {"pending", "on_hold", "solved", "closed"}, ticket["key"]
            assert answered, ticket["key"]
        if ticket["status"] in {"pending", "on_hold"}:
            assert last["from"] == "agent", ticket["key"]
        if ticket["status"] == "new":
            assert not answered, ticket["key"]
        if ticket["status"] == "closed":
            assert last["age_hours"] >= 5 * 24, ticket["key"]


def test_a_reply_says_how_it_came_to_be() -> None:
    for ticket in tickets():
        for message in ticket["messages"]:
            via, drafted = message["via"], message["draft_text"]
            assert (via is not None) == (message["from"] == "agent"), ticket["key"]
            assert (drafted is not None) == (via in {"approved", "edited"}), ticket["key"]
            if via == "approved":
                assert drafted == message["text"], ticket["key"]
            if via == "edited":
                assert drafted != message["text"], ticket["key"]
            if message["rejected"]:
                assert via == "written", ticket["key"]
                assert message["rejected"]["draft_text"] != message["text"], ticket["key"]
                assert message["rejected"]["reason"] in REJECT_REASONS, ticket["key"]
    reasons = {message["rejected"]["reason"] for t in tickets() for message in t["messages"] if message["rejected"]}
    assert len(reasons) >= 6


def test_nothing_was_drafted_for_those_who_want_people_only() -> None:
    consent = {customer["email"]: customer["ai_consent"] for customer in content("customers.json")}
    for ticket, _ in drafts():
        assert consent[ticket["customer"]] is not False, ticket["key"]
        assert not ticket["people_only"], ticket["key"]
    for ticket in tickets():
        why = ticket["outcome"].get("why")
        assert (why == "people_only") == ticket["people_only"], ticket["key"]
        if why == "opted_out":
            assert consent[ticket["customer"]] is False, ticket["key"]


def test_time_runs_forward_through_every_conversation() -> None:
    for ticket in tickets():
        ages = [message["age_hours"] for message in ticket["messages"]]
        assert ages == sorted(set(ages), reverse=True), ticket["key"]
        assert ticket["age_hours"] == ages[0], ticket["key"]
        assert 0.2 <= ages[-1] <= ages[0] <= TWO_WEEKS_OF_HOURS, ticket["key"]
        for before, message in zip(ticket["messages"], ticket["messages"][1:], strict=False):
            if message["rejected"]:
                assert before["age_hours"] > message["rejected"]["age_hours"] > message["age_hours"], ticket["key"]


def test_agents_write_by_day_when_the_desk_opens_at_two_in_the_afternoon() -> None:
    for ticket in tickets():
        for message in ticket["messages"]:
            hour = (14 - message["age_hours"]) % 24
            first, last = (7, 23) if message["from"] == "customer" else (8, 19)
            assert first <= hour <= last, (ticket["key"], hour)


def test_tickets_name_only_customers_and_people_who_exist_and_may_answer() -> None:
    customers = {customer["email"] for customer in content("customers.json")}
    people = {person["email"]: person for person in content("people.json")["people"]}
    teams = {team["name"] for team in content("people.json")["teams"]}
    assert {ticket["customer"] for ticket in tickets()} == customers
    for ticket in tickets():
        assert ticket["team"] is None or ticket["team"] in teams, ticket["key"]
        writers = [(message["by"], message["from"]) for message in ticket["messages"] if message["from"] != "customer"]
        writers += [(m["rejected"]["by"], "agent") for m in ticket["messages"] if m["rejected"]]
        if ticket["assignee"]:
            writers.append((ticket["assignee"], "agent"))
        for mail, kind in writers:
            person = people[mail]
            assert "agent" in person["roles"], ticket["key"]
            assert ticket["team"] is None or ticket["team"] in person["teams"], ticket["key"]
            assert kind == "note" or ticket["language"] in person["languages"], ticket["key"]


def test_the_promised_people_are_there_and_every_team_has_a_lead_of_its_own() -> None:
    people = {person["email"]: person for person in content("people.json")["people"]}
    roles = {mail: person["roles"] for mail, person in people.items()}
    assert roles["agent@demo.test"] == roles["second@demo.test"] == ["agent"]
    assert roles["supervisor@demo.test"] == ["supervisor"]
    assert roles["admin@demo.test"] == roles["second-admin@demo.test"] == ["admin"]
    assert roles["auditor@demo.test"] == ["auditor"]
    teams = content("people.json")["teams"]
    assert [team["name"] for team in teams] == ["Orders", "Billing", "Returns", "Accounts", "Delivery"]
    assert all(team["name"] in people[team["lead"]]["teams"] for team in teams)
    assert all(mail.endswith("@demo.test") for mail in people)
    for team in teams:
        members = [person for person in people.values() if team["name"] in person["teams"]]
        assert {language for person in members for language in person["languages"]} == set(LANGUAGES), team["name"]


def test_customers_are_fictional_and_few_have_said_what_they_want() -> None:
    customers = content("customers.json")
    assert len(customers) == len({customer["email"] for customer in customers}) == 45
    consent = Counter(customer["ai_consent"] for customer in customers)
    assert consent[False] == 5
    assert consent[True] >= 3
    assert consent[None] > 30
    for customer in customers:
        assert customer["email"].split("@")[1] in RESERVED_DOMAINS
        assert customer["language"] in LANGUAGES
        assert customer["consent_source"] == (None if customer["ai_consent"] is None else "form")


def test_customers_write_in_the_language_of_the_ticket() -> None:
    language = {customer["email"]: customer["language"] for customer in content("customers.json")}
    assert all(language[ticket["customer"]] == ticket["language"] for ticket in tickets())


def test_customers_write_short_long_with_emoji_and_from_right_to_left() -> None:
    texts = [message["text"] for ticket in tickets() for message in ticket["messages"] if message["from"] == "customer"]
    assert len(texts) == len(set(texts))
    assert min(map(len, texts)) < 30
    assert max(map(len, texts)) > 2000
    assert any(re.search(r"[\U0001F300-\U0001FAFF]", text) for text in texts)
    assert any(re.search(r"[\u0590-\u06FF]", text) for text in texts)


def test_forty_fresh_messages_wait_to_arrive_from_people_not_met_before() -> None:
    fresh = content("trickle.json")
    assert Counter(row["kind"] for row in fresh) == {"answerable": 32, "unanswerable": 5, "asks_for_person": 3}
    assert {row["language"] for row in fresh} == set(LANGUAGES)
    mails = {row["customer"]["email"] for row in fresh}
    assert len(mails) == 40
    assert not mails & {customer["email"] for customer in content("customers.json")}
    assert all(mail.split("@")[1] in RESERVED_DOMAINS for mail in mails)
    for row in fresh:
        assert row["subject"]
        assert row["text"]
        assert bool(row["articles"]) == (row["kind"] == "answerable"), row["subject"]
        assert all((slug, "en") in articles() for slug in row["articles"]), row["subject"]


def test_files_are_readable_utf8_with_two_spaces() -> None:
    for path in FOLDER.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n", path.name
