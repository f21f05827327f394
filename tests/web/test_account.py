"""The account pages as a browser meets them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import flask
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from helpdesk.accounts import passwords, staff
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import User, UserSession
from helpdesk.lib.database import db, unit_of_work
from helpdesk.web.signed_in import device_name, home_of, local_path
from tests.support.cast import PASSWORD, Cast

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NEW = "gajah terbang tinggi"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; SM-A146P) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture(autouse=True)
def _without_csrf(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False


def _sign_in(client: FlaskClient, name: str, password: str = PASSWORD, onward: str = "") -> str:
    """Where the door leads to; empty when it stays shut."""
    form = {"username": name, "password": password, "lanjut": onward}
    answer = client.post("/masuk", data=form, headers={"User-Agent": ANDROID})
    assert answer.status_code in (302, 422), answer.status
    return answer.location or ""


def _change_password(client: FlaskClient, present: str) -> str:
    """Where it leads to; empty when it is refused."""
    form = {"present": present, "new": NEW, "again": NEW}
    return client.post("/akun/kata-sandi", data=form).location or ""


def _sessions() -> list[UserSession]:
    db.session.rollback()
    return list(db.session.scalars(select(UserSession).order_by(UserSession.id)))


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("sari", "/kerja"),
        ("ratih", "/kerja"),
        ("budi", "/kerja"),
        ("lestari", "/kerja"),
        ("joko", "/kerja"),
        ("hanifah", "/pimpinan"),
        ("ayu", "/admin"),
    ],
)
def test_everybody_comes_home(cast: Cast, client: FlaskClient, name: str, home: str) -> None:
    assert client.get(_sign_in(client, name)).location == home
    assert client.get("/masuk").location == home


def test_several_roles_begin_where_the_day_does() -> None:
    assert home_of(frozenset({Role.ADMIN, Role.CARE})) == "/kerja"
    assert home_of(frozenset({Role.LEADERSHIP, Role.UNIT_HEAD})) == "/pimpinan"


def test_a_closed_page_sends_to_the_door_and_back(cast: Cast, client: FlaskClient) -> None:
    answer = client.get("/admin/unit?x=1")
    assert answer.location == "/masuk?lanjut=%2Fadmin%2Funit%3Fx%3D1"
    page = client.get(answer.location).get_data(as_text=True)
    assert 'name="lanjut" value="/admin/unit?x=1"' in page
    assert _sign_in(client, "ayu", onward="/admin/unit?x=1") == "/admin/unit?x=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "admin",
        "",
        "/masuk",
        "/keluar",
        "//[bad",
    ],
)
def test_the_way_on_never_leaves_the_site(target: str) -> None:
    assert local_path(target) is None


def test_the_way_on_keeps_its_query() -> None:
    assert local_path("/kerja?tampilan=terlambat&n=/x") == "/kerja?tampilan=terlambat&n=/x"


def test_a_wrong_password_says_the_same_as_a_wrong_name(cast: Cast, client: FlaskClient) -> None:
    pages = []
    for name in ("sari", "tidak.ada"):
        answer = client.post("/masuk", data={"username": name, "password": "bukan ini sandinya"})
        assert answer.status_code == 422
        pages.append(answer.get_data(as_text=True).replace(name, "NAMA"))
    assert pages[0] == pages[1]
    assert "bukan ini" not in pages[0]


def test_signing_in_needs_the_token_of_the_form(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/masuk", data={"username": "sari", "password": PASSWORD})
    assert answer.status_code == 400
    assert _sessions() == []
    assert cast.sign_in(client, "sari").get("/akun").status_code == 200


def test_the_session_is_rotated_at_sign_in(cast: Cast, client: FlaskClient) -> None:
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    _sign_in(client, "sari")
    first = client.get_cookie("tanggap")
    assert first is not None
    with client.session_transaction() as after:
        assert "planted" not in after
    _sign_in(client, "sari")
    assert [row.ended_at is None for row in _sessions()] == [False, True]
    thief = client.application.test_client()
    thief.set_cookie("tanggap", first.value)
    assert thief.get("/akun").location.startswith("/masuk")


def test_the_cookie_is_closed_to_scripts_and_other_sites(cast: Cast, client: FlaskClient) -> None:
    answer = client.post("/masuk", data={"username": "sari", "password": PASSWORD})
    cookies = {one.split("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}
    assert set(cookies) == {"tanggap", "tanggap_dikenal"}
    for cookie in cookies.values():
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
    assert "Expires" not in cookies["tanggap"], "closing the browser ends it"
    assert "Path=/masuk;" in cookies["tanggap_dikenal"], "no other page is told who works here"


def test_who_worked_here_before_is_not_kept_out_by_others(app: Flask, cast: Cast) -> None:
    """At the desk Sari and Dimas take turns; somebody else keeps trying her name."""
    desk, elsewhere = app.test_client(), app.test_client()
    for name in ("sari", "dimas"):
        assert _sign_in(desk, name)
        desk.post("/keluar")
    for _ in range(8):
        assert not _sign_in(elsewhere, "sari", "bukan kata sandinya")
    assert not _sign_in(elsewhere, "sari"), "the account rests"
    assert not _sign_in(desk, "sari", "salah ketik saja")
    assert _sign_in(desk, "sari") == "/akun/beranda"
    assert not _sign_in(elsewhere, "sari"), "and it rests on for everybody else"


def test_others_who_guess_do_not_keep_the_owner_from_a_new_password(app: Flask, cast: Cast) -> None:
    at_work, elsewhere = app.test_client(), app.test_client()
    assert _sign_in(at_work, "sari")
    for _ in range(8):
        assert not _sign_in(elsewhere, "sari", "bukan kata sandinya")
    assert _change_password(at_work, "salah ketik saja") == ""
    assert _change_password(at_work, PASSWORD) == "/akun"
    assert at_work.get("/akun").status_code == 200
    assert not _sign_in(elsewhere, "sari", NEW), "it rests on for everybody else"


def test_an_unattended_screen_is_no_place_to_guess_though_the_account_rests(
    app: Flask, cast: Cast
) -> None:
    left_open, elsewhere = app.test_client(), app.test_client()
    assert _sign_in(left_open, "sari")
    for _ in range(8):
        assert not _sign_in(elsewhere, "sari", "bukan kata sandinya")
    for number in range(8):
        assert _change_password(left_open, f"tebakan ke-{number}") == ""
    assert _change_password(left_open, PASSWORD) == "", "eight tries, and no more"


def test_signing_out_ends_the_session_itself(cast: Cast, client: FlaskClient) -> None:
    _sign_in(client, "sari")
    kept = client.get_cookie("tanggap")
    assert kept is not None
    assert client.get("/keluar").status_code == 405
    assert client.post("/keluar").location == "/masuk"
    assert client.get("/akun").location.startswith("/masuk")
    client.set_cookie("tanggap", kept.value)
    assert client.get("/akun").location.startswith("/masuk")


def test_an_idle_browser_has_to_sign_in_again(cast: Cast, client: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        _sign_in(client, "sari")
        traveller.shift(timedelta(minutes=20))
        assert client.get("/akun").status_code == 200
        assert _sessions()[0].last_seen_at == NOW + timedelta(minutes=20)
        traveller.shift(timedelta(minutes=20))
        assert client.get("/akun").status_code == 200
        traveller.shift(timedelta(minutes=31))
        assert client.get("/akun").location == "/masuk?lanjut=%2Fakun"


def test_a_page_that_asks_by_itself_is_no_sign_of_life(cast: Cast, client: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        _sign_in(client, "sari")
        traveller.shift(timedelta(minutes=20))
        assert client.get("/akun?since=1").status_code == 200
        assert _sessions()[0].last_seen_at == NOW


def test_reading_pages_writes_nothing_within_a_minute(cast: Cast, client: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        _sign_in(client, "sari")
        traveller.shift(timedelta(seconds=30))
        client.get("/akun")
        assert _sessions()[0].last_seen_at == NOW


def test_a_one_time_password_leads_to_a_new_one_and_nowhere_else(
    cast: Cast, client: FlaskClient
) -> None:
    drawn, user_id = passwords.draw_one_time_password(), cast.user_ids["ayu"]
    unit_of_work(lambda: staff.issue_one_time_password(user_id, drawn, by=Actor.system()))
    _sign_in(client, "ayu", drawn.text)
    for path in ("/admin/", "/akun", "/akun/beranda"):
        assert client.get(path).location == "/akun/kata-sandi"
    wrong = {"present": drawn.text, "new": NEW, "again": NEW + "x"}
    assert client.post("/akun/kata-sandi", data=wrong).status_code == 422
    form = {"present": drawn.text, "new": NEW, "again": NEW}
    answer = client.post("/akun/kata-sandi", data=form)
    assert client.get(answer.location).location == "/admin"
    assert client.get("/akun").status_code == 200
    assert [row.ended_at is None for row in _sessions()] == [False, True]
    assert _sign_in(app_client(client), "ayu", drawn.text) == ""


def app_client(client: FlaskClient) -> FlaskClient:
    """Another browser."""
    return client.application.test_client()


def test_devices_are_listed_and_signed_out(cast: Cast, client: FlaskClient) -> None:
    other = app_client(client)
    _sign_in(other, "sari")
    _sign_in(client, "sari")
    page = client.get("/akun").get_data(as_text=True)
    assert page.count("Chrome, Android") == 2
    first, _mine = _sessions()
    client.post(f"/akun/sesi/{first.id}/akhiri")
    assert other.get("/akun").location.startswith("/masuk")
    assert client.get("/akun").status_code == 200


def test_nobody_signs_out_the_device_of_somebody_else(cast: Cast, client: FlaskClient) -> None:
    other = app_client(client)
    _sign_in(other, "dimas")
    _sign_in(client, "sari")
    assert client.post(f"/akun/sesi/{_sessions()[0].id}/akhiri").status_code == 404
    assert other.get("/akun").status_code == 200


def test_signing_out_everywhere(cast: Cast, client: FlaskClient) -> None:
    other = app_client(client)
    _sign_in(other, "sari")
    _sign_in(client, "sari")
    assert client.post("/akun/keluar-semua").location == "/masuk"
    for browser in (client, other):
        assert browser.get("/akun").location.startswith("/masuk")


def test_the_language_is_remembered_with_the_account(cast: Cast, client: FlaskClient) -> None:
    _sign_in(client, "sari")
    assert '<html lang="id"' in client.get("/akun").get_data(as_text=True)
    client.post("/akun", data={"locale": "en"})
    flask.g.pop("_flask_babel", None)  # the context of the cast outlives the request
    assert '<html lang="en"' in client.get("/akun").get_data(as_text=True)
    assert client.post("/akun", data={"locale": "xx"}).status_code == 422
    assert db.session.get_one(User, cast.user_ids["sari"]).locale == "en"


def test_devices_have_plain_names(app: Flask) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
    for agent, name in [(ANDROID, "Chrome, Android"), (firefox, "Firefox, Windows"), ("", "")]:
        with app.test_request_context(headers={"User-Agent": agent}):
            assert device_name() == name


@pytest.mark.parametrize("page", ["/akun", "/akun/dua-langkah", "/akun/kata-sandi"])
@pytest.mark.parametrize(("name", "may_search"), [("sari", True), ("joko", True), ("ayu", False)])
def test_only_who_reads_complaints_may_search_for_them(
    cast: Cast, client: FlaskClient, page: str, name: str, may_search: bool
) -> None:
    _sign_in(client, name)
    assert ('name="cari"' in client.get(page).get_data(as_text=True)) is may_search
