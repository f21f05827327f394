"""Mail of which a part cannot be read: customer care is told in words, and has the original."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.intake.mailing import arrive, number
from tests.support.cast import Cast
from tests.web.workbench import person

WIRE = Path(__file__).parent.parent / "wire" / "mail"
SEALED = "terenkripsi (S/MIME atau PGP)"


@pytest.mark.parametrize("name", ["pgp_encrypted", "smime_encrypted"])
def test_a_sealed_mail_is_said_to_be_so(app: Flask, cast: Cast, name: str) -> None:
    raw = (WIRE / f"{name}.eml").read_bytes()
    row = arrive(raw)
    sari = person(app, cast, "sari")
    ticket = sari.get(f"/kerja/tiket/{number(row)}").get_data(as_text=True)
    mail = f"/kerja/surel/{row.id}"
    assert SEALED in ticket
    assert f'href="{mail}"' in ticket
    page = sari.get(mail).get_data(as_text=True)
    assert SEALED in page
    assert f'href="{mail}/asli.eml"' in page
    assert sari.get(f"{mail}/asli.eml").get_data() == raw


def test_a_mail_that_was_read_says_nothing_of_the_kind(app: Flask, cast: Cast) -> None:
    row = arrive((WIRE / "winmail.eml").read_bytes())
    ticket = person(app, cast, "sari").get(f"/kerja/tiket/{number(row)}").get_data(as_text=True)
    assert SEALED not in ticket
    assert "winmail" not in ticket
