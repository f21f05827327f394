"""Passwords: how they are kept, which are refused, and the one-time ones that are read over a
telephone.

Hashing takes tens of milliseconds and 19 MiB on purpose: always call it outside a unit of work.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

from helpdesk.lib import clock
from helpdesk.lib.errors import Invalid

MIN_LENGTH = 10
MAX_LENGTH = 200  # longer input is an attack on the processor, not a password
_TELLING_LENGTH = 4  # a shorter username stands in too many honest words
ONE_TIME_LIVES_FOR = timedelta(days=7)

# The profile OWASP gives for small servers: 19 MiB keeps many people signing in at once affordable.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)

# Nothing that is mistaken for another on paper: no 0 O, no 1 I L, no 5 S, no 8 B.
_ALPHABET = "234679ACDEFHJKMNPRTUVWXY"
_GROUPS, _GROUP_LENGTH = 3, 4

# What is tried first; shorter ones are already refused by their length.
_COMMONEST = """
0000000000 0123456789 0987654321 1111111111 112233445566 1122334455 1212121212 123123123123
1231231231 1234512345 1234567890 12345678900 12345678910 123456789a 1234567891 123456789012
1q2w3e4r5t 1qaz2wsx3edc a123456789 aa12345678 abc1234567 abcd123456 abcdefghij admin12345
admin123456 administrator administrator1 asdfghjkl1 bismillah1 bismillah123 changeme123 complaint123
customercare helpdesk123 iloveyou12 iloveyou123 indonesia1 indonesia12 indonesia123 indonesia45
katasandi1 katasandi123 keluhan123 merdeka1945 p@ssw0rd123 passw0rd123 password10 password11
password12 password123 password1234 password12345 passwordpassword pengaduan123 q1w2e3r4t5
qwerty1234 qwerty12345 qwerty123456 qwertyuiop qwertyuiop1 rahasia123 rahasia1234 rumahsakit
rumahsakit1 rumahsakit123 sayang1234 selamatdatang tanggap123 tanggap1234 welcome123 zaq12wsxcde
"""
_REFUSED = frozenset(_COMMONEST.split())


@dataclass(frozen=True)
class OneTimePassword:
    """A password for the first sign-in: shown once as *text*, good until *expires_at*."""

    text: str
    password_hash: str
    expires_at: datetime


def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    return _HASHER.hash(_normal(password))


def is_right(password: str, password_hash: str) -> bool:
    """Does the *password* fit? Costs the same for a right and a wrong one."""
    try:
        return (
            _HASHER.verify(password_hash, _normal(password[:MAX_LENGTH]))
            and len(password) <= MAX_LENGTH
        )
    except (VerificationError, InvalidHashError):
        return False


def spend_the_same(password: str) -> None:
    """Work as long as a check would: for a name that nobody has, the clock must not tell."""
    is_right(password, _nobodys_hash())


def needs_rehash(password_hash: str) -> bool:
    """Was it hashed with an older profile than today's?"""
    return _HASHER.check_needs_rehash(password_hash)


def refuse_weak(password: str, *, username: str, field: str = "password") -> None:
    """Raise Invalid on *field* for a password that is short, common, or made of the username."""
    squashed = "".join(password.casefold().split())
    if len(password) < MIN_LENGTH:
        raise Invalid({field: _l("Use at least %(count)s characters.", count=MIN_LENGTH)})
    if len(password) > MAX_LENGTH:
        raise Invalid({field: _l("Use at most %(count)s characters.", count=MAX_LENGTH)})
    if len(username) >= _TELLING_LENGTH and username.casefold() in squashed:
        raise Invalid({field: _l("The password must not contain your username.")})
    if squashed in _REFUSED or len(set(squashed)) < 4:
        raise Invalid({field: _l("Too many people use this password. Choose another one.")})


def draw_one_time_password() -> OneTimePassword:
    """A fresh one-time password, such as ``K7MF-2PRT-9WXC``."""
    text = draw_legible()
    return OneTimePassword(text, hash_password(text), clock.now() + ONE_TIME_LIVES_FOR)


def draw_legible() -> str:
    """About 55 random bits in three groups that nobody misreads on paper or on the telephone."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def tidy_one_time(typed: str) -> str:
    """A one-time password as it was shown, whatever the case and the groups it was typed in."""
    letters = re.sub(r"[\s\-–.]", "", typed).upper()
    starts = range(0, len(letters), _GROUP_LENGTH)
    return "-".join(letters[start : start + _GROUP_LENGTH] for start in starts)


def _normal(password: str) -> str:
    """One spelling for what looks alike: keyboards compose accented letters differently."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys_hash() -> str:
    return hash_password(secrets.token_hex(16))
