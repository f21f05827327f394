"""The deadlines on the page of a ticket: each reader's own at the head, and what is late said as late."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.tickets import closing, questions
from helpdesk.tickets.dispositions import Instruction, dispose_ticket
from tests.support.cast import Cast
from tests.tickets.steps import (
    answer,
    approve,
    as_complainant,
    dispose,
    follow_up,
    send_back,
    submit,
)
from tests.web.workbench import person

SOON = datetime(2026, 11, 20, 9, tzinfo=UTC)  # the same Friday, 16.00 WIB

pytestmark = pytest.mark.usefixtures("traveller")


def body(client: FlaskClient, number: str) -> str:
    answered = client.get(f"/kerja/tiket/{number}")
    assert answered.status_code == 200
    return answered.get_data(as_text=True)


def head(page: str) -> str:
    return page.split('<header class="thead">')[1].split("<h1>")[0]


def box(page: str) -> str:
    found = page.split('class="nextact"')[1].split("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def rail(page: str) -> str:
    return page.split('<aside class="rail"')[1]


def ladder(page: str) -> list[str]:
    drawn = page.split('<ol class="ladder"')[1].split("</ol>")[0]
    return re.findall(r"<li[^>]*>([^<]+)</li>", drawn)


def sent_to_farmasi(cast: Cast, due_at: datetime | None = SOON) -> str:
    number = cast.complain().number
    cast.triage(number)
    sent = Instruction(unit_id=cast.unit_ids["farmasi"], due_at=due_at)
    cast.act("sari", number, lambda t, by: dispose_ticket(t, [sent], by=by))
    return number


def test_a_unit_reads_its_own_deadline_and_the_desk_the_complainants(
    app: Flask, cast: Cast
) -> None:
    number = sent_to_farmasi(cast)
    for_unit = body(person(app, cast, "budi"), number)
    assert "Hari ini 16.00" in head(for_unit)
    assert "Jawaban unit" in rail(for_unit)
    for_desk = head(body(person(app, cast, "sari"), number))
    assert "Hari ini 16.00" not in for_desk
    assert "lagi" in for_desk


def test_a_unit_that_is_late_is_told_so_at_the_head_and_in_its_next_step(
    app: Flask, cast: Cast, traveller: time_machine.Coordinates
) -> None:
    number = sent_to_farmasi(cast)
    traveller.shift(timedelta(days=1))
    budi = person(app, cast, "budi")
    page = body(budi, number)
    assert "Terlambat" in head(page)
    assert "Terlambat sejak Jumat, 20 November 2026 pukul 16.00 WIB." in box(page)
    assert "Paling lambat" not in box(page)
    [send_it_back] = re.findall(r'href="([^"]+/kembalikan)"', page)
    assert "pukul 16.00 WIB (terlambat" in budi.get(send_it_back).text, "small in a sentence"


def test_what_the_unit_has_answered_presses_it_no_more(app: Flask, cast: Cast) -> None:
    number = sent_to_farmasi(cast)
    submit(cast, number, "budi")
    assert "lagi" not in head(body(person(app, cast, "budi"), number))


def test_the_desk_is_told_which_unit_is_late_and_what_helps(
    app: Flask, cast: Cast, traveller: time_machine.Coordinates
) -> None:
    number = sent_to_farmasi(cast)
    sari = person(app, cast, "sari")
    in_time = box(body(sari, number))
    assert "Saat ini tidak ada tugas untuk Anda" in in_time
    assert "batasnya Jumat, 20 November 2026" in in_time
    traveller.shift(timedelta(days=1))
    late = box(body(person(app, cast, "sari"), number))
    assert "Farmasi masih mengerjakan, terlambat sejak Jumat, 20 November 2026" in late
    assert "Hubungi unit, lalu kabari pelapor" in late
    assert "Kirim kabar sementara" in late
    assert "Saat ini tidak ada tugas" not in late


def test_a_deadline_that_rests_is_not_told_as_a_dash(app: Flask, cast: Cast) -> None:
    number = sent_to_farmasi(cast, due_at=None)
    cast.act("sari", number, lambda t, by: questions.ask_complainant(t, "Kapan?", by=by))
    waiting = box(body(person(app, cast, "sari"), number))
    assert "Farmasi masih mengerjakan." in waiting
    assert "–" not in waiting


def test_a_ticket_late_at_the_complainants_end_says_so_though_the_unit_has_time(
    app: Flask, cast: Cast, traveller: time_machine.Coordinates
) -> None:
    number = sent_to_farmasi(cast, due_at=SOON + timedelta(days=60))
    traveller.shift(timedelta(days=30))
    late = box(body(person(app, cast, "sari"), number))
    assert "Pelapor seharusnya sudah dijawab paling lambat" in late
    assert "batasnya" in late


def test_a_deadline_after_the_answer_is_late_while_the_follow_up_is_missing(
    app: Flask, cast: Cast, traveller: time_machine.Coordinates
) -> None:
    number = cast.complain().number
    cast.triage(number)
    answer(cast, number)
    traveller.shift(timedelta(days=30))
    sari = person(app, cast, "sari")
    assert "Terlambat" in head(body(sari, number))
    assert "Terlambat sejak" in box(body(sari, number))
    follow_up(cast, number)
    assert "Terlambat" not in head(body(sari, number))


def test_a_closing_without_an_answer_leaves_that_step_out(app: Flask, cast: Cast) -> None:
    number = sent_to_farmasi(cast)
    shut = closing.close_unilaterally
    cast.act("ratih", number, lambda t, by: shut(t, "Sudah diselesaikan.", by=by))
    assert "Dijawab" not in ladder(body(person(app, cast, "sari"), number))
    answered = cast.complain("Parkir penuh.", key="other").number
    cast.triage(answered)
    answer(cast, answered)
    cast.act("ratih", answered, lambda t, by: shut(t, "Sudah selesai.", by=by))
    assert "Dijawab" in ladder(body(person(app, cast, "sari"), answered))


def test_clocks_after_an_objection_name_their_round(
    app: Flask, cast: Cast, traveller: time_machine.Coordinates
) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    traveller.shift(timedelta(minutes=1))
    submit(cast, number, "budi")
    approve(cast, number)
    answer(cast, number)
    sari = person(app, cast, "sari")
    assert "putaran" not in rail(body(sari, number))
    traveller.shift(timedelta(minutes=1))
    as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum ada.", by=by))
    traveller.shift(timedelta(minutes=1))
    dispose(cast, number, "farmasi")
    drawn = rail(body(sari, number))
    assert drawn.count("Penyelesaian, putaran 2") == 1
    assert drawn.count("<b>Penyelesaian</b>") == 1
    assert drawn.count("Disposisi ke unit, putaran 2") == 1
    assert "putaran" not in drawn.split("Jawaban")[1].split("</div>")[0]


def test_what_is_sent_a_second_time_within_a_round_names_none(app: Flask, cast: Cast) -> None:
    number = sent_to_farmasi(cast)
    send_back(cast, number, "budi")
    dispose(cast, number, "keuangan")
    assert "putaran" not in rail(body(person(app, cast, "sari"), number))
