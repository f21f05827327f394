"""Secrets that must be read again: sealed with a key that is derived from SECRET_KEY.

A stolen copy of the database opens nothing without that key. Each purpose has a key of its own (HKDF,
RFC 5869), so that what one part of the house sealed is nothing to another, and a sealed text is
bound to its owner: copied into another row it does not open. When SECRET_KEY is lost, what was
sealed with it is lost too; a backup therefore keeps the key with the data.
"""

from __future__ import annotations

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

_NONCE = 12  # bytes, as AES-GCM wants them; drawn anew for each text


class Unreadable(ValueError):
    """The seal does not open: another key, another owner, or the text was altered."""


def seal(text: str, *, purpose: str, owner: object) -> str:
    """*text* as only this installation reads it again, for the same *purpose* and *owner*."""
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(_key(purpose)).encrypt(nonce, text.encode(), _binding(purpose, owner))
    return urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, purpose: str, owner: object) -> str:
    """The text that was sealed; raises Unreadable."""
    try:
        whole = urlsafe_b64decode(sealed.encode())
        opened = AESGCM(_key(purpose)).decrypt(
            whole[:_NONCE], whole[_NONCE:], _binding(purpose, owner)
        )
    except (InvalidTag, ValueError) as error:
        raise Unreadable(purpose) from error
    return opened.decode()


def keyed_digest(text: str, *, purpose: str, owner: object = "") -> str:
    """A mark by which *text* is recognised but not found out, in 64 hexadecimal digits.

    For drawn codes of 50 bits and more, and for what only the key protects: an address or a telephone number could be
    guessed by whoever holds it. A password that people choose needs a slow hash instead.
    """
    said = _binding(purpose, owner) + b"\x00" + text.encode()
    return hmac.new(_key(purpose), said, "sha256").hexdigest()


def _binding(purpose: str, owner: object) -> bytes:
    return f"{purpose}/{owner}".encode()


def _key(purpose: str) -> bytes:
    return _derive(str(current_app.config["SECRET_KEY"]), purpose)


@lru_cache(maxsize=32)
def _derive(secret: str, purpose: str) -> bytes:
    derived: bytes = HKDF(SHA256(), 32, salt=None, info=f"tanggap/{purpose}".encode()).derive(
        secret.encode()
    )
    return derived
