"""Two steps at the door as a browser meets them: nothing opens between the password and the code."""

from __future__ import annotations

import re

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from helpdesk.accounts import staff
from helpdesk.accounts.organisation import Organisation
from helpdesk.accounts.roles import Role
from helpdesk.accounts.staff import Holding
from helpdesk.accounts.user import SecondFactor, User, UserSession
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.editing import find_row
from helpdesk.web.doors import is_open_to_all
from tests.support.authenticator import Authenticator, enrol
from tests.support.cast import PASSWORD, Cast
from tests.web.test_doors import address_of
from tests.web.workbench import Browser

LETTER = "Saya sudah menelepon keluarga pasien dan menjelaskan jadwal obat yang baru."
PASSWORD_FORM = {"username": "ayu", "password": PASSWORD}


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser


@pytest.fixture
def telephone(cast: Cast) -> Authenticator:
    """Ayu's app."""
    return enrol(cast.user_ids["ayu"])


@pytest.fixture
def half_in(app: Flask, telephone: Authenticator) -> FlaskClient:
    """A browser in which Ayu's password was right, and no more."""
    client = app.test_client()
    answer = client.post("/masuk", data=PASSWORD_FORM)
    assert answer.location == "/masuk/kode"
    return client


def _demand() -> None:
    def switch() -> None:
        db.session.get_one(Organisation, 1).requires_second_factor = True

    unit_of_work(switch)


def test_no_page_opens_between_password_and_code(app: Flask, half_in: FlaskClient) -> None:
    opened = []
    for rule in app.url_map.iter_rules():
        if is_open_to_all(rule.endpoint):
            continue
        url = address_of(rule)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = half_in.open(url, method=method)
            if answer.status_code != 302 or not answer.location.startswith("/masuk"):
                opened.append(f"{method} {url}: {answer.status}")
    assert opened == []


def test_the_code_opens_and_the_session_is_rotated(
    half_in: FlaskClient, telephone: Authenticator
) -> None:
    before = half_in.get_cookie("tanggap")
    answer = half_in.post("/masuk/kode", data={"code": telephone.code()})
    assert answer.location == "/akun/beranda"
    assert half_in.get("/admin/unit").status_code == 200
    after = half_in.get_cookie("tanggap")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    thief = half_in.application.test_client()
    thief.set_cookie("tanggap", before.value)
    assert thief.get("/admin/unit").location.startswith("/masuk")
    assert thief.get("/masuk/kode").location == "/masuk"


def test_the_way_on_survives_the_second_step(app: Flask, telephone: Authenticator) -> None:
    client = app.test_client()
    answer = client.post("/masuk", data={**PASSWORD_FORM, "lanjut": "/admin/unit"})
    page = client.get(answer.location).get_data(as_text=True)
    assert 'name="lanjut" value="/admin/unit"' in page
    form = {"code": telephone.code(), "lanjut": "/admin/unit"}
    assert client.post("/masuk/kode", data=form).location == "/admin/unit"
    evil = {**form, "lanjut": "//evil.example/"}
    assert client.post("/masuk/kode", data=evil).location == "/masuk"


def test_a_wrong_code_is_told_and_can_be_tried_again(
    half_in: FlaskClient, telephone: Authenticator
) -> None:
    answer = half_in.post("/masuk/kode", data={"code": "12345x"})
    assert answer.status_code == 422
    assert "12345x" in answer.get_data(as_text=True)
    assert half_in.post("/masuk/kode", data={"code": telephone.code()}).status_code == 302


def test_a_recovery_code_says_how_many_are_left(
    half_in: FlaskClient, telephone: Authenticator
) -> None:
    half_in.post("/masuk/kode", data={"code": telephone.recovery_codes[0]})
    assert "9" in _notes(half_in.get("/akun").get_data(as_text=True))


def _notes(page: str) -> str:
    found = re.search(r'class="note note-warn" role="status">(.*?)</p>', page)
    assert found is not None, page[:2000]
    return re.sub(r"<[^>]+>", " ", found.group(1).partition("</svg>")[2])


def test_without_a_password_there_is_no_second_step(app: Flask, cast: Cast) -> None:
    assert app.test_client().get("/masuk/kode").location == "/masuk"
    assert app.test_client().post("/masuk/kode", data={"code": "123456"}).location == "/masuk"


def test_enrolling_on_the_page(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    client.post("/masuk", data=PASSWORD_FORM)
    page = client.get("/akun/dua-langkah").get_data(as_text=True)
    secret = _secret_on(page)
    assert _secret_on(client.get("/akun/dua-langkah").get_data(as_text=True)) == secret
    wrong = {"code": "000000", "password": PASSWORD}
    answer = client.post("/akun/dua-langkah", data=wrong)
    assert answer.status_code == 422
    assert _secret_on(answer.get_data(as_text=True)) == secret, "the app need not scan again"
    form = {"code": pyotp.TOTP(secret).at(clock.now()), "password": PASSWORD}
    answer = client.post("/akun/dua-langkah", data=form)
    codes = re.findall(r"<li><code>([^<]+)</code>", answer.get_data(as_text=True))
    assert len(codes) == 10
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/admin/unit").status_code == 200, "signed in still, in a fresh session"
    again = client.get("/akun/dua-langkah").get_data(as_text=True)
    assert secret not in again.replace(" ", "")
    assert codes[0] not in again


def _secret_on(page: str) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert found is not None, page[:3000]
    return found.group(1).replace(" ", "")


def test_who_must_enrol_opens_nothing_before(app: Flask, cast: Cast) -> None:
    _demand()
    client = app.test_client()
    assert client.post("/masuk", data=PASSWORD_FORM).location == "/akun/beranda"
    for path in ("/admin/", "/akun", "/kerja", "/akun/beranda", "/akun/dua-langkah/matikan"):
        assert client.get(path).location == "/akun/dua-langkah", path
    assert client.post("/admin/unit/baru", data={"code": "x"}).location == "/akun/dua-langkah"
    secret = _secret_on(client.get("/akun/dua-langkah").get_data(as_text=True))
    form = {"code": pyotp.TOTP(secret).at(clock.now()), "password": PASSWORD}
    assert client.post("/akun/dua-langkah", data=form).status_code == 200
    assert client.get("/admin/unit").status_code == 200


def test_who_must_enrol_may_leave(app: Flask, cast: Cast) -> None:
    _demand()
    client = app.test_client()
    client.post("/masuk", data=PASSWORD_FORM)
    assert client.post("/keluar").location == "/masuk"


def test_the_organisation_asks_for_it(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    client.post("/masuk", data=PASSWORD_FORM)
    form = {"version": "1", "name": "RSIA Contoh", "zone": "Asia/Jakarta", "number_prefix": "KLH"}
    form |= {"idle_minutes": "30", "reopen_days": "30", "requires_second_factor": "y"}
    assert client.post("/admin/organisasi", data=form).status_code == 302
    assert db.session.get_one(Organisation, 1).requires_second_factor
    other = app.test_client()
    other.post("/masuk", data={"username": "ratih", "password": PASSWORD})
    assert other.get("/kerja").location == "/akun/dua-langkah"


def test_a_role_that_asks_for_it_does_so_in_sessions_that_are_open(app: Flask, cast: Cast) -> None:
    _demand()
    sari = app.test_client()
    sari.post("/masuk", data={"username": "sari", "password": PASSWORD})
    assert sari.get("/kerja").status_code == 200
    user = find_row(User, cast.user_ids["sari"])
    holdings = [Holding(Role.SUPERVISOR)]
    unit_of_work(
        lambda: staff.set_grants(user.id, holdings, version=user.version, by=cast.actor("ayu"))
    )
    assert sari.get("/kerja").location == "/akun/dua-langkah"


def test_words_survive_being_led_to_enrol(app: Flask, cast: Cast) -> None:
    """Sari was made a supervisor while she wrote: the door leads her elsewhere, but not without her words."""
    _demand()
    number = cast.complain().number
    sari = app.test_client()
    sari.post("/masuk", data={"username": "sari", "password": PASSWORD})
    user = find_row(User, cast.user_ids["sari"])
    holdings = [Holding(Role.CARE), Holding(Role.SUPERVISOR)]
    unit_of_work(
        lambda: staff.set_grants(user.id, holdings, version=user.version, by=cast.actor("ayu"))
    )
    answer = sari.post(f"/kerja/tiket/{number}/catatan", data={"text": LETTER})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, LETTER in page) == (401, True)
    assert 'href="/akun/beranda"' in page
    assert "/masuk?lanjut" not in page, "she is signed in"
    assert sari.get("/akun/beranda").location == "/akun/dua-langkah"


def test_new_codes_and_switching_off_on_the_page(
    half_in: FlaskClient, telephone: Authenticator, cast: Cast
) -> None:
    half_in.post("/masuk/kode", data={"code": telephone.code()})
    paper = telephone.recovery_codes
    for path in ("/akun/dua-langkah/kode-pemulihan", "/akun/dua-langkah/matikan"):
        assert half_in.get(path).status_code == 200
        wrong = {"code": paper[0], "password": "bukan ini sandinya"}
        assert half_in.post(path, data=wrong).status_code == 422
    form = {"code": paper[1], "password": PASSWORD}
    page = half_in.post("/akun/dua-langkah/kode-pemulihan", data=form).get_data(as_text=True)
    fresh = re.findall(r"<li><code>([^<]+)</code>", page)
    form = {"code": fresh[0], "password": PASSWORD}
    assert half_in.post("/akun/dua-langkah/matikan", data=form).location == "/akun"
    assert db.session.get(SecondFactor, cast.user_ids["ayu"]) is None
    assert half_in.get("/admin/unit").status_code == 200


def test_an_administrator_resets_it(app: Flask, cast: Cast) -> None:
    telephone = enrol(cast.user_ids["ratih"])
    ratih = app.test_client()
    ratih.post("/masuk", data={"username": "ratih", "password": PASSWORD})
    ratih.post("/masuk/kode", data={"code": telephone.code()})
    ayu = app.test_client()
    ayu.post("/masuk", data=PASSWORD_FORM)
    path = f"/admin/pengguna/{cast.user_ids['ratih']}"
    assert "atur-ulang" in ayu.get(path).get_data(as_text=True)
    assert ayu.post(f"{path}/dua-langkah/atur-ulang").status_code == 302
    assert "atur-ulang" not in ayu.get(path).get_data(as_text=True)
    assert ratih.get("/kerja").location.startswith("/masuk")
    live = select(UserSession.user_id).where(UserSession.ended_at.is_(None))
    assert set(db.session.scalars(live)) == {cast.user_ids["ayu"]}


def test_nobody_resets_their_own(
    half_in: FlaskClient, telephone: Authenticator, cast: Cast
) -> None:
    half_in.post("/masuk/kode", data={"code": telephone.code()})
    half_in.post(f"/admin/pengguna/{cast.user_ids['ayu']}/dua-langkah/atur-ulang")
    assert db.session.get(SecondFactor, cast.user_ids["ayu"]) is not None
