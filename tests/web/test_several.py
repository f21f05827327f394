"""Several tickets of the list decided at once; what one refuses is told and does not stop the others."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from helpdesk.letters.letter import Letter
from helpdesk.lib.database import db
from helpdesk.tickets.ticket import Disposition
from tests.support.cast import Cast
from tests.web.browsing import plain
from tests.web.workbench import tokenless


@pytest.fixture
def sari(app: Flask, cast: Cast) -> FlaskClient:
    return tokenless(app, cast, "sari")


def decide(client: FlaskClient, numbers: list[str], **said: str) -> str:
    form = {"nomor": numbers, "once": "x" * 30, **said}
    answer = client.post("/kerja/beberapa", data=form, follow_redirects=True)
    return answer.get_data(as_text=True)


def test_the_list_offers_a_box_for_every_ticket(sari: FlaskClient, cast: Cast) -> None:
    number = cast.complain().number
    assert f'name="nomor" value="{number}" form="several"' in sari.get("/kerja").get_data(True)


def test_two_become_mine_at_once(sari: FlaskClient, cast: Cast) -> None:
    numbers = [cast.complain(text).number for text in ("Obat habis.", "AC mati.")]
    page = sari.get("/kerja/beberapa", query_string={"nomor": numbers}).get_data(True)
    assert all(number.split("-")[2] in page for number in numbers)
    assert "2 tiket" in decide(sari, numbers, act="ambil")
    assert {cast.ticket(number).owner_id for number in numbers} == {cast.user_ids["sari"]}


def test_afterwards_the_view_in_which_they_were_ticked_is_there_again(
    sari: FlaskClient, cast: Cast
) -> None:
    number, left = cast.complain().number, "/kerja?tampilan=baru"
    sari.get(left)
    assert f'href="{left}"' in sari.get("/kerja/beberapa", query_string={"nomor": number}).text
    form = {"nomor": number, "once": "x" * 30, "act": "ambil"}
    assert sari.post("/kerja/beberapa", data=form).location == left
    assert sari.get("/kerja/beberapa").location == left, "nothing was ticked"


def test_what_cannot_be_sent_is_named_and_the_rest_is_sent_once(
    sari: FlaskClient, cast: Cast
) -> None:
    graded, raw = cast.complain("Obat habis.").number, cast.complain("AC mati.").number
    cast.triage(graded)
    unit = str(cast.unit_ids["farmasi"])
    for _twice in range(2):
        page = decide(sari, [graded, raw], act="disposisi", unit_id=unit, note="Periksa stok.")
        assert f"{raw}: " in page
    assert db.session.scalar(select(func.count(Disposition.id))) == 1


def test_what_is_refused_keeps_its_words_and_says_why(sari: FlaskClient, cast: Cast) -> None:
    graded, raw = cast.complain("Obat habis.").number, cast.complain("AC mati.").number
    cast.triage(graded)
    unit = str(cast.unit_ids["farmasi"])
    page = decide(sari, [graded, raw], act="disposisi", unit_id=unit, note="Periksa stok.")
    assert f"{raw}: Belum digrading, jadi belum dapat didisposisikan." in page
    assert "sejak Anda membukanya" not in page
    assert "Selesai untuk 1 tiket." in plain(page) or "1 tiket" in plain(page)
    assert "Periksa stok.</textarea>" in page
    assert re.findall(r'name="nomor" value="([^"]+)"', page) == [raw]
    cast.triage(raw)
    once = re.search(r'name="once"[^>]*value="([^"]+)"', page)
    assert once
    decide(sari, [raw], act="disposisi", unit_id=unit, note="Periksa AC.", once=once[1])
    assert [one.instruction for one in cast.ticket(raw).dispositions] == ["Periksa AC."]


def test_whatever_was_refused_is_counted(sari: FlaskClient, cast: Cast) -> None:
    raw = [cast.complain(text).number for text in ("Obat habis.", "AC mati.", "Antre lama.")]
    unit = str(cast.unit_ids["farmasi"])
    page = decide(sari, raw, act="disposisi", unit_id=unit, note="Periksa.")
    assert "Ada 3 isian yang perlu diperbaiki" in page


def test_only_what_the_form_names_is_decided(sari: FlaskClient, cast: Cast) -> None:
    done, left = cast.complain("Obat habis.").number, cast.complain("AC mati.").number
    form = {"nomor": left, "act": "ambil", "once": "x" * 30}
    sari.post("/kerja/beberapa", query_string={"nomor": [done, left]}, data=form)
    assert cast.ticket(done).owner_id is None
    assert cast.ticket(left).owner_id == cast.user_ids["sari"]


def test_each_that_is_sent_has_its_sheet(sari: FlaskClient, cast: Cast) -> None:
    numbers = [cast.complain(text).number for text in ("Obat habis.", "AC mati.")]
    for number in numbers:
        cast.triage(number)
    decide(sari, numbers, act="disposisi", unit_id=str(cast.unit_ids["farmasi"]))
    sheets = select(Letter.subject_id).where(Letter.kind == "disposition_sheet")
    assert set(db.session.scalars(sheets)) == {cast.ticket(number).id for number in numbers}


def test_nothing_ends_without_a_reason(sari: FlaskClient, cast: Cast) -> None:
    number = cast.complain("asdf asdf").number
    page = decide(sari, [number], act="akhiri", way="spam", reason=" ")
    assert "Tuliskan alasannya." in page
    assert cast.ticket(number).status == "received"
    decide(sari, [number], act="akhiri", way="spam", reason="Promosi.")
    assert cast.ticket(number).status == "spam"


def test_what_needs_a_supervisor_is_named_and_the_rest_ends(sari: FlaskClient, cast: Cast) -> None:
    grave, raw = cast.complain("Pasien jatuh.").number, cast.complain("asdf asdf").number
    cast.triage(grave)  # yellow
    page = decide(sari, [grave, raw], act="akhiri", way="archived", reason="Terlalu umum.")
    assert f"{grave}: Hanya supervisor yang boleh mengarsipkan keluhan kuning" in page
    assert [cast.ticket(number).status for number in (grave, raw)] == ["triaged", "archived"]


def test_the_same_form_with_another_way_out_is_no_repetition(sari: FlaskClient, cast: Cast) -> None:
    number = cast.complain("asdf asdf").number
    decide(sari, [number], act="akhiri", way="spam", reason="Promosi.")
    page = decide(sari, [number], act="akhiri", way="archived", reason="Promosi.")
    assert f"{number}: " in page
    assert cast.ticket(number).status == "spam"


def test_nothing_ticked_leads_back_with_a_word(sari: FlaskClient, cast: Cast) -> None:
    page = sari.get("/kerja/beberapa", follow_redirects=True).get_data(True)
    assert "Centang sedikitnya satu" in page


def test_a_unit_decides_nothing_this_way(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    budi = tokenless(app, cast, "budi")
    assert budi.post("/kerja/beberapa", data={"nomor": number, "act": "ambil"}).status_code == 404
    assert cast.ticket(number).owner_id is None
