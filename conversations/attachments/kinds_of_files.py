"""What a file is, by its content; its name and what the sender says only ever make it less, never more.

Known content has its type; text that is no markup is text/plain; all else is a sequence of bytes (application/octet-stream),
HTML and SVG among it, so that no program opens them as pages by themselves.
"""

from __future__ import annotations

import codecs
import re

import filetype

from conversations.attachments.names import ending

OPAQUE = "application/octet-stream"
PREVIEWED = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_LOOKED_AT = 8192  # bytes

_PROGRAMS = (
    b"MZ",  # Windows, DOS
    b"\x7fELF",
    b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe",  # macOS, Java
    b"\x00asm", b"dex\n",
    b"#!",
    b"L\x00\x00\x00\x01\x14\x02\x00",  # a shortcut of Windows
)  # fmt: skip
_ENDINGS = frozenset(
    {
        "apk", "app", "appimage", "appx", "bat", "bin", "cmd", "com", "cpl", "deb", "dll", "dmg", "elf",
        "exe", "gadget", "hta", "htc", "inf", "jar", "jnlp", "js", "jse", "lnk", "mjs", "msc", "msi", "msix",
        "msp", "mst", "ocx", "pif", "pkg", "ps1", "ps1xml", "ps2", "psc1", "psd1", "psm1", "py", "pyc", "pyw",
        "pyz", "rb", "reg", "rpm", "run", "scf", "scr", "sct", "sh", "shb", "sys", "url", "vb", "vba", "vbe",
        "vbs", "vbscript", "wasm", "workflow", "ws", "wsc", "wsf", "wsh", "xbap", "xll",
    }
)  # fmt: skip
"""Endings that a system runs when somebody opens the file."""

_TYPES = frozenset(
    {
        *PREVIEWED, "image/tiff", "image/bmp", "image/heic", "image/avif",
        "application/pdf", "application/rtf", "application/zip", "application/gzip", "application/x-7z-compressed",
        "application/x-tar", "application/epub+zip", "application/msword", "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
        "audio/mpeg", "audio/ogg", "audio/x-wav", "audio/mp4", "audio/x-flac",
        "video/mp4", "video/webm", "video/quicktime", "video/x-matroska", "video/x-msvideo",
    }
)  # fmt: skip
"""Types that are named; whatever else a file is found to be stays opaque."""

_MARKUP = re.compile(
    rb"<(?:!doctype|\?xml|html|head|body|script|svg|iframe|object|embed|style|math|meta|link)\b|<!--", re.IGNORECASE
)


def is_refused(content: bytes, name: str) -> bool:
    """Whether it is a program or a script: by how it begins, or because its name would have it run."""
    return content.startswith(_PROGRAMS) or ending(name) in _ENDINGS


def type_of(content: bytes) -> str:
    """Its media type, by its content alone."""
    guessed = filetype.guess_mime(content[:_LOOKED_AT])
    if guessed is not None:
        # What is an image to one reader and a page to another (a polyglot) is neither here.
        return OPAQUE if guessed not in _TYPES or _is_markup(content) else guessed
    return "text/plain" if _is_text(content) and not _is_markup(content) else OPAQUE


def _is_markup(content: bytes) -> bool:
    return _MARKUP.search(content[:_LOOKED_AT].replace(b"\0", b"")) is not None


def _is_text(content: bytes) -> bool:
    try:
        words = codecs.getincrementaldecoder("utf-8")().decode(content[:_LOOKED_AT])
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", words)
