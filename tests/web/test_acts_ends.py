"""Answers, questions, objections, exits and keys, each through its page."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.uploads import Received
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets import keys
from helpdesk.tickets.dispositions import Instruction, UnitAnswer, dispose_ticket, submit_answer
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Grade
from tests.support.cast import Cast
from tests.tickets.steps import approve, dispose
from tests.web.workbench import act_url, open_act, person, send


def _triaged(cast: Cast) -> str:
    number = cast.complain().number
    cast.triage(number)
    return number


def _at(cast: Cast, number: str, *units: str) -> list[int]:
    instructions = [Instruction(unit_id=cast.unit_ids[unit]) for unit in units]
    cast.act("sari", number, lambda ticket, by: dispose_ticket(ticket, instructions, by=by))
    return [one.id for one in cast.ticket(number).dispositions]


def _submit(cast: Cast, number: str) -> None:
    answer = UnitAnswer(findings="Stok dipindahkan.", draft_answer="Obat sudah ada.")
    cast.act("budi", number, lambda t, by: submit_answer(t.dispositions[0], answer, by=by))


def _last(kind: str) -> TicketEvent:
    newest = select(TicketEvent).where(TicketEvent.kind == kind).order_by(TicketEvent.id.desc())
    return db.session.scalars(newest.limit(1)).one()


def _told(cast: Cast, number: str) -> list[str]:
    told = messages_about("ticket", cast.ticket(number).id)
    return [one.event for one in told if one.recipient_kind == "complainant"]


def test_the_closed_gate_names_whom_it_waits_for(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    work_id, _ = _at(cast, number, "farmasi", "keuangan")
    _submit(cast, number)
    sari, url = person(app, cast, "sari"), act_url(number, "jawaban-akhir")
    page = sari.get(url).get_data(as_text=True)
    assert "Keuangan" in page
    assert act_url(number, "setujui", work_id) in page, "and what lies with us"
    refused = send(sari, url, text="Terlalu cepat.")
    assert refused.status_code == 409
    assert "Terlalu cepat." in refused.get_data(as_text=True)
    assert (
        send(sari, act_url(number, "balasan-sementara"), text="Masih diperiksa.").status_code == 302
    )
    assert _told(cast, number) == ["received", "interim"]


def test_an_answer_without_follow_up_offers_the_field(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    sari, url = person(app, cast, "sari"), act_url(number, "jawaban-akhir")
    assert "follow_up" in open_act(sari, url)
    answer = send(sari, url, text="Sudah beres.", follow_up="Petugas ditegur.")
    assert answer.status_code == 302
    ticket = cast.ticket(number)
    assert ticket.followed_up_at is not None
    assert _last("follow_up").text == "Petugas ditegur."


def test_what_is_red_is_not_answered_by_one_person_alone(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number, Grade.RED)
    sari, url = person(app, cast, "sari"), act_url(number, "jawaban-akhir")
    page = sari.get(url).get_data(as_text=True)
    assert "hanya supervisor yang boleh menjawabnya" in page
    assert act_url(number, "balasan-sementara") in page
    assert url not in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert send(sari, url, text="Sudah beres.").status_code == 403
    assert cast.ticket(number).status == "triaged"
    ratih = person(app, cast, "ratih")
    assert url in ratih.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert send(ratih, url, text="Sudah beres.").status_code == 302


def test_a_unit_whose_answer_is_approved_is_the_second_pair_of_eyes(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number, Grade.RED)
    dispose(cast, number, "farmasi")
    evidence = Received("0" * 64, "0" * 64, "image/jpeg", "rak.jpg", 1, "0" * 64)
    said = UnitAnswer(findings="Stok dipindahkan.")
    cast.act(
        "budi",
        number,
        lambda t, by: submit_answer(t.dispositions[0], said, by=by, evidence=[evidence]),
    )
    approve(cast, number)
    url = act_url(number, "jawaban-akhir")
    assert send(person(app, cast, "sari"), url, text="Sudah beres.").status_code == 302


def test_an_answer_is_handed_back_with_a_deadline_and_mended(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    [work_id] = _at(cast, number, "farmasi")
    _submit(cast, number)
    sari, budi = person(app, cast, "sari"), person(app, cast, "budi")
    url = act_url(number, "minta-perbaikan", work_id)
    due = {"due_on": "2099-01-05", "due_time": "10:00"}
    assert send(sari, url).status_code == 422, "not without a reason"
    assert send(sari, url, reason="Kurang bukti.", due_on="2099-01-05").status_code == 422
    assert send(sari, url, reason="Kurang bukti.", **due).status_code == 302
    work = cast.ticket(number).dispositions[0]
    assert (work.status, str(work.due_at)) == ("accepted", "2099-01-05 03:00:00+00:00")
    form = open_act(budi, act_url(number, "jawaban", work_id))
    assert form["findings"] == ["Stok dipindahkan."], "what was written is there to be mended"


def test_a_question_is_answered_on_the_telephone(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    sari = person(app, cast, "sari")
    send(sari, act_url(number, "tanya"), text="Resep dari dokter siapa?")
    assert cast.ticket(number).is_waiting
    url = act_url(number, "pesan-pelapor")
    form = open_act(sari, url)
    assert form["question"] != [""], "the only open question is proposed"
    assert sari.post(url, data=form | {"text": "dr. Yusuf"}).status_code == 302
    assert not cast.ticket(number).is_waiting
    assert _last("reply_to_question").details["channel"] == "phone"


def test_a_unit_asks_for_its_own_disposition(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    [work_id] = _at(cast, number, "farmasi")
    send(person(app, cast, "budi"), act_url(number, "tanya"), text="Obat yang mana?")
    assert _last("ask").disposition_id == work_id


def test_a_note_for_customer_care_stays_there(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    _at(cast, number, "farmasi")
    send(person(app, cast, "sari"), act_url(number, "catatan"), text="Rahasia.", for_care_only="y")
    assert _last("note").audience == "care"
    send(person(app, cast, "budi"), act_url(number, "catatan"), text="Umum.", for_care_only="y")
    assert _last("note").audience == "staff", "a unit has nothing that only customer care reads"


def test_a_unit_gives_its_work_to_an_officer(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    [work_id] = _at(cast, number, "farmasi")
    lestari, url = person(app, cast, "lestari"), act_url(number, "tugaskan", work_id)
    budi = str(cast.user_ids["budi"])
    assert send(lestari, url, officer=str(cast.user_ids["tono"])).status_code == 422
    assert send(lestari, url, officer=budi).status_code == 302
    assert cast.ticket(number).dispositions[0].officer_id == cast.user_ids["budi"]


def test_a_disposition_is_recalled(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    [work_id] = _at(cast, number, "farmasi")
    answer = send(person(app, cast, "sari"), act_url(number, "tarik", work_id), reason="Salah unit")
    assert answer.status_code == 302
    assert cast.ticket(number).dispositions[0].status == "recalled"
    assert person(app, cast, "budi").get(act_url(number, "terima", work_id)).status_code == 404


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("not_ours", ["received", "exit_not_ours"]),
        ("archived", ["received", "exit_archived"]),
        ("withdrawn", ["received", "exit_withdrawn"]),
        ("spam", ["received"]),
    ],
)
def test_a_ticket_ends_with_a_reason(app: Flask, cast: Cast, way: str, told: list[str]) -> None:
    number = cast.complain().number
    sari, url = person(app, cast, "sari"), act_url(number, "akhiri")
    assert send(sari, url, reason="Sebab").status_code == 422, "one way must be chosen"
    assert send(sari, url, way=way).status_code == 422, "and a reason given"
    assert send(sari, url, way=way, reason="Sebab").status_code == 302
    ticket = cast.ticket(number)
    assert (ticket.status, ticket.exit_reason, ticket.is_open) == (way, "Sebab", False)
    assert _told(cast, number) == told


@pytest.mark.parametrize("way", ["not_ours", "archived", "withdrawn", "spam"])
def test_an_end_is_taken_back_from_the_closed_ticket(app: Flask, cast: Cast, way: str) -> None:
    number = cast.complain().number
    sari, url = person(app, cast, "sari"), act_url(number, "tangani-lagi")
    send(sari, act_url(number, "akhiri"), way=way, reason="Sebab")
    page = sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert f'href="{url}"' in page
    assert send(sari, url).status_code == 422, "not without a reason"
    assert send(sari, url, reason="Keliru.").status_code == 302
    assert cast.ticket(number).status == "received"
    page = sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert "menangani kembali tiket ini; tadinya berakhir" in page
    assert "Keliru." in page
    noted = select(AuditEntry.actor_label).where(AuditEntry.act == "exit_taken_back")
    assert db.session.scalars(noted).all() == ["Sari Dewi"]


def test_who_may_not_drop_a_grave_complaint_is_not_offered_it(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    sari, url = person(app, cast, "sari"), act_url(number, "akhiri")
    page = sari.get(url).get_data(as_text=True)
    assert "Hanya supervisor yang boleh mengarsipkan" in page
    assert 'value="archived"' not in page
    assert send(sari, url, way="archived", reason="Terlalu umum").status_code == 422
    assert cast.ticket(number).status == "triaged"
    ratih = person(app, cast, "ratih")
    assert send(ratih, url, way="archived", reason="Terlalu umum").status_code == 302


def test_a_unit_still_at_work_keeps_a_ticket_from_ending(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    _at(cast, number, "farmasi")
    url = act_url(number, "akhiri")
    answer = send(person(app, cast, "sari"), url, way="not_ours", reason="Terlalu umum")
    assert answer.status_code == 409
    assert "Terlalu umum" in answer.get_data(as_text=True)


def test_a_supervisor_closes_and_the_complainant_objects_on_the_telephone(
    app: Flask, cast: Cast
) -> None:
    number = _triaged(cast)
    ratih, url = person(app, cast, "ratih"), act_url(number, "tutup-sepihak")
    assert send(ratih, url).status_code == 422
    assert send(ratih, url, reason="Tidak dapat dihubungi.").status_code == 302
    assert cast.ticket(number).closing == "unilateral"
    sari = person(app, cast, "sari")
    assert send(sari, act_url(number, "keberatan"), text="Belum diganti.").status_code == 302
    ticket = cast.ticket(number)
    assert (ticket.status, ticket.reopenings) == ("in_progress", 1)


def test_a_new_pin_is_shown_once_and_the_old_keys_stop(app: Flask, cast: Cast) -> None:
    admitted = cast.complain()
    number = admitted.number
    old_link = keys.link_token(cast.ticket(number))
    sari, url = person(app, cast, "sari"), act_url(number, "pin-baru")
    form = open_act(sari, url)
    assert sari.post(url, data=form).status_code == 422, "not without saying who it is"
    form = open_act(sari, url) | {"checked": "KTP dilihat."}
    pages = [sari.post(url, data=form).get_data(as_text=True) for _ in range(2)]
    shown = [re.search(r"<b>(\d{6})</b>", page) for page in pages]
    assert shown[0]
    assert shown[1]
    assert shown[0][1] == shown[1][1], "a double click shows the same PIN"
    assert unit_of_work(lambda: keys.check_pin(cast.ticket(number), shown[0][1]))
    assert not unit_of_work(lambda: keys.check_pin(cast.ticket(number), admitted.pin))
    assert keys.link_token(cast.ticket(number)) != old_link
    assert shown[0][1] not in sari.get(url).get_data(as_text=True)


def test_to_become_the_owner_twice_is_harmless(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    dimas, url = person(app, cast, "dimas"), act_url(number, "ambil")
    form = open_act(dimas, url)
    assert [dimas.post(url, data=form).status_code for _ in range(2)] == [302, 302]
    assert cast.ticket(number).owner_id == cast.user_ids["dimas"]


def test_a_disposition_later_than_the_answer_is_sent_with_a_warning(app: Flask, cast: Cast) -> None:
    number = _triaged(cast)
    sari, unit = person(app, cast, "sari"), cast.unit_ids["farmasi"]
    url = act_url(number, "disposisi")
    late = {f"u{unit}-due_on": "2099-01-05", f"u{unit}-due_time": "10:00"}
    assert send(sari, url, **late).status_code == 302
    assert "note-warn" in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
