"""The next step of people with two roles, with colleagues, and of what is missing after the closing."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import Grant
from helpdesk.lib.database import db
from helpdesk.tickets import answering, closing
from helpdesk.tickets.dispositions import accept_disposition
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Kind
from tests.support.cast import Cast
from tests.tickets.steps import answer, approve, dispose, follow_up, submit
from tests.web.workbench import act_url, person, send

pytestmark = pytest.mark.usefixtures("traveller")


def box(client: FlaskClient, number: str) -> str:
    answered = client.get(f"/kerja/tiket/{number}")
    assert answered.status_code == 200
    page = answered.get_data(as_text=True)
    return page.split('class="nextact"')[1].split("</section>")[0]


def main_act(drawn: str) -> str:
    """Where the main button leads, without the ticket's own address."""
    found = re.search(r'(?:href|action)="/kerja/tiket/[^/]+/([^"]+)"', drawn.split("<details")[0])
    return re.sub(r"disposisi/\d+/", "", found[1]) if found else ""


def test_who_is_also_head_of_a_unit_is_called_to_its_work(app: Flask, cast: Cast) -> None:
    head = Grant(
        user_id=cast.user_ids["ratih"],
        role=Role.UNIT_HEAD.value,
        unit_id=cast.unit_ids["farmasi"],
    )
    db.session.add(head)
    db.session.commit()
    number = cast.complain().number
    cast.triage(number)
    ratih = person(app, cast, "ratih")
    assert main_act(box(ratih, number)) == "disposisi", "the desk's own work goes first"
    dispose(cast, number, "farmasi")
    assert main_act(box(ratih, number)) == "terima"
    cast.act("ratih", number, lambda t, by: accept_disposition(t.dispositions[0], by=by))
    assert main_act(box(ratih, number)) == "jawaban"
    submit(cast, number, "ratih")
    assert main_act(box(ratih, number)) == "setujui"


def colleagues(cast: Cast) -> tuple[str, int, int]:
    """Budi has answered; then it was sent to Dimas, who works in the same unit beside the desk."""
    officer = Grant(
        user_id=cast.user_ids["dimas"],
        role=Role.UNIT_OFFICER.value,
        unit_id=cast.unit_ids["farmasi"],
    )
    db.session.add(officer)
    db.session.commit()
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi", officer="budi")
    submit(cast, number, "budi")
    approve(cast, number)
    dispose(cast, number, "farmasi", officer="dimas")
    his, other = cast.ticket(number).dispositions
    return number, his.id, other.id


def test_what_an_officer_writes_belongs_to_their_own_work_not_a_colleagues(
    app: Flask, cast: Cast
) -> None:
    number, his, other = colleagues(cast)
    budi = person(app, cast, "budi")
    for act in ("tindak-lanjut", "catatan", "tanya"):
        assert send(budi, act_url(number, act), text="Kapan obatnya habis?").status_code == 302
    newest = select(TicketEvent.disposition_id).order_by(TicketEvent.id.desc()).limit(3)
    assert set(db.session.scalars(newest)) == {his}
    offered = box(budi, number)
    assert f"disposisi/{other}" not in offered
    assert main_act(offered) == ""


def test_a_closing_without_follow_up_calls_for_it(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    shut = closing.close_unilaterally
    cast.act("ratih", number, lambda t, by: shut(t, "Sudah diselesaikan.", by=by))
    sari = person(app, cast, "sari")
    drawn = box(sari, number)
    assert main_act(drawn) == "tindak-lanjut"
    assert "Tiket sudah ditutup, tetapi tindak lanjut belum dicatat." in drawn
    assert "mutu. Paling lambat" in drawn
    follow_up(cast, number)
    assert main_act(box(sari, number)) == ""


def test_a_closed_ticket_that_was_followed_up_calls_for_nothing(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    submit(cast, number, "budi")
    approve(cast, number)
    answer(cast, number)
    shut = closing.close_unilaterally
    cast.act("ratih", number, lambda t, by: shut(t, "Sudah diselesaikan.", by=by))
    assert main_act(box(person(app, cast, "sari"), number)) == ""


def test_an_answer_that_was_handed_back_says_why(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi", "keuangan")
    submit(cast, number, "budi")
    why = "Sebutkan siapa petugasnya."
    cast.act("sari", number, lambda t, by: answering.return_answer(t.dispositions[0], why, by=by))
    drawn = box(person(app, cast, "budi"), number)
    assert f"Customer care meminta jawaban diperbaiki: {why}" in drawn
    assert "perbaiki jawaban unit" in drawn
    assert why not in box(person(app, cast, "tono"), number)
    mended, other = cast.ticket(number).dispositions
    lacking = f"Customer care meminta jawaban diperbaiki: {why}"
    assert lacking in person(app, cast, "budi").get(act_url(number, "jawaban", mended.id)).text
    assert why not in person(app, cast, "tono").get(act_url(number, "jawaban", other.id)).text


@pytest.mark.parametrize(("kind", "counts"), [(Kind.COMPLAINT, True), (Kind.INFORMATION, False)])
def test_the_national_indicator_is_named_only_where_it_counts(
    app: Flask, cast: Cast, kind: Kind, counts: bool
) -> None:
    number = cast.complain("Jam berapa poli anak buka?", kind=kind).number
    cast.triage(number, kind=kind)
    sari = person(app, cast, "sari")
    pages = [sari.get(act_url(number, act)).text for act in ("tanya", "jawaban-akhir")]
    page = sari.get(f"/kerja/tiket/{number}").text
    assert ("sejak diterima, sesuai peraturan" in page) is counts
    answer(cast, number)
    drawn = box(sari, number)
    assert "tindak lanjut belum dicatat." in drawn
    assert main_act(drawn) == "tindak-lanjut"
    assert [bool("ndikator nasional" in one) for one in (*pages, drawn)] == [counts] * 3
