"""What fits into a message, and what somebody may tap: too much is noticed where it is written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.messaging.whatsapp.choices import check_choices
from helpdesk.messaging.whatsapp.fitting import LONGEST, fitted, in_pieces
from helpdesk.messaging.whatsapp.saying import TEXT_LENGTH

LINK = "https://rs.example/k/abc"


def button(number: int, title: str = "") -> dict[str, str]:
    return {"id": f"id-{number}", "title": title or f"Pilihan {number}"}


def rows(count: int, **more: str) -> dict[str, Any]:
    return {"list": {"button": "Menu", "rows": [{**button(one), **more} for one in range(count)]}}


@pytest.mark.parametrize(
    "choices",
    [None, {"buttons": [button(1)]}, {"buttons": [button(one) for one in range(3)]}, rows(10)],
)
def test_what_the_provider_takes(choices: dict[str, Any] | None) -> None:
    check_choices("Silakan pilih", choices)


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"buttons": []},
        {"buttons": [button(one) for one in range(4)]},
        {"buttons": [button(1, "x" * 21)]},
        {"buttons": [button(1, " ")]},
        {"buttons": [button(1), button(1, "lain")]},
        {"buttons": [button(1, "sama"), button(2, "sama")]},
        {"buttons": [{"id": "x" * 257, "title": "a"}]},
        rows(0),
        rows(11),
        rows(1, title="x" * 25),
        rows(1, description="x" * 73),
        rows(1, id="x" * 201),
        {"list": {"button": "x" * 21, "rows": [button(1)]}},
        {"buttons": [button(1)], "list": {}},
    ],
)
def test_what_it_would_refuse_as_a_whole(choices: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="."):
        check_choices("Silakan pilih", choices)


def test_above_something_to_tap_there_is_less_room() -> None:
    with pytest.raises(ValueError, match="1024"):
        check_choices("x" * 1025, {"buttons": [button(1)]})


def test_short_words_stay_as_they_are() -> None:
    assert fitted(f" Halo.\n{LINK} ", LINK) == f"Halo.\n{LINK}"


def test_long_words_end_with_a_sentence_and_the_link() -> None:
    text = "Ini kalimat yang cukup panjang. " * 200 + f"\n\nBaca di sini:\n{LINK}"
    cut = fitted(text, LINK)
    assert len(cut) <= TEXT_LENGTH
    assert cut.endswith(f"panjang. …\n\nSelengkapnya di halaman Anda:\n{LINK}")
    assert fitted(text, LINK, "en").endswith(f"More on your page:\n{LINK}")


@given(st.text(max_size=12_000))
def test_whatever_is_said_fits(text: str) -> None:
    cut = fitted(text, LINK)
    assert len(cut) <= TEXT_LENGTH
    assert cut == text.strip() or cut.endswith((LINK, "…"))


def test_a_long_text_goes_in_numbered_pieces_that_end_with_a_paragraph_or_a_sentence() -> None:
    paragraph = "Ini kalimat yang cukup panjang. " * 80
    first, second, third = in_pieces(f"{paragraph}\n\n{paragraph}{paragraph}")
    assert first == f"(1/3)\n{paragraph.strip()}"
    assert second.startswith("(2/3)\nIni")
    assert second.endswith("panjang.")
    assert third.startswith("(3/3)\nIni")
    assert in_pieces(" Halo. ") == ["Halo."]


@given(st.text(min_size=1, max_size=300), st.integers(1, 200))
def test_of_a_text_in_pieces_nothing_is_lost(some: str, times: int) -> None:
    text = (some * times)[:LONGEST]
    pieces = in_pieces(text)
    assert all(len(one) <= TEXT_LENGTH for one in pieces)
    assert len(pieces) <= 4
    if len(pieces) > 1:
        pieces = [one.partition("\n")[2] for one in pieces]
    assert "".join("".join(pieces).split()) == "".join(text.split())
