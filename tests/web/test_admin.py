"""The administrator's pages: whom they refuse, what they change, and what they keep hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import event, func, select

from helpdesk.accounts.organisation import Organisation
from helpdesk.accounts.roles import Role
from helpdesk.accounts.staff import Holding, choose_language, set_grants
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.audit.trail import AuditEntry
from helpdesk.catalogue.category import Category, Place
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.heartbeats import beat
from helpdesk.messaging import outbox
from helpdesk.messaging.message import OutboxMessage
from helpdesk.sla.calendars import calendar_id_for_unit
from helpdesk.sla.models import Calendar, Holiday
from helpdesk.web.words import WORDS
from helpdesk.worker import JOBS
from tests.support.cast import Cast
from tests.tickets.steps import dispose

LISTS = [
    "/admin/",
    "/admin/pengguna",
    "/admin/pengguna/baru",
    "/admin/unit",
    "/admin/unit/baru",
    "/admin/kategori",
    "/admin/kategori/baru",
    "/admin/tempat",
    "/admin/tempat/baru",
    "/admin/kebijakan",
    "/admin/kebijakan/baru",
    "/admin/kebijakan/uji",
    "/admin/kalender",
    "/admin/kalender/baru",
    "/admin/kalender/kemajuan",
    "/admin/kalender/libur",
    "/admin/kalender/libur/impor",
    "/admin/kalender/libur/usulan",
    "/admin/kotak-keluar",
    "/admin/jejak-audit",
    "/admin/organisasi",
]


@pytest.fixture
def ayu(
    app: Flask, cast: Cast, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    """The administrator's browser. The clock of MariaDB does not travel with us, so it is not compared."""
    monkeypatch.setattr("helpdesk.lib.clock_watch.ahead_of_database", lambda: None)
    cast.sign_in(client, "ayu")
    app.config["WTF_CSRF_ENABLED"] = False
    return client


def _text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status)
    return answer.get_data(as_text=True)


def _fresh(table: type, row_id: int) -> object:
    db.session.rollback()
    return db.session.get_one(table, row_id)


@contextmanager
def _statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", ["sari", "ratih", "budi", "lestari", "hanifah", "joko"])
def test_the_door_opens_to_nobody_else(
    app: Flask, cast: Cast, client: FlaskClient, name: str
) -> None:
    cast.sign_in(client, name)
    app.config["WTF_CSRF_ENABLED"] = False
    for path in LISTS:
        assert client.get(path).status_code == 403, path
    assert client.post(f"/admin/pengguna/{cast.user_ids['ayu']}/tutup").status_code == 403
    assert db.session.get_one(User, cast.user_ids["ayu"]).is_active


def test_every_page_opens_with_a_fixed_number_of_queries(cast: Cast, ayu: FlaskClient) -> None:
    user, unit = cast.user_ids["sari"], cast.unit_ids["farmasi"]
    category, place = cast.category_ids["obat"], cast.place_ids["farmasi"]
    more = [
        f"/admin/pengguna/{user}",
        f"/admin/pengguna/{user}/peran",
        f"/admin/unit/{unit}",
        f"/admin/kategori/{category}",
        f"/admin/tempat/{place}",
        "/admin/kalender/libur?tahun=2027",
        "/admin/pengguna?cari=sari",
        "/admin/kotak-keluar?status=failed",
    ]
    for path in [*LISTS, *more]:
        with _statements() as seen:
            _text(ayu, path)
        # the first page asks every part of the house how it is
        assert len(seen) <= (24 if path == "/admin/" else 15), (path, seen)


@pytest.mark.parametrize("kind", ["pengguna", "unit", "kategori", "tempat", "kotak-keluar"])
def test_what_does_not_exist_is_not_found(ayu: FlaskClient, kind: str) -> None:
    assert ayu.get(f"/admin/{kind}/9999").status_code == 404


def test_a_silent_worker_is_the_loud_thing(ayu: FlaskClient) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as traveller:
        assert 'class="late"' in _text(ayu, "/admin/")
        with beat("deliver messages"):
            pass
        assert 'class="late"' not in _text(ayu, "/admin/")
        traveller.shift(timedelta(minutes=6))
        assert _text(ayu, "/admin/").count('class="late"') == 1


def test_a_job_that_does_not_end_is_named(ayu: FlaskClient) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as traveller, beat("sweep clocks"):
        traveller.shift(timedelta(minutes=29))
        with beat("deliver messages"):
            pass
        named = _said_in_indonesian(ayu, "sweep clocks")
        assert named not in _text(ayu, "/admin/")
        traveller.shift(timedelta(minutes=2))
        assert named in _text(ayu, "/admin/")


def test_every_job_has_a_name_in_words() -> None:
    assert {job.name for job in JOBS} <= set(WORDS["job"])


def _said_in_indonesian(browser: FlaskClient, job: str) -> str:
    with browser.application.test_request_context(), force_locale("id"):
        return str(WORDS["job"][job])


def test_a_failing_job_and_a_stuck_message_are_named(cast: Cast, ayu: FlaskClient) -> None:
    with pytest.raises(OSError, match="full"), beat("housekeeping"):
        raise OSError("disk full")
    message = _queue()

    def fail() -> None:
        db.session.get_one(OutboxMessage, message.id).status = "failed"

    unit_of_work(fail)
    page = _text(ayu, "/admin/")
    assert "disk full" in page
    assert page.count('class="late"') == 2, "the job and the outbox"


def test_a_person_is_added_and_signs_in(cast: Cast, ayu: FlaskClient) -> None:
    form = {
        "full_name": "Rina Oktavia",
        "username": "rina.oktavia",
        "position": "Kepala Farmasi",
        "locale": "id",
        "roles": ["care", "supervisor"],
        "head_in": [str(cast.unit_ids["farmasi"])],
    }
    answer = ayu.post("/admin/pengguna/baru", data=form)
    assert answer.status_code == 200
    found = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", answer.get_data(as_text=True))
    assert found is not None
    assert answer.headers["Cache-Control"] == "no-store"
    rina = ayu.application.test_client()
    rina.post("/masuk", data={"username": "rina.oktavia", "password": found.group()})
    assert rina.get("/akun").location == "/akun/kata-sandi"
    again = ayu.post("/admin/pengguna/baru", data=form)
    assert again.status_code == 422, "sending it again adds nobody"


def test_a_person_needs_a_role(cast: Cast, ayu: FlaskClient) -> None:
    form = {"full_name": "Rina", "username": "rina", "locale": "id"}
    assert ayu.post("/admin/pengguna/baru", data=form).status_code == 422
    db.session.rollback()
    assert db.session.scalars(select(User).where(User.username == "rina")).first() is None


def test_roles_shown_are_the_roles_held(cast: Cast, ayu: FlaskClient) -> None:
    user_id, farmasi = cast.user_ids["lestari"], cast.unit_ids["farmasi"]
    page = _text(ayu, f"/admin/pengguna/{user_id}/peran")
    (ticked,) = re.findall(r"<input[^>]*checked[^>]*>", page)
    assert 'name="head_in"' in ticked
    assert f'value="{farmasi}"' in ticked
    form = {"version": "1", "roles": ["leadership"]}
    assert ayu.post(f"/admin/pengguna/{user_id}/peran", data=form).status_code == 302
    db.session.rollback()
    assert cast.actor("lestari").roles == {"leadership"}


def test_the_last_administrator_stays(cast: Cast, ayu: FlaskClient) -> None:
    user_id = cast.user_ids["ayu"]
    ayu.post(f"/admin/pengguna/{user_id}/tutup")
    assert "note-warn" in _text(ayu, f"/admin/pengguna/{user_id}")
    form = {"version": "1", "roles": ["care"]}
    assert ayu.post(f"/admin/pengguna/{user_id}/peran", data=form).status_code == 422
    assert ayu.get("/admin/").status_code == 200


def test_the_second_editor_sees_both_texts(cast: Cast, ayu: FlaskClient) -> None:
    path = f"/admin/unit/{cast.unit_ids['farmasi']}"
    form = {"code": "farmasi", "name_id": "Instalasi Farmasi", "name_en": "Pharmacy"}
    assert ayu.post(path, data={**form, "version": "1"}).status_code == 302
    mine = {**form, "name_id": "Farmasi Pusat", "version": "1"}
    answer = ayu.post(path, data=mine)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "<td>Instalasi Farmasi</td><td>Farmasi Pusat</td>" in page
    assert 'name="version" type="hidden" value="2"' in page
    assert ayu.post(path, data={**mine, "version": "2"}).status_code == 302
    unit = _fresh(Unit, cast.unit_ids["farmasi"])
    assert isinstance(unit, Unit)
    assert (unit.name_id, unit.version) == ("Farmasi Pusat", 3)


def test_categories_and_places_are_kept(cast: Cast, ayu: FlaskClient) -> None:
    farmasi = str(cast.unit_ids["farmasi"])
    category = {"name_id": "Etik", "code": "etik", "usual_unit_id": farmasi, "position": "5"}
    ayu.post(
        "/admin/kategori/baru", data={**category, "is_sensitive": "y", "needs_red_review": "y"}
    )
    place = {"name_id": "Poli Anak", "code": "poli-anak", "unit_id": "", "position": "1"}
    ayu.post("/admin/tempat/baru", data=place)
    db.session.rollback()
    added = db.session.scalars(select(Category).where(Category.code == "etik")).one()
    assert (added.is_sensitive, added.usual_unit_id) == (True, cast.unit_ids["farmasi"])
    assert added.needs_red_review
    assert "tinjauan merah" in ayu.get("/admin/kategori").text
    room = db.session.scalars(select(Place).where(Place.code == "poli-anak")).one()
    assert (room.unit_id, room.name_en) == (None, "Poli Anak")
    ayu.post(f"/admin/tempat/{room.id}/tutup")
    ayu.post(f"/admin/kategori/{added.id}", data={**category, "version": "1"})
    db.session.rollback()
    assert not db.session.get_one(Place, room.id).is_active
    assert not db.session.get_one(Category, added.id).is_sensitive
    acts = set(db.session.scalars(select(AuditEntry.act)))
    assert {"category_added", "category_edited", "place_added", "place_deactivated"} <= acts


def test_who_closes_a_unit_sees_before_what_lies_there(cast: Cast, ayu: FlaskClient) -> None:
    address = f"/admin/unit/{cast.unit_ids['farmasi']}"
    assert "Tidak ada disposisi yang terbuka di sini." in _text(ayu, address)
    for number in (cast.complain().number, cast.complain("Lampu mati.", whatsapp="").number):
        cast.triage(number)
        dispose(cast, number, "farmasi")
    page = _text(ayu, address)
    assert "2 disposisi terbuka di sini" in page
    assert "2 orang bertugas di sini" in page
    assert f'href="/admin/pengguna/{cast.user_ids["budi"]}"' in page
    assert "1 kategori" in page
    assert f'href="/admin/kategori/{cast.category_ids["obat"]}"' in page
    assert "/kerja?" not in page, "an administrator alone opens no complaint"
    assert "2 keluhan terbuka" in _text(ayu, f"/admin/kategori/{cast.category_ids['obat']}")
    keuangan = _text(ayu, f"/admin/unit/{cast.unit_ids['keuangan']}")
    assert "Tidak ada disposisi yang terbuka di sini." in keuangan
    ayu.post(f"{address}/tutup")
    assert "terbuka di sini" not in _text(ayu, address)


def test_the_figures_open_the_list_for_who_works_with_complaints(
    cast: Cast, ayu: FlaskClient
) -> None:
    by = cast.actor("ayu")
    both = [Holding(Role.ADMIN), Holding(Role.CARE)]
    unit_of_work(lambda: set_grants(cast.user_ids["ayu"], both, version=1, by=by))
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    for address, narrowed in (
        (f"/admin/unit/{cast.unit_ids['farmasi']}", f"unit={cast.unit_ids['farmasi']}"),
        (f"/admin/kategori/{cast.category_ids['obat']}", f"kategori={cast.category_ids['obat']}"),
    ):
        assert f'href="/kerja?{narrowed}"' in _text(ayu, address)
        assert number in _text(ayu, f"/kerja?{narrowed}")


def test_a_closed_unit_stays_chosen_where_it_was(cast: Cast, ayu: FlaskClient) -> None:
    ayu.post(f"/admin/unit/{cast.unit_ids['farmasi']}/tutup")
    page = _text(ayu, f"/admin/kategori/{cast.category_ids['obat']}")
    assert f'selected value="{cast.unit_ids["farmasi"]}"' in page
    assert "Farmasi (ditutup)" in page
    assert ">Farmasi (ditutup)</td>" in _text(ayu, "/admin/kategori")
    assert ">Farmasi" not in _text(ayu, "/admin/kategori/baru")


def test_a_unit_keeps_its_own_hours(cast: Cast, ayu: FlaskClient) -> None:
    unit_id = cast.unit_ids["farmasi"]
    always = db.session.scalars(select(Calendar).where(~Calendar.is_default)).first()
    assert always is not None
    form = {"name_id": "Farmasi", "name_en": "Farmasi", "code": "farmasi", "version": "1"}
    answer = ayu.post(f"/admin/unit/{unit_id}", data={**form, "calendar_id": str(always.id)})
    assert answer.status_code == 302
    db.session.rollback()
    assert calendar_id_for_unit(unit_id) == always.id
    assert f'<option selected value="{always.id}">' in _text(ayu, f"/admin/unit/{unit_id}")
    ayu.post(f"/admin/unit/{unit_id}", data={**form, "version": "2", "calendar_id": ""})
    db.session.rollback()
    assert calendar_id_for_unit(unit_id) != always.id


def test_a_holiday_is_added_once_and_switched(cast: Cast, ayu: FlaskClient) -> None:
    form = {"on": "2026-12-28", "kind": "local", "name_id": "Hari jadi RSIA", "name_en": ""}
    path = "/admin/kalender/libur"
    assert ayu.post(path, data=form).location == "/admin/kalender/libur?tahun=2026"
    assert ayu.post(path, data=form).status_code == 422
    db.session.rollback()
    holiday = db.session.scalars(select(Holiday).where(Holiday.kind == "local")).one()
    assert "Hari jadi RSIA" in _text(ayu, f"{path}?tahun=2026")
    ayu.post(f"/admin/kalender/libur/{holiday.id}", data={"on": "0"})
    found = _fresh(Holiday, holiday.id)
    assert isinstance(found, Holiday)
    assert not found.is_active


def test_the_organisation_is_edited(cast: Cast, ayu: FlaskClient) -> None:
    form = {"version": "1", "name": "RSIA Baru", "zone": "Asia/Makassar", "number_prefix": "KLH"}
    form |= {"idle_minutes": "45", "reopen_days": "30"}
    assert ayu.post("/admin/organisasi", data=form).status_code == 302
    here = _fresh(Organisation, 1)
    assert isinstance(here, Organisation)
    assert (here.name, here.zone, here.idle_minutes) == ("RSIA Baru", "Asia/Makassar", 45)
    short = {**form, "version": "2", "idle_minutes": "1"}
    assert ayu.post("/admin/organisasi", data=short).status_code == 422


def _queue() -> OutboxMessage:
    message_id = unit_of_work(
        lambda: outbox.queue(
            "disposed",
            dedupe_key="occasion/1",
            channel="email",
            address="lestari@rs.example",
            language="id",
            recipient_kind="staff",
            recipient_id=5,
            subject=("ticket", 812),
            values={
                "organisation": "RSIA Contoh",
                "number": "KLH-26-00812-3",
                "link": "https://rs.example/kerja/tiket/KLH-26-00812-3",
                "unit": "Komite Etik",
                "category": "Pelecehan",
                "grade": "Merah",
                "due": "Selasa, 24 November 2026 pukul 10.00 WIB",
            },
        )
    )
    assert message_id is not None
    return outbox.find_message(message_id)


def test_a_message_is_shown_without_the_complaint(cast: Cast, ayu: FlaskClient) -> None:
    message = _queue()
    pages = _text(ayu, "/admin/kotak-keluar") + _text(ayu, f"/admin/kotak-keluar/{message.id}")
    for hidden in ("00812", "Pelecehan", "Komite Etik", "https://", "lestari@", ">Merah"):
        assert hidden not in pages, hidden
    for shown in ("Selasa, 24 November 2026", "RSIA Contoh", "l•••@rs.example"):
        assert shown in pages, shown
    db.session.rollback()
    assert db.session.get_one(OutboxMessage, message.id).values["unit"] == "Komite Etik"


def test_the_outbox_is_filtered_by_status(cast: Cast, ayu: FlaskClient) -> None:
    message = _queue()
    assert f"/kotak-keluar/{message.id}" in _text(ayu, "/admin/kotak-keluar?status=queued")
    assert f"/kotak-keluar/{message.id}" not in _text(ayu, "/admin/kotak-keluar?status=sent")


def test_the_trail_is_paged_and_names_people(cast: Cast, ayu: FlaskClient) -> None:
    for number in range(60):
        path = "/admin/unit/baru"
        ayu.post(path, data={"code": f"unit-{number}", "name_id": f"Unit {number}"})
    page = _text(ayu, "/admin/jejak-audit")
    assert page.count('<th scope="row">') == 50
    onward = re.search(r'rel="next" href="([^"]+)"', page)
    assert onward is not None
    rest = _text(ayu, onward.group(1))
    assert "Ayu Lestari" in rest
    assert 'rel="next"' not in rest


def test_an_address_that_leads_nowhere_is_said_in_the_language_of_the_account(
    cast: Cast, ayu: FlaskClient
) -> None:
    unit_of_work(lambda: choose_language(cast.user_ids["ayu"], "en"))
    answer = ayu.get("/tidak-ada", headers={"Accept-Language": "id"})
    assert answer.status_code == 404
    assert '<html lang="en"' in answer.text


def test_the_health_page_counts_the_entries_that_it_checked(cast: Cast, ayu: FlaskClient) -> None:
    entries = db.session.scalar(select(func.count()).select_from(AuditEntry))
    assert entries is not None
    assert entries < 500
    assert f"{entries} catatan terbaru diperiksa" in _text(ayu, "/admin/")
