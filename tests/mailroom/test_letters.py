"""Mails as the world writes them: broken charsets, broken MIME, HTML alone, huge parts. Reading never fails."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from conversations.mailroom.letters import read


def raw(text: str, encoding: str = "utf-8") -> bytes:
    return text.replace("\n", "\r\n").encode(encoding)


def test_a_plain_mail_is_read() -> None:
    letter = read(
        raw(
            "From: Carla Jones <Carla@Example.COM>\nTo: help@desk.test\nSubject: Where is it?\nMessage-ID: <a@b.test>\n"
            "In-Reply-To: <x@y.test>\nReferences: <0@y.test>\n <x@y.test>\n\nHello\nthere\n"
        )
    )
    assert (letter.sender, letter.sender_name) == ("Carla@example.com", "Carla Jones")
    assert (letter.subject, letter.text) == ("Where is it?", "Hello\nthere")
    assert (letter.mail_id, letter.in_reply_to) == ("<a@b.test>", "<x@y.test>")
    assert letter.replies_to == ("<x@y.test>", "<0@y.test>")
    assert not letter.automatic


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("utf-8", "utf-8"), ("iso-8859-1", "latin-1"), ("windows-1252", "cp1252"), ("utf8", "utf-8"), ("", "utf-8"),
     ("no-such-charset", "utf-8"), ("no-such-charset", "latin-1"), ("us-ascii", "utf-8"), ("us-ascii", "latin-1"),
     ("utf-8", "latin-1"), ("punycode", "utf-8"), ("unicode_escape", "utf-8"), ("utf-16", "utf-16"), ("hex", "utf-8")],
)  # fmt: skip
def test_words_survive_a_charset_that_is_missing_wrong_or_unknown(charset: str, encoding: str) -> None:
    header = f'Content-Type: text/plain; charset="{charset}"\n' if charset else ""
    content = "Schöne Grüße aus Köln".encode(encoding)
    assert read(raw(f"From: a@b.test\n{header}\n") + content).text == "Schöne Grüße aus Köln"


def test_headers_in_every_encoding_are_read() -> None:
    for name, expected in [
        ("=?utf-8?q?J=C3=BCrgen?=", "Jürgen"),
        ("=?iso-8859-1?q?J=FCrgen?= =?utf-8?b?TcO8bGxlcg==?=", "JürgenMüller"),
        ("=?utf-8?b?broken", "=?utf-8?b?broken"),
        ("=?no-such?q?J=FC?=", "=?no-such?q?J=FC?="),
        ("Jürgen", "Jürgen"),
    ]:
        letter = read(raw(f"From: {name} <a@b.test>\nSubject: {name}\n\nx"))
        assert (letter.sender, letter.sender_name, letter.subject) == ("a@b.test", expected, expected)
    assert read(raw("From: a@b.test\nSubject: Grüße\n\nx", "latin-1")).subject == "Grüße"


@pytest.mark.parametrize(
    ("value", "sender"),
    [
        ("carla@example.com", "carla@example.com"),
        ("carla@example.com (Carla)", "carla@example.com"),
        ('"Jones, Carla" <carla@example.com>', "carla@example.com"),
        ('"ben@desk.test" <carla@example.com>', "carla@example.com"),
        ("=?utf-8?q?=3Cben=40desk=2Etest=3E?= <carla@example.com>", "carla@example.com"),
        ("carla@example.com, ben@example.com", "carla@example.com"),
        ("jürgen@müller.test", "jürgen@müller.test"),
        ("", ""),
        ("<>", ""),
        ("undisclosed", ""),
        ("Carla <not an address>", ""),
        ("ben@example.com)carla@example.com", ""),
        ("carla@" + "x" * 260 + ".test", ""),
    ],
)
def test_the_sender_is_who_the_header_names_and_nobody_else(value: str, sender: str) -> None:
    assert read(raw(f"From: {value}\n\nx")).sender == sender


def test_html_alone_becomes_text() -> None:
    html = (
        "<html><head><style>p {color: red}</style><title>t</title></head><body><!-- hidden --><script>evil()</script>"
        "<p>Hello   <b>there</b>,</p><div>one<br>two &amp; &lt;three&gt;</div><ul><li>a</li><li>b</li></ul>"
        '<table><tr><td>c</td><td>d</td></tr></table><a href="https://shop.test/x">my order</a> '
        '<a href="https://shop.test">https://shop.test</a> <a href="javascript:evil()">bad</a>'
        "<blockquote>old<p>older</p></blockquote></body></html>"
    )
    assert read(raw(f"From: a@b.test\nContent-Type: text/html; charset=utf-8\n\n{html}")).text == (
        "Hello there,\n\none\ntwo & <three>\n\n- a\n- b\n\nc d\n\n"
        "my order (https://shop.test/x) https://shop.test bad\n\n> old\n>\n> older"
    )


def test_of_two_forms_of_one_text_the_plain_one_is_taken_unless_it_is_empty() -> None:
    mail = EmailMessage()
    mail["From"] = "a@b.test"
    mail.set_content("plain")
    mail.add_alternative("<p>html</p>", subtype="html")
    assert read(mail.as_bytes()).text == "plain"
    empty = EmailMessage()
    empty["From"] = "a@b.test"
    empty.set_content(" \n")
    empty.add_alternative("<p>html</p>", subtype="html")
    assert read(empty.as_bytes()).text == "html"


def test_attachments_are_named_wherever_they_hide() -> None:
    mail = EmailMessage()
    mail["From"] = "a@b.test"
    mail.set_content("See the picture")
    mail.add_alternative("<p>See the picture</p>", subtype="html")
    html = mail.get_payload()[1]  # type: ignore[index]
    html.add_related(b"x", "image", "png", filename="foto ü.png", cid="<1>")  # type: ignore[union-attr]
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../../Rechnung [1].pdf")
    inner = EmailMessage()
    inner["Subject"] = "forwarded"
    inner.set_content("inner words")
    mail.add_attachment(inner)
    letter = read(mail.as_bytes())
    assert letter.text == "See the picture"
    assert [file.name for file in letter.attachments] == ["foto ü.png", "Rechnung [1].pdf", "forwarded.eml"]


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; owner-email=x@y.test", "Precedence: bulk",
     "Precedence: LIST", "List-Id: <news.shop.test>", "X-Autoreply: yes", "Return-Path: <>", "Return-Path:  < >"],
)  # fmt: skip
def test_machines_are_known_by_their_headers(header: str) -> None:
    assert read(raw(f"From: a@b.test\n{header}\n\nx")).automatic


def test_a_bounce_is_known_by_its_sender_and_a_person_is_no_machine() -> None:
    assert read(raw("From: MAILER-DAEMON@mx.test\n\nx")).automatic
    person = "From: a@b.test\nAuto-Submitted: no\nReturn-Path: <a@b.test>\nPrecedence: normal\n\nx"
    assert not read(raw(person)).automatic


def test_a_mail_without_an_id_gets_the_same_one_each_time() -> None:
    first, second = read(raw("From: a@b.test\n\nx")), read(raw("From: a@b.test\n\nx"))
    assert first.mail_id == second.mail_id
    assert first.mail_id != read(raw("From: a@b.test\n\ny")).mail_id


@pytest.mark.parametrize("mail_id", ["no brackets@x.test", "<no at>", "<" + "a" * 300 + "@b.test>", "<a@b\u00fc.test>"])
def test_an_id_that_is_none_is_not_kept(mail_id: str) -> None:
    assert read(raw(f"From: a@b.test\nMessage-ID: {mail_id}\n\nx")).mail_id.endswith("@no-message-id.invalid>")


def test_parts_nested_a_thousand_deep_still_tell_who_wrote() -> None:
    deep = "From: a@b.test\nSubject: deep\n"
    for number in range(2000):
        deep += f'Content-Type: multipart/mixed; boundary="{number}"\n\n--{number}\n'
    letter = read(raw(deep))
    assert (letter.sender, letter.subject) == ("a@b.test", "deep")


@pytest.mark.parametrize(
    "content",
    [
        b"To: " + b"a@b.test, " * 100_000 + b"\r\n\r\nx",
        b"Subject: " + b"=?utf-8?q?=C3=BC?= " * 100_000 + b"\r\n\r\nx",
        b"References: " + b"<a@b.test> " * 100_000 + b"\r\n\r\nx",
        b"From: " + b"(" * 200_000 + b"\r\n\r\nx",
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000,
        b"Content-Type: text/html\r\n\r\n" + b"<!" * 200_000,
        b"Content-Type: text/html\r\n\r\n" + b"<blockquote>a" * 50_000,
        b"Content-Type: text/html\r\n\r\n" + b"<a href='https://x.test/'>" * 50_000,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 50_000,
        b'Content-Type: text/plain; charset="punycode"\r\n\r\n' + b"a-" * 500_000,
        b"Content-Type: text/plain; charset=punycode\r\n\r\n" + "ü-".encode() * 300_000,
        b"Content-Type: text/html\r\n\r\n" + b"<!--" * 200_000,
        b"Content-Type: text/html\r\n\r\n" + b'<a x="' * 150_000,
        b"Content-Type: text/html\r\n\r\n" + b"<style>" * 100_000,
        b"Content-Type: text/html\r\n\r\n" + b"<a href=" + b" " * 900_000 + b">",
        b"Content-Type: text/html\r\n\r\n<p>&#" + b"9" * 900_000,
        b"Content-Type: text/html\r\n\r\n" + b"<style></style" * 60_000,
        b"X: y\r\n" * 100_000 + b"\r\nx",
        b"\0" * 1_000_000,
    ],
)
def test_mails_made_to_be_slow_are_read_within_seconds(content: bytes) -> None:
    began = time.process_time()
    read(b"From: a@b.test\r\n" + content)
    assert time.process_time() - began < 5


pieces = some.sampled_from(
    [b"From: a@b.test", b"\r\n", b"\n", b"\r\n\r\n", b"Content-Type: multipart/mixed; boundary=b", b"--b", b"--b--",
     b"Content-Type: text/html; charset=", b"utf-7", b"Content-Transfer-Encoding: base64", b"=?utf-8?q?=", b"\xff\xfe",
     b"Content-Disposition: attachment; filename*=utf-8''%FF", b"<p>", b"Subject: ", b"To: (", b'"', b"\0", b":", b";",
     b"Content-Type: message/rfc822", b"filename*0*=x''; filename*1=", b"Message-ID: <", b"Date: x"]
)  # fmt: skip


@given(some.one_of(some.binary(max_size=300), some.lists(pieces, max_size=40).map(b"".join)))
@example(b"")
@example(b"From:\r\n")
def test_no_bytes_make_reading_fail(content: bytes) -> None:
    letter = read(content)
    assert letter.mail_id.startswith("<")
