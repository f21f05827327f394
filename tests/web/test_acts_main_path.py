"""The main path of a complaint through the pages of the workbench, without script."""

from __future__ import annotations

import time_machine
from flask import Flask

from helpdesk.accounts.unit import Unit
from helpdesk.lib.database import db
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets.states import Identity
from helpdesk.web.staff.dispositions import MOST_DRAWN
from tests.support.cast import Cast
from tests.web.workbench import act_url, form_in, open_act, person, send

FRIDAY = "2026-11-20T03:00:00+00:00"  # 10.00 WIB
TEXT = "Obat sirup habis. Hubungi saya di 0812-3456-0172."


@time_machine.travel(FRIDAY, tick=False)
def test_from_receipt_to_answer_by_the_pages_alone(app: Flask, cast: Cast) -> None:
    number = cast.complain(TEXT).number
    sari, budi = person(app, cast, "sari"), person(app, cast, "budi")

    answer = send(
        sari,
        act_url(number, "verifikasi"),
        grade="kuning",
        category_id=str(cast.category_ids["obat"]),
        reason="Bisa diberitakan.",
        next="dispose",
    )
    assert answer.location == act_url(number, "disposisi")
    ticket = cast.ticket(number)
    assert (ticket.status, ticket.grade, ticket.owner_id) == (
        "triaged", "kuning", cast.user_ids["sari"],
    )  # fmt: skip
    assert ticket.unit_text == "Obat sirup habis. Hubungi saya di [HP]."
    assert ticket.text == TEXT

    farmasi = cast.unit_ids["farmasi"]
    form = open_act(sari, act_url(number, "disposisi"))
    assert form[f"u{farmasi}-pick"] == ["y"], "the usual unit of the category is picked"
    form |= {
        f"u{farmasi}-note": "Telepon keluarga dulu.",
        f"u{farmasi}-due_on": "2026-11-20",
        f"u{farmasi}-due_time": "14:30",
    }
    assert sari.post(act_url(number, "disposisi"), data=form).status_code == 302
    [disposition] = cast.ticket(number).dispositions
    assert disposition.due_at is not None
    assert disposition.due_at.isoformat() == "2026-11-20T07:30:00+00:00", "typed in WIB"
    assert disposition.is_lead
    assert disposition.phrases == "solve,draft_answer"

    assert send(budi, act_url(number, "terima", disposition.id)).status_code == 302
    answer = send(
        budi,
        act_url(number, "jawaban", disposition.id),
        findings="Stok dipindahkan.",
        root_cause="supply",
        draft_answer="Obat sudah tersedia di Farmasi.",
    )
    assert answer.status_code == 302
    assert cast.ticket(number).needs == "review"

    page = sari.get(act_url(number, "setujui", disposition.id)).get_data(as_text=True)
    assert "Stok dipindahkan." in page
    assert "Obat sudah tersedia di Farmasi." in page
    assert send(sari, act_url(number, "setujui", disposition.id)).status_code == 302

    form = open_act(sari, act_url(number, "jawaban-akhir"))
    assert form["text"] == ["Obat sudah tersedia di Farmasi."], "prepared from the approved draft"
    assert "follow_up" not in form, "the unit's answer counts as the follow-up"
    assert sari.post(act_url(number, "jawaban-akhir"), data=form).status_code == 302
    ticket = cast.ticket(number)
    assert (ticket.status, ticket.identity) == ("answered", Identity.NAMED)
    events = [
        m.event for m in messages_about("ticket", ticket.id) if m.recipient_kind == "complainant"
    ]
    assert events == ["received", "answered"]


def test_in_a_large_house_units_are_found_by_name_and_what_is_ticked_stays(
    app: Flask, cast: Cast
) -> None:
    db.session.add_all(
        Unit(code=f"ruang-{one}", name_id=f"Ruang {one}", name_en=f"Ward {one}", is_active=True)
        for one in range(MOST_DRAWN)
    )
    db.session.commit()
    number, farmasi = cast.complain().number, cast.unit_ids["farmasi"]
    cast.triage(number)
    sari, url = person(app, cast, "sari"), act_url(number, "disposisi")
    page = sari.get(url)
    assert page.get_data(as_text=True).count('class="pick"') == 1, "the usual unit alone"
    form = form_in(page) | {f"u{farmasi}-note": "Telepon dulu.", "unit_sought": "ruang 17"}
    found = sari.post(url, data=form | {"find": "1"})
    assert found.status_code == 200
    assert "Ruang 17" in found.get_data(as_text=True)
    form = dict(form_in(found))
    assert form[f"u{farmasi}-note"] == ["Telepon dulu."]
    notes = {int(name[1:-5]) for name in form if name.endswith("-note")}
    [ward] = notes - {farmasi}
    assert sari.post(url, data=form | {f"u{ward}-pick": "y"}).status_code == 302
    assert {one.unit_id for one in cast.ticket(number).dispositions} == {farmasi, ward}
