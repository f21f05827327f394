"""The number is found however it is typed, and a mistyped one is never taken for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.tickets.number import (
    Problem,
    TicketNumber,
    format_number,
    parse_number,
    with_right_check,
)

YEARS = (2026, 2025)
years = st.integers(min_value=2024, max_value=2099)
sequences = st.one_of(
    st.integers(min_value=1, max_value=99_999), st.integers(min_value=1, max_value=20_000_000)
)
separators = st.sampled_from(
    ["", "", " ", "-", "/", ".", " - ", "–", "_", "\u200b", "\u00a0", "\n"]
)


def test_the_number_of_the_house() -> None:
    assert format_number("KLH", 2026, 42) == "KLH-26-00042-8"
    assert format_number("KLH", 2026, 1_234_567).startswith("KLH-26-1234567-")
    with pytest.raises(ValueError, match="begins with 1"):
        format_number("KLH", 2026, 0)


@pytest.mark.parametrize(
    "typed",
    [
        "KLH-26-00042-8",
        "klh-26-00042-8",
        "  klh 26 00042 8 ",
        "KLH26000428",
        "26000428",
        "26/00042/8",
        "klh 26 42 8",
        "26-42-8",
        "KLH-2026-00042-8",
        "2026/42/8",
        "KLH–26–OOO42–8",
        "klh-26-ooo42-8",
        "ＫＬＨ－２６－０００４２－８",
        "٢٦-٠٠٠٤٢-٨",
        "No. KLH-26-00042-8.",
        "no KLH26000428",
        "NOMOR26-00042-8",
        "RSU-26-00042-8",
        "Yg kmrn sy lapor KLH-26-00042-8 tgl 3 kok blm ada kabar? katanya 3 hari",
    ],
)
def test_a_whole_number_is_certain(typed: str) -> None:
    parsed = parse_number(typed, years=YEARS)
    assert (parsed.numbers, parsed.problem) == ([TicketNumber(2026, 42)], None)


def test_l_and_i_are_ones() -> None:
    number = format_number("KLH", 2026, 10_111)
    assert parse_number(number.replace("1", "l")).numbers == [TicketNumber(2026, 10_111)]
    assert parse_number(number.replace("1", "I")).numbers == [TicketNumber(2026, 10_111)]


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [
        ("no 0042", [(2026, 42), (2025, 42)]),
        ("NO0042", [(2026, 42), (2025, 42)]),
        ("#42", [(2026, 42), (2025, 42)]),
        ("O042", [(2026, 42), (2025, 42)]),
        ("00042-8", [(2026, 42)]),
        ("26-00042", [(2026, 42)]),
        ("klh 25 42", [(2025, 42)]),
        ("2025/42", [(2025, 42)]),
        ("2600042", [(2026, 42), (2026, 2_600_042), (2025, 2_600_042)]),
        ("26 000 42", [(2026, 42)]),
    ],
)
def test_without_check_digit_there_are_candidates(
    typed: str, candidates: list[tuple[int, int]]
) -> None:
    parsed = parse_number(typed, years=YEARS)
    assert parsed.numbers == [TicketNumber(*candidate) for candidate in candidates]
    assert parsed.problem is Problem.INCOMPLETE


@pytest.mark.parametrize("typed", ["", "  ", "halo", "lo kok lol", "KLH", "no", "000", "KLH-26-"])
def test_no_number_at_all(typed: str) -> None:
    parsed = parse_number(typed)
    assert parsed.numbers == []
    assert parsed.problem is Problem.INCOMPLETE


def test_too_many_zeros_are_a_mistake() -> None:
    assert parse_number("KLH-26-000042-8").problem is Problem.CHECKSUM


def test_other_prefixes_with_lookalike_letters() -> None:
    for prefix in ("ADL", "RSO", "OIL", "R5", "K"):
        number = format_number(prefix, 2026, 107)
        for typed in (number, number.replace("-", ""), number.lower()):
            assert parse_number(typed, prefix=prefix).numbers == [TicketNumber(2026, 107)], typed


@given(years, sequences, st.data())
def test_every_number_parses_back_however_it_is_separated(
    year: int, seq: int, data: st.DataObject
) -> None:
    written = format_number("KLH", year, seq)
    digits = written.removeprefix("KLH").replace("-", "")
    prefix = data.draw(st.sampled_from(["", "KLH", "klh", "Klh-", "no. ", "klh "]))
    typed = prefix + "".join(data.draw(separators) + digit for digit in digits)
    parsed = parse_number(typed)
    assert (parsed.numbers, parsed.problem) == ([TicketNumber(year, seq)], None)


@given(years, sequences, st.sampled_from(["O", "o", "0"]), st.sampled_from(["l", "I", "i", "1"]))
def test_lookalikes_in_a_written_number(year: int, seq: int, zero: str, one: str) -> None:
    digits = format_number("", year, seq).replace("0", zero).replace("1", one)
    assert parse_number("KLH" + digits).numbers == [TicketNumber(year, seq)]


@given(years, sequences, st.data())
def test_one_wrong_digit_is_detected(year: int, seq: int, data: st.DataObject) -> None:
    written = format_number("KLH", year, seq)
    places = [place for place, char in enumerate(written) if char.isdigit()]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != written[place]]))
    parsed = parse_number(written[:place] + wrong + written[place + 1 :], years=YEARS)
    assert (parsed.numbers, parsed.problem) == ([], Problem.CHECKSUM)


@given(years, sequences, st.data())
def test_two_swapped_neighbours_are_detected(year: int, seq: int, data: st.DataObject) -> None:
    written = list(format_number("KLH", year, seq))
    places = [place for place, char in enumerate(written) if char.isdigit()]
    pairs = [
        (left, right)
        for left, right in zip(places, places[1:], strict=False)
        if written[left] != written[right]
    ]
    left, right = data.draw(st.sampled_from(pairs))
    written[left], written[right] = written[right], written[left]
    parsed = parse_number("".join(written), years=YEARS)
    assert (parsed.numbers, parsed.problem) == ([], Problem.CHECKSUM)


@given(years, sequences)
def test_the_number_with_the_right_check_digit_is_told(year: int, seq: int) -> None:
    written = format_number("KLH", year, seq)
    wrong = f"{written[:-1]}{(int(written[-1]) + 1) % 10}"
    assert with_right_check(wrong) == with_right_check(wrong.replace("-", "")) == written
    assert with_right_check(written) == ""


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it(text: str) -> None:
    parsed = parse_number(text, years=YEARS)
    assert parsed.problem is not None or len(parsed.numbers) == 1
