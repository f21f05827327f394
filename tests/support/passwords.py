"""Passwords checked once: argon2 takes its 30 ms on purpose, and the same people sign in in a thousand tests."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher

from helpdesk.accounts import passwords


class HasherThatRemembers(PasswordHasher):
    """The product's own hasher, of the same strength. Whether a password fits a hash never changes, so it is kept."""

    @cache  # noqa: B019 - there is one for the whole run
    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - its name
        """As argon2 says it; what does not fit raises, and is worked out anew every time."""
        return super().verify(hash, password)


def remember_what_fits() -> None:
    """Let the product use such a hasher in this process."""
    passwords._HASHER = HasherThatRemembers.from_parameters(passwords._HASHER._parameters)
