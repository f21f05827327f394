"""The pages that take in and give out lists of people and units."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.tables import text_of
from tests.support.cast import Cast

PEOPLE = "/admin/pengguna/impor"
UNITS = "/admin/unit/impor"
GOOD = "username;nama;peran\nrina.o;Rina Oktavia;care\nbudi;Budi Santoso;intake\n"
BAD = GOOD + "x;Siapa;raja\n"
ONE_TIME = r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}"


@pytest.fixture
def ayu(app: Flask, cast: Cast, client: FlaskClient) -> FlaskClient:
    """The administrator's browser."""
    cast.sign_in(client, "ayu")
    app.config["WTF_CSRF_ENABLED"] = False
    return client


def _hidden(page: str, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', tag.group()) if tag else None
    return value.group(1) if value else ""


def _look(client: FlaskClient, path: str, content: bytes | str) -> TestResponse:
    raw = content if isinstance(content, bytes) else content.encode()
    form = {"act": "look", "file": (io.BytesIO(raw), "daftar.csv")}
    return client.post(path, data=form, content_type="multipart/form-data")


def _keep(client: FlaskClient, path: str, seen: TestResponse) -> TestResponse:
    page = seen.get_data(as_text=True)
    form = {name: _hidden(page, name) for name in ("seen", "once")} | {"act": "keep"}
    box = re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", page, re.DOTALL)
    assert box is not None
    return client.post(path, data=form | {"text": unescape(box.group(1))})


def _people() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(User.username)))


def test_a_look_writes_nothing_and_keeps_the_lines(cast: Cast, ayu: FlaskClient) -> None:
    before = _people()
    answer = _look(ayu, PEOPLE, BAD)
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert "rina.o;Rina Oktavia;care" in page, "what was sent stands in the box"
    assert page.count('<tr class="refused">') == 1
    assert "raja" in page
    assert 'value="keep"' not in page
    assert _people() == before


def test_new_people_get_their_passwords_once(cast: Cast, ayu: FlaskClient) -> None:
    seen = _look(ayu, PEOPLE, GOOD)
    assert 'value="keep"' in seen.get_data(as_text=True)
    answer = _keep(ayu, PEOPLE, seen)
    page = answer.get_data(as_text=True)
    (password,) = set(re.findall(ONE_TIME, page))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "rina.o" in page
    assert "Budi" not in page, "nobody but the new ones"
    rina = ayu.application.test_client()
    rina.post("/masuk", data={"username": "rina.o", "password": password})
    assert rina.get("/akun").location == "/akun/kata-sandi"
    again = _keep(ayu, PEOPLE, seen)
    assert again.status_code == 422, "shown again: nothing is left to do"
    assert not re.findall(ONE_TIME, again.get_data(as_text=True))
    acts = list(db.session.scalars(select(AuditEntry.act)))
    assert acts.count("user_added") == 1


def test_nothing_is_kept_that_was_not_shown(cast: Cast, ayu: FlaskClient) -> None:
    seen = _look(ayu, PEOPLE, GOOD)

    def somebody_else_changes_budi() -> None:
        db.session.scalars(select(User).where(User.username == "budi")).one().full_name = "Budi B."

    unit_of_work(somebody_else_changes_budi)
    answer = _keep(ayu, PEOPLE, seen)
    assert answer.status_code == 422
    assert "Budi B. → Budi Santoso" in answer.get_data(as_text=True)
    assert "rina.o" not in _people()
    assert _keep(ayu, PEOPLE, answer).status_code == 200
    assert "rina.o" in _people()


def test_keeping_without_a_look_shows_first(cast: Cast, ayu: FlaskClient) -> None:
    answer = ayu.post(PEOPLE, data={"act": "keep", "text": GOOD})
    assert answer.status_code == 422
    assert "rina.o" not in _people()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nama\nRina\n",
        b"PK\x03\x04\x00\x00",
        b"username;nama\n" + b"x;y\n" * 501,
        b"x" * 500_002,
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(
    cast: Cast, ayu: FlaskClient, content: bytes
) -> None:
    answer = _look(ayu, PEOPLE, content)
    assert answer.status_code == 422
    assert 'class="summary"' in answer.get_data(as_text=True)


def test_units_of_an_old_spreadsheet(cast: Cast, ayu: FlaskClient) -> None:
    seen = _look(ayu, UNITS, "Code\tName\ncafe\tCafé “Sehat”\n".encode("cp1252"))
    assert _keep(ayu, UNITS, seen).location == "/admin/unit"
    db.session.rollback()
    unit = db.session.scalars(select(Unit).where(Unit.code == "cafe")).one()
    assert unit.name_id == "Café “Sehat”"
    assert _keep(ayu, UNITS, seen).status_code == 422


@pytest.mark.parametrize(
    ("path", "act", "name"),
    [
        ("/admin/pengguna/ekspor", "users_exported", "sari"),
        ("/admin/unit/ekspor", "units_exported", "farmasi"),
    ],
)
def test_a_list_leaves_the_house_audited(
    cast: Cast, ayu: FlaskClient, path: str, act: str, name: str
) -> None:
    assert ayu.get(path).status_code == 405
    answer = ayu.post(path)
    assert answer.mimetype == "text/csv"
    content = text_of(answer.get_data())
    assert name in content
    assert "argon2" not in content
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == act)).one()
    assert entry.actor_id == cast.user_ids["ayu"]
    assert entry.details["count"] == len(content.splitlines()) - 1


def test_there_is_an_example_to_fill_in(cast: Cast, ayu: FlaskClient) -> None:
    for path in (f"{PEOPLE}/contoh", f"{UNITS}/contoh"):
        answer = ayu.get(path)
        assert answer.mimetype == "text/csv"
        assert ".csv" in answer.headers["Content-Disposition"]


def test_role_words_of_both_languages_are_understood(cast: Cast, ayu: FlaskClient) -> None:
    text = "username;name;roles\na.b;A;Petugas penerima\nc.d;C;Intake officer\n"
    assert 'value="keep"' in _look(ayu, PEOPLE, text).get_data(as_text=True)


def test_a_look_says_words_where_the_file_has_codes(cast: Cast, ayu: FlaskClient) -> None:
    text = "username;nama;bahasa;peran;aktif\nrina.o;Rina;id;care, intake;ya\n"
    page = _look(ayu, PEOPLE, text).get_data(as_text=True)
    lines = re.findall(r"<li>([^<]*)</li>", page)
    assert "Bahasa: Bahasa Indonesia" in lines
    assert any("Customer care" in line and "Petugas penerima" in line for line in lines), lines
    assert not any("care, intake" in line for line in lines)
