"""What is typed is stored as it is read: nothing in it that nobody can see."""

from __future__ import annotations

import pytest

from helpdesk.web.typed import tidy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("petugas \u202elive", "petugas live"),
        ("\u202aobat\u202c \u2066habis\u2069", "obat habis"),
        ("satu\r\ndua\rtiga", "satu\ndua\ntiga"),
        ("a\x00b\ud800c", "abc"),
        ("keluarga 👨\u200d👩\u200d👧", "keluarga 👨\u200d👩\u200d👧"),
        (None, ""),
    ],
)
def test_what_nobody_sees_is_left_out(typed: str | None, kept: str) -> None:
    assert tidy(typed) == kept
