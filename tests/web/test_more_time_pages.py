"""More time for a unit, from page to page: asked for, given or declined, and what is said of it where."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.accounts.organisation import local_zone
from helpdesk.tickets.more_time import set_deadline
from helpdesk.tickets.sheets import sheet_of
from helpdesk.tickets.states import Grade
from helpdesk.web.words import word
from tests.support.cast import Cast
from tests.tickets.steps import dispose, row_of
from tests.web.test_case_file import make, words_of
from tests.web.workbench import act_url, form_in, open_act, person, send

DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def number(cast: Cast) -> str:
    number = cast.complain().number
    cast.triage(number, Grade.YELLOW)
    dispose(cast, number, "farmasi", officer="budi")
    return number


def due_of(number: str) -> datetime:
    due_at = row_of(number).dispositions[-1].due_at
    assert due_at is not None
    return due_at


def work_id(number: str) -> int:
    return row_of(number).dispositions[-1].id


def typed(at: datetime, reason: str) -> dict[str, str]:
    local = at.astimezone(local_zone())
    return {"due_on": f"{local:%Y-%m-%d}", "due_time": f"{local:%H:%M}", "reason": reason}


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def ticket(client: FlaskClient, number: str) -> str:
    return client.get(f"/kerja/tiket/{number}").get_data(as_text=True)


def box(client: FlaskClient, number: str) -> str:
    return words(ticket(client, number).split('class="nextact"')[1].split("</section>")[0])


def test_from_the_request_to_the_new_deadline(app: Flask, cast: Cast, number: str) -> None:
    budi, sari = person(app, cast, "budi"), person(app, cast, "sari")
    before = due_of(number)
    assert "Minta tambahan waktu" in box(budi, number)
    asked = send(
        budi, act_url(number, "minta-waktu", work_id(number)), **typed(before + DAY, "Sakit.")
    )
    assert asked.status_code == 302
    own = box(budi, number)
    assert "Customer care belum memutuskan." in own
    assert "Minta tambahan waktu" not in own, "one request at a time"
    todo = box(sari, number)
    assert "Langkah Anda: putuskan tambahan waktu untuk" in todo
    assert "Sakit." in todo
    listed = sari.get("/kerja?tampilan=minta-tambahan-waktu").get_data(as_text=True)
    assert number in listed
    url = act_url(number, "batas-waktu", work_id(number))
    page = sari.get(url).get_data(as_text=True)
    assert "Janji itu dan batas waktu menurut peraturan tidak bergeser." in page
    assert "Angka lainnya tidak berubah." in page
    given = sari.post(url, data=open_act(sari, url))  # the day that was asked for stands there
    assert given.status_code == 302
    assert due_of(number) == before + DAY
    for reader in (budi, sari):
        told = words(ticket(reader, number))
        assert "memberi Farmasi tambahan waktu, sampai" in told
        assert "Batas waktu sebelumnya:" in told


def test_no_more_time_is_said_to_the_unit_with_its_reason(
    app: Flask, cast: Cast, number: str
) -> None:
    budi, sari = person(app, cast, "budi"), person(app, cast, "sari")
    send(
        budi,
        act_url(number, "minta-waktu", work_id(number)),
        **typed(due_of(number) + DAY, "Sakit."),
    )
    url = act_url(number, "tolak-waktu", work_id(number))
    assert send(sari, url, reason="").status_code == 422
    assert send(sari, url, reason="Pasien menunggu.").status_code == 302
    assert "Customer care tidak memberi tambahan waktu: Pasien menunggu." in box(budi, number)


def test_a_deadline_after_the_promise_is_said_plainly(app: Flask, cast: Cast, number: str) -> None:
    sari = person(app, cast, "sari")
    promised = row_of(number).due_at
    assert promised is not None
    url = act_url(number, "batas-waktu", work_id(number))
    set_at = send(sari, url, **typed(promised + DAY, "Menunggu suku cadang."))
    assert set_at.status_code == 302
    page = words(ticket(sari, number))
    assert "Perhatikan: jawaban dijanjikan kepada pelapor lebih awal" in page
    assert row_of(number).due_at == promised


def test_of_two_who_decide_at_once_the_slower_is_told(app: Flask, cast: Cast, number: str) -> None:
    sari, before = person(app, cast, "sari"), due_of(number)
    url = act_url(number, "batas-waktu", work_id(number))
    form = open_act(sari, url) | typed(before + 2 * DAY, "Menunggu suku cadang.")
    cast.act(
        "dimas",
        number,
        lambda t, by: set_deadline(t.dispositions[-1], before + DAY, "Teknisi sakit.", by=by),
    )
    refused = sari.post(url, data=form)
    assert refused.status_code == 409
    assert "Teknisi sakit." in refused.get_data(as_text=True)
    assert form_in(refused)["reason"] == ["Menunggu suku cadang."]
    assert due_of(number) == before + DAY


def test_another_unit_hears_nothing_and_can_do_nothing(app: Flask, cast: Cast, number: str) -> None:
    tono = person(app, cast, "tono")
    for act in ("minta-waktu", "batas-waktu", "tolak-waktu"):
        assert tono.get(act_url(number, act, work_id(number))).status_code == 404


def test_sheet_and_case_file_tell_the_deadline_before(app: Flask, cast: Cast, number: str) -> None:
    budi, sari, before = person(app, cast, "budi"), person(app, cast, "sari"), due_of(number)
    send(budi, act_url(number, "minta-waktu", work_id(number)), **typed(before + DAY, "Sakit."))
    url = act_url(number, "batas-waktu", work_id(number))
    send(sari, url, **typed(before + DAY, "Menunggu suku cadang."))
    with app.test_request_context():
        sheet = sheet_of(row_of(number), say=word).fields
        assert sheet["recipients"][0]["due_at"] == (before + DAY).isoformat()
        assert "Sakit. · Menunggu suku cadang." in sheet["history"][-1]["instruction"]
    case = words_of(make(sari, number).get_data())
    assert "Batas waktu sebelumnya" in case
    assert "Sakit. · Menunggu suku cadang." in case
