"""Deleting personal data on its pages: what goes and what stays is read first; afterwards no page shows any of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from helpdesk.accounts.organisation import Organisation
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.messaging.backlog import state_of_outbox
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets.amending import amend_ticket
from helpdesk.tickets.closing import close_unilaterally, object_to_answer
from helpdesk.tickets.states import Kind
from helpdesk.tickets.triage import reclassify_ticket
from tests.intake.test_erasing import ended
from tests.support.cast import Cast
from tests.tickets.steps import answer, as_complainant, follow_up, row_of
from tests.web.workbench import act_url, person, send, tokenless

ACT = "hapus-data"
WORDS = (
    "Obat sirup",
    "Wati",
    "0172",
    "wati@",
    "Sudah ada.",
    "Ramah.",
    "Siapa dokternya",
    "dipindahkan",
)


@pytest.fixture
def number(cast: Cast) -> str:
    """A complaint that is over, on which everything was written that the history tells in words of its own."""
    number = ended(cast)
    cast.act("sari", number, lambda t, by: amend_ticket(t, {"place_text": "Kamar Wati"}, by=by))
    as_complainant(number, lambda t, by: object_to_answer(t, "Wati belum puas.", by=by))
    cast.act(
        "sari",
        number,
        lambda t, by: reclassify_ticket(
            t, category_id=None, kind=Kind.COMPLAINT, title="Obat Wati", by=by
        ),
    )
    answer(cast, number)
    follow_up(cast, number)
    cast.act("ratih", number, lambda t, by: close_unilaterally(t, "Wati pindah.", by=by))
    return number


def test_from_the_ticket_to_the_deletion_and_back(app: Flask, cast: Cast, number: str) -> None:
    ratih, url = person(app, cast, "ratih"), act_url(number, ACT)
    assert f'href="{url}"' in ratih.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    page = ratih.get(url).get_data(as_text=True)
    assert "Yang dihapus selamanya" in page
    assert "Cadangan malam 14 hari terakhir" in page
    assert send(ratih, url, reason="Surat 7/2026.").status_code == 422, "nobody has read it"
    assert send(ratih, url, reason="Surat 7/2026.", is_meant="y").status_code == 302
    page = ratih.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert "Surat 7/2026." in page
    assert not [word for word in WORDS if word in page]
    assert url not in page
    for path in ("tanda-terima.pdf", "lembar-disposisi.pdf", "berkas-kasus", ACT, "perbaiki-data"):
        assert ratih.get(f"/kerja/tiket/{number}/{path}").status_code == 404, path
    ayu = tokenless(app, cast, "ayu")
    message_id = messages_about("ticket", row_of(number).id)[0].id
    assert f"/kotak-keluar/{message_id}" not in ayu.get("/admin/kotak-keluar").get_data(
        as_text=True
    )
    assert ayu.get(f"/admin/kotak-keluar/{message_id}").status_code == 404
    assert state_of_outbox(clock.now()).failed == 0


def test_a_hold_is_seen_with_its_reason(app: Flask, cast: Cast, number: str) -> None:
    ratih = person(app, cast, "ratih")
    assert send(ratih, act_url(number, "tahan-data"), reason="Gugatan 12.").status_code == 302
    page = ratih.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert "Gugatan 12." in page
    assert act_url(number, ACT) not in page
    assert send(ratih, act_url(number, "lepas-data"), reason="Putus.").status_code == 302
    assert act_url(number, ACT) in ratih.get(f"/kerja/tiket/{number}").get_data(as_text=True)


def test_the_years_are_saved_only_once_it_was_said_how_many_they_concern(
    app: Flask, cast: Cast, number: str
) -> None:
    with time_machine.travel(clock.now() + timedelta(days=370), tick=False):
        ayu, url = tokenless(app, cast, "ayu"), "/admin/organisasi/retensi"
        typed = {"years": "1", "version": "1"}
        first = ayu.post(url, data=typed).get_data(as_text=True)
        assert "Hari ini 1 pengaduan terkena." in first
        assert kept_years() is None
        assert ayu.post(url, data={**typed, "counted": "2"}).status_code == 200
        assert kept_years() is None
        assert ayu.post(url, data={**typed, "counted": "1"}).status_code == 302
        assert kept_years() == 1
        assert "1 tahun setelah" in app.test_client().get("/pelindungan-data").get_data(
            as_text=True
        )
        assert ayu.post(url, data={**typed, "counted": "1"}).status_code == 422, "an old version"
        assert ayu.post(url, data={"years": "", "version": "2"}).status_code == 302
        assert kept_years() is None


def kept_years() -> int | None:
    db.session.rollback()
    return db.session.get_one(Organisation, 1, populate_existing=True).keep_years
