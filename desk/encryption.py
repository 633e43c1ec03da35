"""Texts at rest, encrypted: AES-256-GCM (NIST SP 800-38D) with what a text is, and whose, bound in.

Pure: it knows no database and no setting. A sealed text is one byte of version, 12 of nonce, then the text and 16 bytes of tag.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
OVERHEAD = 29
"""Bytes that a sealed text is longer than the text."""

_VERSION = b"\x01"
_NONCE = 12


class DoesNotOpen(ValueError):
    """Another key, another place, or it was changed."""


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def written(key: bytes) -> str:
    """A key as it stands in DATA_KEY: base64, URL-safe."""
    return base64.urlsafe_b64encode(key).decode()


def read_key(text: str) -> bytes:
    """A key from DATA_KEY. Raises ValueError with what is wrong, without repeating it."""
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error:
        raise ValueError("must be base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"must be {KEY_BYTES} bytes in base64, not {len(key)}")
    return key


def name_of(key: bytes) -> str:
    """What a key is called beside what it wraps. Of 256 random bits the name gives nothing away."""
    return hashlib.sha256(b"countersign data key\0" + key).hexdigest()[:16]


def seal(key: bytes, content: bytes, context: str) -> bytes:
    """Encrypt; opens with the same key and the same `context` alone, such as `table|column|row|owner`."""
    nonce = secrets.token_bytes(_NONCE)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, content, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """What was sealed. Raises DoesNotOpen."""
    sealed = bytes(sealed)
    if sealed[:1] != _VERSION or len(sealed) < OVERHEAD:
        raise DoesNotOpen
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], context.encode())
    except InvalidTag:
        raise DoesNotOpen from None
