"""Whatever is posted, reading it ends, in bounds, with something that can be stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.lib.whatsapp.payload import ReadPost
from helpdesk.lib.whatsapp.reading import MOST_BYTES, MOST_PARTS, MOST_TROUBLES, read_post
from tests.support.mutations import VALUES, mutated
from tests.support.webhooks import message, on_the_wire, post, status


def is_sound(found: ReadPost) -> None:
    """Can all of it be stored, and is nobody missing who is to be answered?"""
    for one in found.messages:
        json.dumps(one.facts, allow_nan=False, ensure_ascii=False).encode()
        for words in (one.text, one.profile_name, one.kind, one.choice_id, one.provider_id):
            words.encode()
        assert one.wa_id or one.user_id
        assert one.said_at.tzinfo is not None
        assert len(one.provider_id) <= 255
        assert 0 < len(one.kind) <= 30
    for receipt in found.statuses:
        assert receipt.provider_id.encode()
        assert receipt.status
    assert len(found.troubles) <= MOST_TROUBLES


@given(mutated())
def test_a_payload_with_wrong_parts(raw: bytes) -> None:
    is_sound(read_post(raw))


@given(VALUES)
def test_any_json(value: Any) -> None:
    is_sound(read_post(json.dumps(value).encode()))
    is_sound(read_post(json.dumps({"entry": value}).encode()))


@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    is_sound(read_post(raw))


@given(st.sampled_from(on_the_wire()), st.integers(0, 2000), st.binary(max_size=6))
def test_bytes_put_into_a_payload(path: Any, at: int, rubbish: bytes) -> None:
    raw = path.read_bytes()
    at %= len(raw)
    is_sound(read_post(raw[:at] + rubbish + raw[at:]))
    is_sound(read_post(raw[:at]))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"halo",
        b'{"object": "page"}',
        b'{"entry": {}}',
        b"[" * 100_000,
        b'{"entry": ' + b"[" * 500 + b"]" * 500 + b"",
        b"\xff\xfe\x00",
        b" " * (MOST_BYTES + 1),
    ],
)
def test_what_is_no_envelope(raw: bytes) -> None:
    found = read_post(raw)
    assert not found.is_readable
    assert len(found.troubles) == 1


def test_halves_of_a_character_and_numbers_that_are_none() -> None:
    """A database takes neither a lone surrogate nor NUL nor NaN."""
    raw = post(message("hologram", hologram={"a": 1})).replace(
        b'{"a": 1}', b'{"a": NaN, "b": 1e999, "c": "\\ud83d\\u0000", "d": ' + b"7" * 5000 + b"}"
    )
    (one,) = read_post(raw).messages
    assert one.facts["raw"]["hologram"] == {"a": None, "b": None, "c": "?", "d": None}


def test_marks_that_turn_the_direction_of_writing_are_left_out() -> None:
    raw = post(message("text", text={"body": "petugas \u202elive \u2066ya\u2069"}))
    (one,) = read_post(raw).messages
    assert one.text == "petugas live ya"


def test_what_is_nested_too_deep_is_cut() -> None:
    deep: Any = "dasar"
    for _level in range(200):
        deep = {"x": deep}
    (one,) = read_post(post(message("hologram", hologram=deep))).messages
    assert len(json.dumps(one.facts)) < 1000


def test_thousands_of_messages() -> None:
    many = [message(provider_id=f"wamid.{number}") for number in range(MOST_PARTS + 7)]
    found = read_post(post(*many))
    assert len(found.messages) == MOST_PARTS
    assert found.troubles, "that something was left is told"
    receipts = [status(f"wamid.{number}", "read") for number in range(3000)]
    assert len(read_post(post(statuses=receipts)).statuses) == 3000


def test_a_message_without_an_id_has_one_all_the_same() -> None:
    """By which it is known when it comes again."""
    one = message() | {"id": None}
    names = {read_post(post(one)).messages[0].provider_id for _time in range(2)}
    assert len(names) == 1
    other = read_post(post(one | {"text": {"body": "Lain"}})).messages[0].provider_id
    assert other not in names


@pytest.mark.parametrize(
    "sender", ["", "bukan nomor", "0812", "+", "ID", "12345678901234567890123"]
)
def test_nobody_said_it(sender: str) -> None:
    found = read_post(post(message(wa_id=sender, user_id=None)))
    assert found.messages == ()
    assert found.troubles == ("message/0/0",)
