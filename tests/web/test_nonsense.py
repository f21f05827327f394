"""Nonsense and bad luck: what nobody means to send is answered with a page, and nothing that was written is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from helpdesk.accounts.organisation import Organisation
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets import keys
from helpdesk.tickets.questions import ask_complainant
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import PASSWORD, Cast
from tests.support.files import jpeg
from tests.web.browsing import Browser, complain
from tests.web.workbench import act_url, open_act, person, send

HUGE = "9" * 20  # more than a column holds
ENDLESS = "9" * 5000  # more digits than Python turns into a number
SUPERSCRIPT = "²"  # a digit to isdigit(), and none to int()
LETTER = "Kami sudah menelepon keluarga pasien dan menjelaskan jadwal obat yang baru."


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("sari", f"/kerja/berkas/{HUGE}"),
        ("sari", f"/kerja/berkas/{HUGE}/gambar"),
        ("sari", f"/kerja/berkas/{HUGE}/asli"),
        ("sari", f"/kerja/unit/{HUGE}"),
        ("sari", f"/lacak/berkas/{HUGE}"),
        ("ayu", f"/admin/pengguna/{HUGE}"),
        ("ayu", f"/admin/unit/{HUGE}"),
        ("ayu", f"/admin/kategori/{HUGE}"),
        ("ayu", f"/admin/tempat/{HUGE}"),
        ("ayu", f"/admin/kotak-keluar/{HUGE}"),
    ],
)
def test_a_number_that_no_row_has_is_no_page(app: Flask, cast: Cast, name: str, path: str) -> None:
    assert person(app, cast, name).get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ayu", "/admin/kotak-keluar?sebelum="),
        ("ayu", "/admin/jejak-audit?sebelum="),
        ("ayu", "/admin/kalender/libur?tahun="),
        ("ayu", "/admin/kalender/libur/usulan?tahun="),
        ("ayu", "/admin/kalender/libur/unduh?tahun="),
        ("hanifah", "/pimpinan/tiket?angka=unit&unit="),
        ("hanifah", "/pimpinan/tiket?angka=dinilai&sesudah="),
        ("hanifah", "/pimpinan/tiket?angka=dinilai&bulan="),
        ("hanifah", "/pimpinan/?bulan="),
        ("sari", "/kerja?sesudah="),
        ("sari", "/kerja?unit="),
        ("sari", "/kerja/cari?cari="),
    ],
)
def test_nonsense_in_an_address_narrows_nothing(
    app: Flask, cast: Cast, name: str, path: str
) -> None:
    client = person(app, cast, name)
    for nonsense in (
        HUGE,
        HUGE + "99",
        SUPERSCRIPT,
        "-1",
        "9999-12",
        "0000-01",
        "0001-01",
        "%00",
        "9.9",
        '"*(',
    ):
        assert client.get(path + nonsense).status_code == 200, path + nonsense


@pytest.mark.parametrize("nonsense", ["abc", HUGE, SUPERSCRIPT, "\x00"])
def test_a_leading_unit_that_was_not_offered_is_told(app: Flask, cast: Cast, nonsense: str) -> None:
    number = cast.complain().number
    cast.triage(number)
    answer = send(person(app, cast, "sari"), act_url(number, "disposisi"), lead=nonsense)
    assert answer.status_code == 422


@pytest.mark.parametrize("nonsense", [HUGE, ENDLESS])
def test_an_answer_to_a_question_that_cannot_be_does_not_break(
    app: Flask, cast: Cast, nonsense: str
) -> None:
    number = cast.complain().number
    cast.triage(number)
    cast.act("sari", number, lambda ticket, by: ask_complainant(ticket, "Kapan?", by=by))
    sent = {"question": nonsense, "text": LETTER}
    answer = send(person(app, cast, "sari"), act_url(number, "pesan-pelapor"), **sent)
    assert answer.status_code == 302


@pytest.mark.parametrize("version", [HUGE, ENDLESS, SUPERSCRIPT, "", "x"])
@pytest.mark.parametrize("path", ["/admin/unit/{}", "/admin/pengguna/{}/peran"])
def test_a_version_that_was_never_shown_fits_none(
    app: Flask, cast: Cast, path: str, version: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = _administrator(app)
    url = path.format(cast.unit_ids["farmasi"])
    form = {"version": version, "name_id": "Apotek", "code": "farmasi", "roles": "admin"}
    assert client.post(url, data=form).status_code == 409


def test_roles_that_were_changed_meanwhile_stand_beside_those_chosen(
    app: Flask, cast: Cast
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    url = f"/admin/pengguna/{cast.user_ids['budi']}/peran"
    answer = _administrator(app).post(url, data={"version": "99", "roles": "care"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    row = r'<th scope="row">[^<]+</th><td>{}</td><td>{}</td>'
    assert re.search(row.format("–", "Customer care"), page)
    assert re.search(row.format("Farmasi", "–"), page)


def test_control_characters_do_not_reach_a_letterhead(app: Flask, cast: Cast) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    here = db.session.get_one(Organisation, 1)
    form = {
        column.name: getattr(here, column.name) or "" for column in Organisation.__table__.columns
    }
    sent = form | {"name": "RSIA\x00 Con\x0btoh\x1b"}
    assert _administrator(app).post("/admin/organisasi", data=sent).status_code == 302
    db.session.expire_all()
    assert db.session.get_one(Organisation, 1).name == "RSIA Contoh"


def test_a_text_beyond_all_measure_comes_back_with_its_form(browser: Browser) -> None:
    page = complain(browser, files={"foto.jpg": jpeg()}, text="a" * 700_000)
    assert page.status == 422
    assert "a" * 700_000 in page.text


def test_words_survive_the_end_of_a_session(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    client, url = person(app, cast, "sari"), act_url(number, "balasan-sementara")
    form = open_act(client, url) | {"text": LETTER}
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        answer = client.post(url, data=form, content_type="multipart/form-data")
        assert client.get(url).location.startswith("/masuk")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert LETTER in page
    assert f'href="/masuk?lanjut={url}"' in page
    assert answer.headers["Cache-Control"] == "no-store"


def test_words_survive_signing_out_in_another_window(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    client, url = person(app, cast, "sari"), act_url(number, "catatan")
    form = open_act(client, url) | {"text": LETTER}
    client.delete_cookie("tanggap")
    cast.sign_in(client, "sari")  # the token of the form above belongs to the session before
    answer = client.post(url, data=form)
    assert answer.status_code == 400
    assert LETTER in answer.get_data(as_text=True)


def test_words_survive_a_complaint_that_closed_itself(browser: Browser) -> None:
    number = complain(browser).number
    browser.open(f"/lacak/keluhan/{number}")
    with time_machine.travel(clock.now() + timedelta(hours=3), tick=False):
        page = browser.send(f"/lacak/keluhan/{number}/pesan", message__text=LETTER)
    assert page.status == 401
    assert LETTER in page.text
    assert f"/lacak?nomor={number}" in page.text


def test_what_another_site_sends_is_not_repeated(client: FlaskClient, cast: Cast) -> None:
    sent = {"text": "Hubungi 0812-3456-0172 untuk membuka kembali akun Anda."}
    answer = client.post("/kerja/catat", data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert "0812" not in answer.get_data(as_text=True)


def test_a_password_is_never_shown_back(client: FlaskClient, cast: Cast) -> None:
    typed = "kuda nil yang sangat panjang sekali sampai lebih dari empat puluh"
    answer = client.post("/masuk", data={"username": "sari", "password": typed})  # without token
    assert answer.status_code == 400
    assert typed not in answer.get_data(as_text=True)


def test_a_replaced_pin_closes_the_files_too(app: Flask, house: Cast, browser: Browser) -> None:
    number = complain(browser, files={"kuitansi.jpg": jpeg()}).number
    file_url = f"/lacak/berkas/{_first_file(browser, number)}"
    assert browser.open(file_url).status == 200
    with app.app_context():
        unit_of_work(lambda: keys.set_pin(db.session.scalars(select(Ticket)).one(), "482913"))
    assert browser.open(file_url).status == 404


def _first_file(browser: Browser, number: str) -> str:
    page = browser.open(f"/lacak/keluhan/{number}").text
    return page.split("/lacak/berkas/")[1].split('"')[0]


def _administrator(app: Flask) -> FlaskClient:
    """Ayu's browser, where forms carry no token."""
    client = app.test_client()
    sent = {"username": "ayu", "password": PASSWORD}
    assert client.post("/masuk", data=sent).status_code == 302
    return client
