"""A form that is refused keeps every word; sent twice it acts once; of two people one compares and decides."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from helpdesk.catalogue.category import Category
from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets.access import find_to_change
from helpdesk.tickets.answering import approve_answer
from helpdesk.tickets.dispositions import Instruction, UnitAnswer, dispose_ticket, submit_answer
from helpdesk.tickets.merging import merge_ticket
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Grade
from helpdesk.tickets.triage import regrade_ticket
from tests.support.cast import Cast
from tests.web.workbench import act_url, form_in, open_act, person, send


def _events(kind: str) -> int:
    count = select(func.count(TicketEvent.id)).where(TicketEvent.kind == kind)
    return db.session.scalar(count) or 0


def _dispose(cast: Cast, number: str, *units: str) -> list[int]:
    instructions = [Instruction(unit_id=cast.unit_ids[unit]) for unit in units]
    cast.act("sari", number, lambda ticket, by: dispose_ticket(ticket, instructions, by=by))
    return [one.id for one in cast.ticket(number).dispositions]


def _submitted(cast: Cast, grade: Grade = Grade.YELLOW) -> tuple[str, int]:
    number = cast.complain().number
    cast.triage(number, grade)
    [work_id] = _dispose(cast, number, "farmasi")
    answer = UnitAnswer(findings="Stok dipindahkan.", draft_answer="Obat sudah ada.")
    cast.act("budi", number, lambda t, by: submit_answer(t.dispositions[0], answer, by=by))
    return number, work_id


def _at_once(*sends: Callable[[], Any]) -> list[int]:
    """Send all at the same moment; returns the status codes, sorted."""
    barrier, codes = Barrier(len(sends)), []

    def run(post: Callable[[], Any]) -> None:
        barrier.wait()
        codes.append(post().status_code)

    threads = [Thread(target=run, args=(post,)) for post in sends]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(codes)


def test_triage_without_grade_keeps_what_was_typed(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    answer = send(
        person(app, cast, "sari"),
        act_url(number, "verifikasi"),
        category_id=str(cast.category_ids["obat"]),
        title="Judul pilihan saya",
        unit_text="Salinan untuk unit.",
        reason="Sebab tertentu",
    )
    assert answer.status_code == 422
    kept = form_in(answer)
    assert kept["title"] == ["Judul pilihan saya"]
    assert kept["unit_text"] == ["Salinan untuk unit."]
    assert kept["reason"] == ["Sebab tertentu"]
    assert "Pilih grading." in answer.text
    ungrouped = send(person(app, cast, "sari"), act_url(number, "verifikasi"), grade="hijau")
    assert "Pilih kategori." in ungrouped.text
    assert cast.ticket(number).status == "received"


def test_praise_needs_no_grade(app: Flask, cast: Cast) -> None:
    number = cast.complain("Terima kasih bidan Sari.").number
    url, category = act_url(number, "verifikasi"), str(cast.category_ids["obat"])
    assert (
        send(person(app, cast, "sari"), url, kind="praise", category_id=category).status_code == 302
    )
    assert (cast.ticket(number).kind, cast.ticket(number).grade) == ("praise", "hijau")


def test_where_the_house_reviews_as_red_a_milder_grade_is_explained(app: Flask, cast: Cast) -> None:
    def unit() -> None:
        db.session.get_one(Category, cast.category_ids["obat"]).needs_red_review = True

    unit_of_work(unit)
    sari, category = person(app, cast, "sari"), str(cast.category_ids["obat"])
    mild, red = cast.complain().number, cast.complain().number
    url = act_url(mild, "verifikasi")
    assert "“Obat dan farmasi”" in sari.get(url).get_data(as_text=True)
    refused = send(sari, url, grade="kuning", category_id=category)
    assert refused.status_code == 422
    assert "kecuali Anda menulis alasannya" in refused.get_data(as_text=True)
    assert cast.ticket(mild).status == "received"
    why = "Etiket diganti sebelum obat diminum."
    assert send(sari, url, grade="kuning", category_id=category, reason=why).status_code == 302
    assert why in sari.get(f"/kerja/tiket/{mild}").get_data(as_text=True)
    answer = send(sari, act_url(red, "verifikasi"), grade="merah", category_id=category)
    assert answer.status_code == 302
    praise = cast.complain("Obatnya cepat.").number
    values = {"kind": "praise", "category_id": category}
    assert send(sari, act_url(praise, "verifikasi"), **values).status_code == 302


def test_a_disposition_that_does_not_fit_keeps_every_unit(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    first, second = cast.unit_ids["farmasi"], cast.unit_ids["keuangan"]
    values = {
        f"u{second}-pick": "y",
        f"u{second}-note": "Hitung penggantian.",
        f"u{second}-due_on": "2020-01-01",
        f"u{second}-due_time": "10:00",
        f"u{first}-note": "Telepon dulu.",
    }
    answer = send(person(app, cast, "sari"), act_url(number, "disposisi"), **values)
    assert answer.status_code == 422
    kept = form_in(answer)
    assert kept[f"u{second}-note"] == ["Hitung penggantian."]
    assert kept[f"u{first}-note"] == ["Telepon dulu."]
    assert "Keuangan: " in answer.get_data(as_text=True), "it says which unit"
    assert cast.ticket(number).dispositions == []


def test_no_unit_and_half_a_deadline_are_refused(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    sari, unit = person(app, cast, "sari"), cast.unit_ids["farmasi"]
    form = open_act(sari, act_url(number, "disposisi"))
    nobody = {name: value for name, value in form.items() if not name.endswith("-pick")}
    assert sari.post(act_url(number, "disposisi"), data=nobody).status_code == 422
    half = form | {f"u{unit}-due_on": "2030-01-01"}
    assert sari.post(act_url(number, "disposisi"), data=half).status_code == 422
    lead = form | {"lead": str(cast.unit_ids["keuangan"])}
    assert sari.post(act_url(number, "disposisi"), data=lead).status_code == 422
    assert sari.post(act_url(number, "disposisi"), data=form).status_code == 302, "same key"
    assert len(cast.ticket(number).dispositions) == 1


def test_a_unit_whose_answer_waits_is_not_sent_the_same_ticket_again(
    app: Flask, cast: Cast
) -> None:
    number, _work_id = _submitted(cast)
    values = {f"u{cast.unit_ids['farmasi']}-pick": "y"}
    refused = send(person(app, cast, "sari"), act_url(number, "disposisi"), **values)
    assert refused.status_code == 422
    assert "Setujui atau kembalikan dulu jawabannya." in refused.get_data(as_text=True)
    assert _events("dispose") == 1
    cast.act("sari", number, lambda t, by: approve_answer(t.dispositions[0], by=by))
    assert len(_dispose(cast, number, "farmasi")) == 2, "once decided, it may have another task"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_year_that_nobody_means_is_refused_at_the_deadline(
    app: Flask, cast: Cast, day: str
) -> None:
    number = cast.complain().number
    cast.triage(number)
    unit = cast.unit_ids["farmasi"]
    due = {f"u{unit}-due_on": day, f"u{unit}-due_time": "00:30"}
    refused = send(person(app, cast, "sari"), act_url(number, "disposisi"), **due)
    assert refused.status_code == 422
    assert f'id="u{unit}-due_on-err"' in refused.get_data(as_text=True)
    assert form_in(refused)[f"u{unit}-due_on"] == [day]
    assert cast.ticket(number).dispositions == []


def test_the_same_form_sent_twice_acts_once(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    sari = person(app, cast, "sari")
    for act, values in (("disposisi", {}), ("catatan", {"text": "Sudah ditelepon."})):
        form = open_act(sari, act_url(number, act)) | values
        codes = [sari.post(act_url(number, act), data=form).status_code for _ in range(2)]
        assert codes == [302, 302]
    assert (_events("dispose"), _events("note")) == (1, 1)


def test_a_used_form_with_other_words_is_not_swallowed(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    sari = person(app, cast, "sari")
    form = open_act(sari, act_url(number, "catatan"))
    sari.post(act_url(number, "catatan"), data=form | {"text": "Pertama."})
    again = sari.post(act_url(number, "catatan"), data=form | {"text": "Kedua."})
    assert again.status_code == 409
    kept = form_in(again)
    assert kept["text"] == ["Kedua."]
    assert kept["once"] != form["once"], "sending it now is a new act"
    assert sari.post(act_url(number, "catatan"), data=kept).status_code == 302
    assert _events("note") == 2


def test_sending_back_twice_is_harmless_though_the_ticket_is_out_of_sight(
    app: Flask, cast: Cast
) -> None:
    number = cast.complain().number
    cast.triage(number)
    [work_id] = _dispose(cast, number, "farmasi")
    budi, url = person(app, cast, "budi"), act_url(number, "kembalikan", work_id)
    form = open_act(budi, url) | {"reason": "Ini urusan Keperawatan."}
    answers = [budi.post(url, data=form) for _ in range(2)]
    assert [(one.status_code, one.location) for one in answers] == [(302, "/kerja")] * 2
    assert _events("send_back") == 1


def test_who_was_slower_sees_both_and_decides(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number, Grade.GREEN)
    sari, url = person(app, cast, "sari"), act_url(number, "ubah-grading")
    form = open_act(sari, url) | {"grade": "kuning", "reason": "Media bertanya."}
    cast.act(
        "dimas", number, lambda t, by: regrade_ticket(t, Grade.RED, "Ada laporan polisi.", by=by)
    )
    answer = sari.post(url, data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Dimas Putra" in page
    assert "Ada laporan polisi." in page
    kept = form_in(answer)
    assert (kept["grade"], kept["reason"]) == (["kuning"], ["Media bertanya."])
    assert cast.ticket(number).grade == "merah", "nothing was written over"
    assert sari.post(url, data=kept).status_code == 302
    assert cast.ticket(number).grade == "kuning", "knowingly"


def test_a_final_answer_written_while_the_complainant_wrote_is_shown_their_words(
    app: Flask, cast: Cast
) -> None:
    number = cast.complain().number
    cast.triage(number)
    sari, url = person(app, cast, "sari"), act_url(number, "jawaban-akhir")
    form = open_act(sari, url) | {"text": "Jawaban panjang yang tidak boleh hilang."}
    send(sari, act_url(number, "pesan-pelapor"), text="Kuitansinya hilang.")
    answer = sari.post(url, data=form)
    assert answer.status_code == 409
    assert "Kuitansinya hilang." in answer.get_data(as_text=True)
    assert form_in(answer)["text"] == ["Jawaban panjang yang tidak boleh hilang."]


def test_while_a_unit_works_only_what_an_interim_reply_sends_is_asked(
    app: Flask, cast: Cast
) -> None:
    number, follower = cast.complain().number, cast.complain("Sirup habis juga.").number
    cast.triage(number)
    cast.act(
        "sari", follower, lambda t, by: merge_ticket(t, find_to_change(by, number), "Sama.", by=by)
    )
    sari, url = person(app, cast, "sari"), act_url(number, "jawaban-akhir")
    form = open_act(sari, url) | {
        "text": "Obatnya sudah ada.",
        "text_for_followers": "Untuk Anda juga.",
        "follow_up": "Stok dipesan ulang.",
    }
    _dispose(cast, number, "farmasi")
    asked = open_act(sari, url)
    assert "text" in asked
    assert not {"follow_up", "text_for_followers"} & set(asked)
    refused = sari.post(url, data=form)
    assert refused.status_code == 409
    kept = refused.get_data(as_text=True)
    assert kept.count("Kabar sementara tidak memuat isian ini.") == 2
    assert form_in(refused)["follow_up"] == ["Stok dipesan ulang."]


def test_words_for_a_ticket_that_has_moved_on_are_kept(app: Flask, cast: Cast) -> None:
    number, work_id = _submitted(cast)
    sari, dimas = person(app, cast, "sari"), person(app, cast, "dimas")
    url = act_url(number, "minta-perbaikan", work_id)
    form = open_act(sari, url) | {"reason": "Lampirkan kartu stok."}
    send(dimas, act_url(number, "setujui", work_id))
    answer = sari.post(url, data=form)
    assert answer.status_code == 409
    assert form_in(answer)["reason"] == ["Lampirkan kartu stok."]
    page = answer.get_data(as_text=True)
    dialog = page.split('class="dialog')[1].split("</form>")[0]
    assert "menggantikan yang ada" not in dialog, "it would be refused for ever"
    assert 'type="submit"' not in dialog
    assert f'class="btn btn-main push" href="/kerja/tiket/{number}"' in dialog
    late = sari.get(url)
    assert late.status_code == 409
    assert f'class="btn btn-main" href="/kerja/tiket/{number}"' in late.text


def test_two_people_approve_at_once_and_one_of_them_does(app: Flask, cast: Cast) -> None:
    number, work_id = _submitted(cast)
    url = act_url(number, "setujui", work_id)
    people = [person(app, cast, name) for name in ("sari", "dimas")]
    forms = [open_act(browser, url) for browser in people]

    def post(place: int) -> Callable[[], Any]:
        return lambda: people[place].post(url, data=forms[place])

    assert _at_once(post(0), post(1)) == [302, 409]
    assert _events("approve") == 1


def test_a_double_click_at_the_same_moment_writes_one_note(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    sari, url = person(app, cast, "sari"), act_url(number, "catatan")
    form = open_act(sari, url) | {"text": "Sudah ditelepon."}
    assert _at_once(*(lambda: sari.post(url, data=form) for _ in range(3))) == [302] * 3
    assert _events("note") == 1
