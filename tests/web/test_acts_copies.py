"""A copy for information by the pages: sent with the disposition, read with one click."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.cast import Cast
from tests.web.workbench import act_url, form_in, open_act, person, send

pytestmark = pytest.mark.usefixtures("traveller")


def triaged(cast: Cast) -> str:
    number = cast.complain().number
    cast.triage(number)
    return number


def step_of(client: FlaskClient, number: str) -> str:
    page = client.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    return page.split('class="nextact"')[1].split("</section>")[0]


def test_one_unit_works_on_it_and_another_reads_it(app: Flask, cast: Cast) -> None:
    number, sari, tono = triaged(cast), person(app, cast, "sari"), person(app, cast, "tono")
    farmasi, keuangan = cast.unit_ids["farmasi"], cast.unit_ids["keuangan"]
    copied = {f"u{keuangan}-pick": "y", f"u{keuangan}-phrases": "for_information"}
    assert send(sari, act_url(number, "disposisi"), **copied).status_code == 302
    work, copy = cast.ticket(number).dispositions
    assert (work.unit_id, work.status, work.is_lead) == (farmasi, "sent", True)
    assert (copy.unit_id, copy.status, copy.is_lead) == (keuangan, "copied", False)

    tasks = tono.get(f"/kerja/unit/{keuangan}?tampilan=untuk-dibaca").get_data(as_text=True)
    assert number.rsplit("-", 2)[1] in tasks
    assert "Tembusan baru" in tasks
    step = step_of(tono, number)
    assert "Tandai telah dibaca" in step
    for act in ("terima", "jawaban", "kembalikan", "tindak-lanjut", "tanya"):
        assert f'/{act}"' not in step
    form = open_act(tono, act_url(number, "sudah-dibaca", copy.id))
    assert tono.post(act_url(number, "sudah-dibaca", copy.id), data=form).status_code == 302
    assert cast.ticket(number).dispositions[1].status == "noted"
    assert "Unit Anda sudah membaca tembusannya." in step_of(tono, number)
    again = tono.post(act_url(number, "sudah-dibaca", copy.id), data=form | {"once": "later"})
    assert again.status_code == 302, "the second of two colleagues is told so"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"due_on": "2099-11-23", "due_time": "10:00"}, "Tembusan tidak punya batas waktu."),
        ({"lead": True}, "Unit ini hanya menerima tembusan."),
    ],
)
def test_a_copy_has_no_deadline_and_leads_nothing(
    app: Flask, cast: Cast, typed: dict[str, object], sentence: str
) -> None:
    number, sari = triaged(cast), person(app, cast, "sari")
    keuangan = cast.unit_ids["keuangan"]
    form = {f"u{keuangan}-pick": "y", f"u{keuangan}-phrases": "for_information"}
    if "lead" in typed:
        form["lead"] = str(keuangan)
    else:
        form |= {f"u{keuangan}-{name}": str(value) for name, value in typed.items()}
    refused = send(sari, act_url(number, "disposisi"), **form)
    assert refused.status_code == 422
    assert sentence in refused.get_data(as_text=True)
    assert form_in(refused)[f"u{keuangan}-phrases"] == ["for_information"]
    assert cast.ticket(number).dispositions == []
