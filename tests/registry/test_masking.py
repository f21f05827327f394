"""Enough to recognise, too little to use."""

import pytest

from helpdesk.registry.masking import (
    mask_bpjs,
    mask_email,
    mask_medical_record,
    mask_name,
    mask_nik,
    mask_phone,
)


@pytest.mark.parametrize(
    ("e164", "masked"),
    [
        ("+6281234560172", "0812-••••-0172"),
        ("+628118165165", "0811-••••-5165"),
        ("+62215551234", "0215-••••-34"),
        ("+6561234567", "+656-••••-4567"),
        ("ID.998877", "••••8877"),
    ],
)
def test_phone(e164: str, masked: str) -> None:
    assert mask_phone(e164) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Dewi Anggraini", "Dewi A•••"),
        ("Dewi Anggraini Putri", "Dewi A•••"),
        ("  Hj.  Iyah ", "Hj. I•••"),
        ("Sukarno", "S•••"),
        ("", ""),
    ],
)
def test_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_nik_keeps_region_and_sequence_but_no_birthday() -> None:
    assert mask_nik("3273024508900000") == "327302••••••0000"
    assert mask_nik("12345") == "•••••"


def test_the_others() -> None:
    assert mask_bpjs("0001234567890") == "000123••••890"
    assert mask_medical_record("004127") == "••••27"
    assert mask_medical_record("12") == "••"
    assert mask_email("dewi@example.com") == "d•••@example.com"
    assert mask_email("dewi") == "d•••"
