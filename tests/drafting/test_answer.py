"""What a model answered is believed only where its passage says the same."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.drafting import citations
from conversations.drafting.answer import Answer, BadAnswer, check_citations, parse, restored
from conversations.drafting.prompt import PromptPassage
from conversations.drafting.sentences import split_sentences

PASSAGES = [
    PromptPassage("kb-1", "Returns", "", "You can return any item\nwithin 30 days of delivery. It’s free – we pay."),
    PromptPassage("kb-2", "Rückgabe", "", "Die Frist beträgt z. B. 30 Tage. Der Rückversand ist kostenlos."),
]


def _answer(reply: str, *sentences: tuple[Any, ...], **more: Any) -> str:
    stated = [
        {"text": text, "sources": [{"passage": passage, "quote": quote} for passage, quote in sources], "kind": kind}
        for text, sources, kind in sentences
    ]
    return json.dumps({"reply": reply, "sentences": stated, "unanswered": [], "risks": [], **more})


def _parsed(*arguments: Any, **more: Any) -> Answer:
    return parse(_answer(*arguments, **more), PASSAGES)


GOOD = _answer(
    "Hello. It is free.", ("Hello.", [], "courtesy"), ("It is free.", [("kb-1", "It's free - we pay.")], "claim")
)


@pytest.mark.parametrize(
    "content",
    [GOOD, f"```json\n{GOOD}\n```", f"```\n{GOOD}```", f"Here you are:\n{GOOD}\nAnything else?", f"  \n{GOOD}\n"],
)
def test_an_answer_is_read_also_in_fences_and_between_words(content: str) -> None:
    assert parse(content, PASSAGES).reply == "Hello. It is free."


def test_keys_that_nobody_asked_for_are_passed_over() -> None:
    assert _parsed("Hi.", ("Hi.", [], "courtesy"), confidence=0.9).unanswered == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        (_answer("\u200b <b></b> "), "empty"),
        ("Sure! Here it is: {reply: no}", "not_json"),
        ('{"reply": "cut off', "not_json"),
        ("[" * 100_000, "not_json"),
        ('{"answer": 42}', "wrong_shape"),
        ('"Hello"', "wrong_shape"),
        ('{"reply": "Hi", "sentences": "none"}', "wrong_shape"),
        ('{"reply": 4, "sentences": []}', "wrong_shape"),
        (_answer("x" * 20_001), "wrong_shape"),
        (_answer("Hi.", ("Hi.", [], "joke")), "wrong_shape"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_reason_and_without_its_words(content: str, reason: str) -> None:
    with pytest.raises(BadAnswer) as refused:
        parse(content, PASSAGES)
    assert refused.value.reason == reason
    assert str(refused.value) == reason
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Hi\u202e there\x00\U000e0041!", "Hi there!"),
        ("<p>Hello <b>you</b>,</p><p>bye</p>", "Hello you,\nbye"),
        ("a &lt;script&gt;alert(1)&lt;/script&gt; b", "a  b"),
        ("a &amp;lt;img src=x onerror=y&amp;gt; b", "a  b"),
        ("5 &lt; 6 &amp; 7 > 3", "5 < 6 & 7 > 3"),
        ("write to <help@lumen.example>", "write to <help@lumen.example>"),
        ("https://x.example/?a=1&copy=2", "https://x.example/?a=1&copy=2"),
        ("one\n\n\n\ntwo", "one\n\ntwo"),
        ("<<b>b>bold<</b>/b>", "bold"),
    ],
)
def test_hidden_characters_and_html_are_taken_out(written: str, read: str) -> None:
    assert _parsed(written).reply == read


@given(st.text(st.sampled_from("<>/ab &;!-lt\n"), max_size=60))
def test_no_tag_is_left_whatever_is_nested_in_whatever(text: str) -> None:
    try:
        reply = _parsed("x" + text).reply
    except BadAnswer:
        return
    assert not any(tag in reply.lower() for tag in ("<a>", "<b>", "</a>", "</b>", "<!--"))


@pytest.mark.parametrize("piece", ["<", "<!--", "<script", "&lt;", "<a ", "<b>", "&amp;"])
def test_a_long_answer_of_nothing_but_markup_is_read_quickly(piece: str) -> None:
    started = time.process_time()
    with contextlib.suppress(BadAnswer):
        _parsed("x" + (piece * 20_000)[:19_000])
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    "quote",
    [
        "You can return any item within 30 days of delivery.",
        "return  any item within\n30 days",
        "It's free - we pay.",
        "It’s free – we pay.",
    ],
)
def test_a_quote_that_stands_in_its_passage_supports_the_sentence(quote: str) -> None:
    (sentence,) = check_citations(_parsed("It is so.", ("It is so.", [("kb-1", quote)], "claim")), PASSAGES)
    assert [(source.passage, source.verified) for source in sentence.sources] == [("kb-1", True)]


@pytest.mark.parametrize(
    ("passage", "quote"),
    [
        ("kb-1", "You can return any item within 60 days of delivery."),
        ("kb-1", "you CAN return any item"),
        ("kb-1", "within 3"),
        ("kb-1", "You can"[:3]),
        ("kb-1", ""),
        ("kb-1", "Der Rückversand ist kostenlos."),
        ("kb-9", "It's free - we pay."),
    ],
)
def test_a_quote_that_does_not_leaves_the_sentence_without_support(passage: str, quote: str) -> None:
    (sentence,) = check_citations(_parsed("It is so.", ("It is so.", [(passage, quote)], "claim")), PASSAGES)
    assert sentence.sources == []
    assert sentence.text == "It is so."


@pytest.mark.parametrize("named", ["kb-1", "[kb-1]", "passage kb-1", "Passage kb-1"])
def test_a_passage_may_be_named_in_the_ways_of_models(named: str) -> None:
    (sentence,) = check_citations(_parsed("Free.", ("Free.", [(named, "It's free")], "claim")), PASSAGES)
    assert [source.passage for source in sentence.sources] == ["kb-1"]


def _texts(reply: str, *sentences: tuple[Any, ...]) -> list[tuple[str, int]]:
    checked = check_citations(_parsed(reply, *sentences), PASSAGES)
    assert "".join(sentence.text for sentence in checked) == reply
    return [(sentence.text, len(sentence.sources)) for sentence in checked]


FREE = [("kb-1", "It's free - we pay.")]


def test_sentences_found_in_the_reply_keep_their_places_and_white_space() -> None:
    reply = "Hello [NAME-7Q2K],\n\nIt is  free. Bye"
    assert _texts(
        reply, ("Hello [NAME-7Q2K],", [], "courtesy"), ("It is free.", FREE, "claim"), ("Bye", [], "courtesy")
    ) == [
        ("Hello [NAME-7Q2K],\n\n", 0),
        ("It is  free. ", 1),
        ("Bye", 0),
    ]


def test_what_the_model_did_not_report_is_there_all_the_same_without_support() -> None:
    assert _texts("It is free. And we send you 500 EUR. Today!", ("It is free.", FREE, "claim")) == [
        ("It is free. ", 1),
        ("And we send you 500 EUR. ", 0),
        ("Today!", 0),
    ]


def test_a_reported_sentence_that_is_not_in_the_reply_lends_its_source_to_none() -> None:
    assert _texts("We pay you 500 EUR today.", ("Returning is free of charge.", FREE, "claim")) == [
        ("We pay you 500 EUR today.", 0)
    ]


def test_a_sentence_reported_in_another_order_or_a_little_otherwise_keeps_its_source() -> None:
    assert _texts(
        "Good news. Returning an item is free.",
        ("Returning an item is free.", FREE, "claim"),
        ("Good news.", [], "courtesy"),
    ) == [
        ("Good news. ", 0),
        ("Returning an item is free.", 1),
    ]
    assert _texts("Yes: It's free - we pay.", ("It is all free.", FREE, "claim")) == [("Yes: It's free - we pay.", 1)]


def test_a_reported_beginning_does_not_cut_a_word_or_number_in_two() -> None:
    assert _texts("It takes 50 days.", ("It takes 5", FREE, "claim")) == [("It takes 50 days.", 0)]


@settings(max_examples=200, derandomize=True)
@given(
    st.text(st.sampled_from("ab 5.!?\n’'\u00a0ü"), min_size=1, max_size=60),
    st.lists(st.text(st.sampled_from("ab 5.!?\n'"), max_size=12), max_size=5),
)
def test_joined_the_pieces_are_always_the_reply(reply: str, stated: list[str]) -> None:
    try:
        answer = _parsed(reply, *[(text, FREE, "claim") for text in stated])
    except BadAnswer:
        return
    assert "".join(sentence.text for sentence in check_citations(answer, PASSAGES)) == answer.reply


@pytest.mark.parametrize(
    "sentences",
    [
        ["One. ", "Two! ", "Three?\n\n", "Four"],
        ["Das gilt z. B. am 5. Mai um ca. 10 Uhr. ", "Danach nicht."],
        ["He said “no.” ", "She left."],
        ["Es kostet 9.90 EUR. ", "¿Cuándo llega? ", "P. ej. mañana."],
        ["これは本です。", "はい。"],
        ["- first\n", "- second"],
        ["Hello Dr. Who. ", "Bye."],
    ],
)
def test_a_text_is_cut_where_its_sentences_end(sentences: list[str]) -> None:
    assert split_sentences("".join(sentences)) == sentences


def test_originals_come_back_in_every_text_and_strange_placeholders_are_reported() -> None:
    answer = _parsed(
        "Hello [NAME-7Q2K], see [PHONE-QQ88].",
        ("Hello [NAME-7Q2K], see [PHONE-QQ88].", [], "claim"),
        unanswered=["[NAME-7Q2K]?"],
    )
    back, unknown = restored(answer, {"[NAME-7Q2K]": "Anna"})
    assert back.reply == back.sentences[0].text == "Hello Anna, see [PHONE-QQ88]."
    assert back.unanswered == ("Anna?",)
    assert unknown == ["[PHONE-QQ88]"]


def test_pictures_go_and_links_show_where_they_lead() -> None:
    reply = _parsed("See ![logo](https://c.invalid/p?d=1)[here](https://c.invalid/x) and [a.example](a.example).").reply
    assert reply == "See here (https://c.invalid/x) and a.example."
    assert _parsed("a ![x][y] b <img src=x> c ![two](x\ny)").reply.startswith("a  b  c ")


def test_a_quote_supports_only_the_sentences_that_it_has_to_do_with() -> None:
    said = "Returns are free, we pay. The chief resigned yesterday."
    first, second = check_citations(_parsed(said, (said, [("kb-1", "It's free - we pay.")], "claim")), PASSAGES)
    assert (first.text.strip(), len(first.sources)) == ("Returns are free, we pay.", 1)
    assert (second.text, second.sources) == ("The chief resigned yesterday.", [])


def test_a_quote_in_another_language_may_support_a_sentence() -> None:
    said = "Wer etwas zurückschicken möchte, hat dafür einen ganzen Monat Zeit nach der Lieferung."
    quote = "You can return any item within 30 days of delivery."
    (sentence,) = check_citations(_parsed(said, (said, [("kb-1", quote)], "claim")), PASSAGES)
    assert len(sentence.sources) == 1


def test_articles_are_remembered_and_what_is_one_customers_is_not() -> None:
    kept = citations._remembered.cache_info().currsize
    for number in range(2):
        for ref in ("lookup:7", "note:9", "passage:7"):
            quote = f"Order {kept} was sent"
            passage = PromptPassage(ref, "", "", f"{quote} on Monday.")
            answer = parse(_answer("It was sent.", ("It was sent.", [(ref, quote)], "claim")), [passage])
            assert check_citations(answer, [passage])[0].sources[0].verified, (number, ref)
    assert citations._remembered.cache_info().currsize == kept + 1
