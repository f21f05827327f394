"""Identifiers as people really type them; whole numbers here are made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.lib.errors import Invalid
from helpdesk.registry.identifiers import (
    national,
    parse_email,
    parse_medical_record,
    parse_phone,
)


@pytest.mark.parametrize(
    "typed",
    [
        "0812-3456-7890",
        "+62 812 3456 7890",
        "6281234567890",
        "(0)81234567890",
        "+62 (0)812-3456-7890",
        "006281234567890",
        "81234567890",
        "O81234567890",
        "o812 3456 789O",
        "08l234567890",
        "0812.3456.7890",
        "0812/3456/7890",
        "HP: 0812 3456 7890",
        "no. wa 0812 3456 7890",
        "０８１２３４５６７８９０",
        "\u202a+62 812\u20113456\u20117890\u202c",
    ],
)
def test_one_mobile_number_in_many_forms(typed: str) -> None:
    assert parse_phone(typed) == "+6281234567890"


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("0811 8165 165", "+628118165165"),
        ("0812-0000-0172", "+6281200000172"),
        ("0751 7053 333", "+627517053333"),
        ("(021) 555-1234", "+62215551234"),
        ("+65 6123 4567", "+6561234567"),
        ("+60 12-345 6789", "+60123456789"),
    ],
)
def test_other_numbers(typed: str, e164: str) -> None:
    assert parse_phone(typed) == e164


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "halo",
        "112",
        "0812",
        "080-123-4567",
        "0812345678901234",
        "0812-3456-7890 / 0813-3456-7890",
        "tidak ada",
        "0812 3456 789x",
        "+999 1234567",
        "budi@example.com",
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_phone(typed)
    assert list(refusal.value.fields) == ["phone"]


@given(st.integers(min_value=1, max_value=9), st.integers(min_value=10**6, max_value=10**11 - 1))
def test_reading_a_read_number_changes_nothing(second: int, rest: int) -> None:
    e164 = parse_phone(f"08{second}{rest}")
    assert parse_phone(e164) == parse_phone(national(e164)) == parse_phone(e164[1:]) == e164


@given(st.text(max_size=40))
def test_nothing_typed_breaks_a_phone(text: str) -> None:
    try:
        assert parse_phone(text).startswith("+")
    except Invalid:
        return


def test_a_number_as_it_is_read_aloud() -> None:
    assert national("+6281234560172") == "0812-3456-0172"
    assert national("+627517053333") == "0751-7053333"
    assert national("+62215551234") == "021-5551234"
    assert national("+6561234567") == "+6561234567"


@pytest.mark.parametrize(
    "typed",
    ["dewi@example.com", " Dewi@Example.COM ", "mailto:dewi@example.com", "<dewi@example.com>"],
)
def test_an_email_address_is_lower_case(typed: str) -> None:
    assert parse_email(typed) == "dewi@example.com"


@pytest.mark.parametrize("typed", ["", "dewi", "dewi@", "dewi@example", "a b@example.com"])
def test_what_is_no_email_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_email(typed)
    assert list(refusal.value.fields) == ["email"]


def test_an_email_too_long_for_its_column_is_refused() -> None:
    with pytest.raises(Invalid):
        parse_email(f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.id")


@pytest.mark.parametrize("typed", ["00-41-27", "RM 00-41-27", "no. rm: 00.41.27", "004127"])
def test_a_record_number_loses_only_its_separators(typed: str) -> None:
    assert parse_medical_record(typed) == "004127"
