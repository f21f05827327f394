"""Which passwords are refused, how they are kept, and the one-time ones."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher

from helpdesk.accounts import passwords
from helpdesk.lib.errors import Invalid

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "password",
    [
        "pendek",
        "sembilan9",
        "x" * 201,
        "1234567890",
        "Rumah Sakit",
        "QWERTYuiop",
        "bismillah123",
        "aaaaaaaaaaaa",
        "121212121212",
        "aku rina.oktavia lho",
        "RINA.OKTAVIA",
    ],
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        passwords.refuse_weak(password, username="rina.oktavia", field="new")
    assert set(refusal.value.fields) == {"new"}


@pytest.mark.parametrize(
    "password", ["gajah terbang tinggi", "kópi tanpa gula", "hujan di Padang 7"]
)
def test_words_in_a_row_are_welcome(password: str) -> None:
    passwords.refuse_weak(password, username="rina.oktavia")


def test_a_short_username_may_stand_in_a_word() -> None:
    passwords.refuse_weak("payung teduh sekali", username="ayu")


def test_kept_as_argon2id_in_the_owasp_profile() -> None:
    kept = passwords.hash_password("gajah terbang tinggi")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(kept) <= 200
    assert passwords.is_right("gajah terbang tinggi", kept)
    assert not passwords.is_right("gajah terbang rendah", kept)
    assert not passwords.needs_rehash(kept)


def test_an_older_profile_is_noticed() -> None:
    kept = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("gajah terbang tinggi")
    assert passwords.is_right("gajah terbang tinggi", kept)
    assert passwords.needs_rehash(kept)


def test_two_spellings_of_one_letter_are_one_password() -> None:
    composed, decomposed = "caf\u00e9 di ujung jalan", "cafe\u0301 di ujung jalan"
    assert passwords.is_right(decomposed, passwords.hash_password(composed))


def test_what_is_too_long_is_wrong_even_if_its_beginning_fits() -> None:
    kept = passwords.hash_password("a" * passwords.MAX_LENGTH)
    assert not passwords.is_right("a" * (passwords.MAX_LENGTH + 1), kept)


def test_a_broken_hash_lets_nobody_in() -> None:
    assert not passwords.is_right("gajah terbang tinggi", "not a hash")


def test_a_one_time_password_can_be_read_aloud() -> None:
    with time_machine.travel(NOW, tick=False):
        drawn = passwords.draw_one_time_password()
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", drawn.text)
    assert not set("0O1IL5S8B") & set(drawn.text)
    assert drawn.expires_at == NOW + timedelta(days=7)
    assert passwords.is_right(drawn.text, drawn.password_hash)
    assert drawn.text not in repr(passwords.draw_one_time_password())


@pytest.mark.parametrize(
    "typed", ["K7MF-2PRT-9WXC", "k7mf2prt9wxc", " k7mf 2prt 9wxc ", "K7MF–2PRT–9WXC"]
)
def test_a_one_time_password_may_be_typed_in_any_way(typed: str) -> None:
    assert passwords.tidy_one_time(typed) == "K7MF-2PRT-9WXC"
