"""A mail as it came, read into what the desk needs of it. Broken mails are read as far as they can be.

Headers are read raw and in bounded length: the standard library's modern header parser raises on many malformed values
and takes quadratic time on long ones.
"""

from __future__ import annotations

import codecs
import hashlib
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from typing import ParamSpec, TypeVar

from conversations.attachments.files import File
from conversations.mailroom import markup
from conversations.mailroom.addresses import tokens_in
from conversations.mailroom.queries import NO_MAIL_ID

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F")

MOST_PARTS = 300
DEEPEST = 20
LONGEST_TEXT = 1_000_000  # characters of one part
LONGEST_HEADER = 4_000
LONGEST_LIST = 50_000

_MAIL_ID = re.compile(r"<[!-;=?-~]{3,248}>")
_ADDRESS = re.compile(r"[^@\s<>\"(),:;\\]+@[^@\s<>\"(),:;\\]+")
_MACHINES = re.compile(r"(?:mailer-daemon|postmaster)[@+]", re.IGNORECASE)
# Codecs of Python that are no character sets of mails; two of them take quadratic time.
_NO_CHARSET = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"})


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. `sender` is empty when nobody can be answered; `replies_to` has the nearest mail first."""

    sender: str
    sender_name: str
    subject: str
    text: str
    attachments: tuple[File, ...]
    mail_id: str
    in_reply_to: str
    replies_to: tuple[str, ...]
    tokens: tuple[str, ...]
    automatic: bool


def read(raw: bytes) -> Letter:
    """Read a mail; never raises, whatever the bytes are."""
    mail = _parsed(raw)
    headers = raw_headers(mail)
    sender, name = _sender(_first(headers, "from"))
    answered = _mail_ids(_first(headers, "in-reply-to"))
    referred = _mail_ids(_first(headers, "references", LONGEST_LIST))
    to = [value for each in ("to", "cc", "delivered-to", "x-original-to") for value in headers.get(each, [])]
    found = _Found()
    _read_part(mail, found, depth=0)
    return Letter(
        sender=sender,
        sender_name=name,
        subject=decoded(_first(headers, "subject")),
        text="\n\n".join(text.strip("\n") for text in found.texts if text.strip()),
        attachments=tuple(found.attachments),
        mail_id=next(iter(_mail_ids(_first(headers, "message-id"))), _made_up_id(raw)),
        in_reply_to=answered[0] if answered else "",
        replies_to=tuple(dict.fromkeys([*answered, *reversed(referred)]))[:50],
        tokens=tuple(dict.fromkeys(tokens_in("\n".join(to)[:LONGEST_LIST]))),
        automatic=_is_automatic(headers, sender),
    )


def raw_headers(mail: Mail) -> dict[str, list[str]]:
    """The headers by name in lower case, as they came; bytes beyond ASCII read as UTF-8, else as Windows-1252."""
    found: dict[str, list[str]] = {}
    for name, value in mail.raw_items():
        text = str(value)
        if not text.isascii():
            text = _or(text, _mended, text)
        found.setdefault(name.lower(), []).append(" ".join(text.split("\r\n")).replace("\n", " "))
    return found


def _mended(text: str) -> str:
    return _bytes_as_text(text.encode("utf-8", "surrogateescape"), "")


def decoded(value: str) -> str:
    """A header's words, whatever they are encoded in."""
    return _or(value, lambda: str(make_header(decode_header(value)))) if "=?" in value else value


def _parsed(raw: bytes) -> Mail:
    try:
        return message_from_bytes(raw, policy=policy.compat32)
    except Exception:  # noqa: BLE001 - such as parts nested a thousand deep; the headers say who wrote and can be answered
        return BytesHeaderParser(policy=policy.compat32).parsebytes(raw.partition(b"\r\n\r\n")[0].partition(b"\n\n")[0])


def _first(headers: dict[str, list[str]], name: str, longest: int = LONGEST_HEADER) -> str:
    return headers.get(name, [""])[0][:longest]


def _sender(value: str) -> tuple[str, str]:
    """Address and name of the first author. Addresses are found before names are decoded: a name may hold anything."""
    nobody: list[tuple[str, str]] = []
    for name, address in _or(nobody, getaddresses, [value]):
        if not _ADDRESS.fullmatch(address) or len(address) > 254 or "=?" in address:
            continue
        if not _plainly(address, value):
            continue
        local, _, domain = address.rpartition("@")
        return f"{local}@{domain.lower()}", decoded(name).strip("'\" ")
    return "", ""


def _plainly(address: str, value: str) -> bool:
    """Whether the header says this address as people write it: a crafted one reads differently elsewhere."""
    packed = re.sub(r"\s", "", value)
    if "<" in packed:
        return f"<{address}>" in packed
    return re.sub(r"\([^()]*\)", "", packed).partition(",")[0] == address


def _mail_ids(value: str) -> list[str]:
    return list(dict.fromkeys(found for found in _MAIL_ID.findall(value) if "@" in found))


def _made_up_id(raw: bytes) -> str:
    """For a mail without an id: the same bytes get the same one, so that they too are taken in once."""
    return f"<{hashlib.sha256(raw).hexdigest()}{NO_MAIL_ID}"


def _is_automatic(headers: dict[str, list[str]], sender: str) -> bool:
    """Whether a machine wrote it: RFC 3834, lists, bounces and what was common before."""
    submitted = _first(headers, "auto-submitted").partition(";")[0].strip().lower()
    return (
        submitted not in {"", "no"}
        or _first(headers, "precedence").strip().lower() in {"bulk", "list", "junk", "auto_reply"}
        or any(name in headers for name in ("list-id", "x-autoreply", "x-autorespond"))
        or "".join(_first(headers, "return-path").split()) == "<>"
        or _MACHINES.match(sender) is not None
    )


@dataclass(slots=True)
class _Found:
    texts: list[str] = field(default_factory=list)
    attachments: list[File] = field(default_factory=list)
    parts: int = 0


def _read_part(part: Mail, found: _Found, *, depth: int) -> None:
    found.parts += 1
    if found.parts > MOST_PARTS or depth > DEEPEST:
        return
    kind = _or("application/octet-stream", part.get_content_type)
    if part.is_multipart() and kind.startswith("multipart/"):
        each = _Found(parts=found.parts)
        texts = []
        for sub in part.get_payload():
            if isinstance(sub, Mail):
                before = len(each.texts)
                _read_part(sub, each, depth=depth + 1)
                texts.append((_or("", sub.get_content_type), each.texts[before:]))
        found.texts += _preferred(texts) if kind == "multipart/alternative" else each.texts
        found.attachments += each.attachments
        found.parts = each.parts
        return
    name = _file_name(part)
    shown = _or("", lambda: str(part.get_content_disposition() or ""))
    if kind in {"text/plain", "text/html"} and shown != "attachment" and not (name and shown != "inline"):
        found.texts.append(_text(part, kind))
    else:
        found.attachments.append(_file(part, name, kind))


def _preferred(texts: list[tuple[str, list[str]]]) -> list[str]:
    """Of the same text in several forms: the plain one, unless it is empty."""
    said = [(kind, own) for kind, own in texts if any(text.strip() for text in own)]
    plain = next((own for kind, own in said if kind == "text/plain"), None)
    return plain or (said[0][1] if said else [])


def _file_name(part: Mail) -> str:
    name = decoded(_or("", lambda: str(part.get_filename() or "")))
    return name[:LONGEST_HEADER]


def _file(part: Mail, name: str, kind: str) -> File:
    """The part as a file, to the byte. A mail in a mail is one; a part without a name is called by what it says to be."""
    if part.is_multipart():
        inner = part.get_payload(0)
        content = _or(b"", inner.as_bytes) if isinstance(inner, Mail) else b""
        return File.of(name or _subject_of(inner), content)
    decoded_content = _or(b"", part.get_payload, decode=True)
    ending = _or(None, mimetypes.guess_extension, kind) or ""
    return File.of(
        name or f"{kind.partition('/')[0]}{ending}", decoded_content if isinstance(decoded_content, bytes) else b""
    )


def _subject_of(mail: object) -> str:
    subject = _or("", lambda: decoded(_first(raw_headers(mail), "subject"))) if isinstance(mail, Mail) else ""
    return f"{subject.strip()[:80] or 'mail'}.eml"


def _text(part: Mail, kind: str) -> str:
    content = _or(None, part.get_payload, decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = _or("", lambda: str(part.get_content_charset() or ""))
    text = _bytes_as_text(content, charset)[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    return markup.to_text(text) if kind == "text/html" else text


def _bytes_as_text(content: bytes, charset: str) -> str:
    """Text in the charset that was named if it fits, else UTF-8 if it is that, else Windows-1252, which always fits."""
    for name in (charset, "utf-8"):
        codec = _or(None, codecs.lookup, name)
        known = codec.name if codec else ""
        if known in {"", "ascii", "iso8859-1"} or known.replace("_", "-") in _NO_CHARSET:
            continue  # ASCII and Latin-1 are what programs say that do not know; Windows-1252 and UTF-8 hold both.
        try:
            return content.decode(known)
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _or(fallback: F, read: Callable[P, T], *given: P.args, **named: P.kwargs) -> T | F:
    """What reading yields; mails are broken in more ways than the standard library has errors for."""
    try:
        return read(*given, **named)
    except Exception:  # noqa: BLE001 - see above; a mail that is read in part is better than one that is lost
        return fallback
