"""Hours and holidays on the administrator's pages: what is typed, refused, previewed and followed."""

from __future__ import annotations

import io
import re
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from helpdesk.audit.trail import AuditEntry
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.sla import calendars
from helpdesk.sla.calendar_editing import assign_calendar
from helpdesk.sla.models import Calendar, Holiday
from helpdesk.tickets.recomputing import recompute_changed
from tests.support.cast import Cast
from tests.web.browsing import everything_stored

WEEK = {
    "monday": "07.30–12.00, 13.00–16.00",
    "tuesday": "8-12; 13-15.30",
    "wednesday": "",
    "thursday": "tutup",
    "friday": "24 jam",
    "saturday": "",
    "sunday": "",
}
FORM = {"name_id": "Shift rawat inap", "name_en": "Ward shifts", "code": "rawat-inap",
        "zone": "Asia/Makassar", "observes_holidays": "y"}  # fmt: skip


@pytest.fixture
def ayu(app: Flask, cast: Cast, client: FlaskClient) -> FlaskClient:
    """The administrator's browser."""
    cast.sign_in(client, "ayu")
    app.config["WTF_CSRF_ENABLED"] = False
    return client


def text(client: FlaskClient, path: str) -> str:
    """What a page says."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status)
    return answer.get_data(as_text=True)


def row(code: str) -> Calendar:
    """A calendar as it is stored now."""
    db.session.rollback()
    found: Calendar = db.session.scalars(select(Calendar).where(Calendar.code == code)).one()
    return found


def test_a_calendar_with_several_spans_is_added(ayu: FlaskClient) -> None:
    answer = ayu.post("/admin/kalender/baru", data={**FORM, **WEEK})
    assert answer.location == "/admin/kalender"
    added = row("rawat-inap")
    week = calendars.calendar_by_id(added.id).spans_by_weekday
    assert week[0] == ((450, 720), (780, 960))
    assert week[1] == ((480, 720), (780, 930))
    assert (week[2], week[4]) == ((), ((0, 1440),))
    assert (added.zone, added.observes_collective_leave) == ("Asia/Makassar", False)
    page = text(ayu, "/admin/kalender")
    assert "WITA" in page
    assert "00.00–24.00" in page
    assert "calendar_added" in db.session.scalars(select(AuditEntry.act)).all()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"monday": "pagi sampai sore"}, "“pagi sampai sore”"),
        ({"monday": "8-12, 11-14"}, "“11-14”"),
        ({"monday": "", "tuesday": "", "friday": ""}, "monday-err"),
        ({"name_id": ""}, "name_id-err"),
        ({"code": "office"}, "code-err"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    ayu: FlaskClient, typed: dict[str, str], said: str
) -> None:
    answer = ayu.post("/admin/kalender/baru", data={**FORM, **WEEK, **typed})
    assert answer.status_code == 422
    page = unescape(answer.get_data(as_text=True))
    assert said in page
    for name, value in {**FORM, **WEEK, **typed}.items():
        if name not in ("zone", "observes_holidays"):
            found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
            assert found is not None
            assert f'value="{value}"' in found.group(), (name, value)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Calendar)) == 2


def test_the_second_editor_sees_both_hours(ayu: FlaskClient) -> None:
    office = row("office")
    path = f"/admin/kalender/{office.id}"
    form = {**FORM, **WEEK, "code": "office", "version": str(office.version)}
    assert ayu.post(path, data=form).status_code == 302
    mine = {**form, "monday": "9-15"}
    answer = ayu.post(path, data=mine)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "<td>07.30–12.00, 13.00–16.00</td><td>9-15</td>" in page
    shown = re.search(r'name="version" type="hidden" value="(\d+)"', page)
    assert shown is not None
    assert ayu.post(path, data={**mine, "version": shown.group(1)}).status_code == 302
    assert calendars.calendar_by_id(office.id).spans_by_weekday[0] == ((540, 900),)


def test_a_calendar_is_made_the_usual_one_and_the_other_switched_off(
    cast: Cast, ayu: FlaskClient
) -> None:
    office, always = row("office").id, row("round_the_clock").id
    ayu.post(f"/admin/kalender/{office}/tutup")
    assert row("office").is_active, "the usual one stays"
    assert "note-warn" in text(ayu, f"/admin/kalender/{office}")
    ayu.post(f"/admin/kalender/{always}/utama")
    assert row("round_the_clock").is_default
    assert not row("office").is_default
    ayu.post(f"/admin/kalender/{office}/tutup")
    assert not row("office").is_active
    ayu.post(f"/admin/kalender/{office}/utama")
    assert not row("office").is_default
    ayu.post(f"/admin/kalender/{office}/buka")
    assert row("office").is_active


def test_the_units_that_keep_a_calendar_are_named(cast: Cast, ayu: FlaskClient) -> None:
    always, farmasi = row("round_the_clock").id, cast.unit_ids["farmasi"]
    unit_of_work(lambda: assign_calendar(farmasi, always, by=cast.actor("ayu")))
    for path in ("/admin/kalender", f"/admin/kalender/{always}"):
        assert f'<a href="/admin/unit/{farmasi}">Farmasi</a>' in text(ayu, path)


def test_progress_is_shown_until_the_worker_is_done(cast: Cast, ayu: FlaskClient) -> None:
    number = cast.complain().number
    cast.triage(number)
    while recompute_changed(clock.now()):
        pass
    assert 'class="note"' not in text(ayu, "/admin/kalender/kemajuan")
    ayu.post("/admin/kalender/libur", data={"on": "2026-12-28", "name_id": "X", "kind": "local"})
    for path in ("/admin/kalender", "/admin/kalender/libur", "/admin/kalender/kemajuan"):
        assert re.search(r"<b>[^<]+:</b> 0 \w+ [1-9]", text(ayu, path)), path
    while recompute_changed(clock.now()):
        pass
    assert 'class="note"' not in text(ayu, "/admin/kalender/kemajuan")


def test_a_day_off_for_one_calendar(ayu: FlaskClient) -> None:
    office = row("office").id
    form = {"on": "2026-12-28", "kind": "local", "name_id": "Hari jadi", "calendar_id": str(office)}
    assert ayu.post("/admin/kalender/libur", data=form).status_code == 302
    assert date(2026, 12, 28) in calendars.calendar_by_id(office).holidays
    bad = {**form, "on": "0001-01-01"}
    assert ayu.post("/admin/kalender/libur", data=bad).status_code == 422


TABLE = (
    "tanggal;jenis;nama\n"
    "2028-12-25;libur nasional;Natal\n"
    "2028-12-26;cuti bersama;Cuti bersama Natal\n"
    "2026-12-25;libur nasional;Natal\n"
    "kapan;;Entah\n"
)


def hand_in(client: FlaskClient, content: bytes, name: str = "libur.csv") -> tuple[int, str]:
    """Send a file to be looked at."""
    form = {"file": (io.BytesIO(content), name), "kind": "national"}
    answer = client.post(
        "/admin/kalender/libur/impor", data=form, content_type="multipart/form-data"
    )
    return answer.status_code, answer.get_data(as_text=True)


def table_in(page: str) -> str:
    """What the preview would send back."""
    found = re.search(r'name="table" value="([^"]*)"', page, re.DOTALL)
    assert found is not None
    return unescape(found.group(1))


def days_of(year: int) -> list[Holiday]:
    """The rows of a year."""
    db.session.rollback()
    within = Holiday.on.between(date(year, 1, 1), date(year, 12, 31))
    return list(db.session.scalars(select(Holiday).where(within).order_by(Holiday.on)))


def test_a_file_is_shown_line_by_line_before_anything_is_written(ayu: FlaskClient) -> None:
    before = everything_stored()
    status, page = hand_in(ayu, TABLE.encode())
    assert status == 200
    after = everything_stored()
    for table in ("holidays", "calendars", "audit_entries"):
        assert after[table] == before[table]
    assert page.count('<th scope="row"') == 4
    assert "kapan;;Entah" in page
    answer = ayu.post("/admin/kalender/libur/impor/simpan", data={"table": table_in(page)})
    assert answer.location == "/admin/kalender/libur?tahun=2028"
    assert [day.name_id for day in days_of(2028)] == ["Natal", "Cuti bersama Natal"]
    ayu.post("/admin/kalender/libur/impor/simpan", data={"table": table_in(page)})
    assert len(days_of(2028)) == 2, "sent twice, added once"
    acts = db.session.scalars(select(AuditEntry.act)).all()
    assert list(acts).count("holidays_imported") == 1


def test_a_day_that_is_there_as_another_kind_keeps_it_and_the_preview_says_so(
    ayu: FlaskClient,
) -> None:
    form = {"on": "2028-12-25", "kind": "local", "name_id": "Hari jadi"}
    assert ayu.post("/admin/kalender/libur", data=form).status_code == 302
    _status, page = hand_in(ayu, TABLE.encode())
    assert "Libur kita sendiri" in page
    ayu.post("/admin/kalender/libur/impor/simpan", data={"table": table_in(page)})
    assert [day.kind for day in days_of(2028)] == ["local", "collective"]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\x00", b"apa saja\n", b"BEGIN:VCALENDAR\nx"])
def test_what_is_no_list_is_refused_with_a_sentence(ayu: FlaskClient, content: bytes) -> None:
    status, page = hand_in(ayu, content)
    assert status == 422
    assert 'id="file-err"' in page
    answer = ayu.post("/admin/kalender/libur/impor/simpan", data={"table": content})
    assert answer.location == "/admin/kalender/libur/impor"


@pytest.mark.parametrize("kind", ["csv", "ics"])
def test_what_was_taken_out_can_be_taken_in_again(ayu: FlaskClient, kind: str) -> None:
    answer = ayu.get(f"/admin/kalender/libur/unduh?tahun=2026&sebagai={kind}")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=libur-2026.{kind}"
    count = len(days_of(2026))
    switched = days_of(2026)[0].id
    ayu.post(f"/admin/kalender/libur/{switched}", data={"on": "0"})
    shorter = ayu.get(f"/admin/kalender/libur/unduh?tahun=2026&sebagai={kind}").data
    assert len(shorter) < len(answer.data), "a day that is worked is no holiday"
    status, page = hand_in(ayu, answer.data, f"libur.{kind}")
    assert status == 200
    assert page.count('<th scope="row"') == count
    assert "btn-main" not in page, "nothing would be added"


def test_the_calculated_list_is_taken_in_as_it_was_shown(ayu: FlaskClient) -> None:
    before = everything_stored()
    page = text(ayu, "/admin/kalender/libur/usulan?tahun=2029")
    after = everything_stored()
    assert after["holidays"] == before["holidays"]
    ayu.post("/admin/kalender/libur/impor/simpan", data={"table": table_in(page)})
    assert date(2029, 8, 17) in {day.on for day in days_of(2029)}
    assert date(2029, 8, 17) in calendars.default_calendar().holidays
