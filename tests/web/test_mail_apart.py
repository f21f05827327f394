"""Mail that became no ticket: machines, bounces, copies, and what was laid aside: found again and thought over."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.audit.trail import AuditEntry
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import NamedReader, Ticket
from tests.intake.mailing import (
    arrive,
    compose,
    how_many,
    kinds,
    number,
    receipt_id,
    row_of,
    story,
)
from tests.support.cast import Cast
from tests.web.workbench import person, tokenless

LISTS = {"otomatis": Fate.AUTOMATIC, "salinan": Fate.COPY, "dikesampingkan": Fate.DISCARDED}


def _out_of_office(words: str = "Sebenarnya saya mengeluh.", answers: str = "") -> Inbound:
    return arrive(compose(words, subject="Cuti", answers=answers, Auto_Submitted="auto-replied"))


def _decide(client: FlaskClient, row: Inbound, act: str, **typed: str) -> TestResponse:
    seen = {"ticket-seen": row.fate, "attach-seen": row.fate}
    return client.post(f"/kerja/karantina/{row.id}/{act}", data=seen | typed)


def _restrict(ticket_id: int | None, reader_id: int) -> None:
    """As grading it and deciding who may read it do: from now on only this reader."""

    def unit() -> None:
        ticket = db.session.get_one(Ticket, ticket_id)
        ticket.access, ticket.status = Access.RESTRICTED, "triaged"
        db.session.add(NamedReader(ticket_id=ticket_id, user_id=reader_id))

    unit_of_work(unit)


def test_each_kind_is_on_a_list_of_its_own(app: Flask, cast: Cast) -> None:
    automatic = _out_of_office()
    original = compose("Sama.")
    arrive(original)
    copy = arrive(original)
    aside = arrive(compose("Iklan.", sender=""))
    sari = tokenless(app, cast, "sari")
    _decide(sari, aside, "buang", **{"discard-reason": "Iklan."})
    rows = {Fate.AUTOMATIC: automatic, Fate.COPY: copy, Fate.DISCARDED: aside}
    for name, fate in LISTS.items():
        page = sari.get(f"/kerja/karantina?keadaan={name}").get_data(as_text=True)
        listed = {kind for kind, row in rows.items() if f'"/kerja/surel/{row.id}"' in page}
        assert listed == {fate}, name
        for named in ("<title>Email tanpa tiket: ", "<h1>Email tanpa tiket</h1>"):
            assert named in page
        assert sari.get(f"/kerja/surel/{rows[fate].id}").status_code == 200


def test_a_bounce_is_listed_with_the_ticket_it_is_about(app: Flask, cast: Cast) -> None:
    opened = arrive(compose())
    row = arrive(compose("550 5.1.1 unknown", answers=receipt_id(opened.ticket_id)))

    def came_back() -> None:
        db.session.get_one(Inbound, row.id).fate = Fate.BOUNCED.value

    unit_of_work(came_back)
    page = person(app, cast, "sari").get("/kerja/karantina?keadaan=kembali").get_data(as_text=True)
    assert f'"/kerja/surel/{row.id}"' in page
    assert number(opened) in page


def test_the_newest_stand_first_page_by_page(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.web.staff.quarantine.PAGE", 2)
    rows = [_out_of_office(f"Ke-{one}") for one in range(3)]
    sari = person(app, cast, "sari")
    first = sari.get("/kerja/karantina?keadaan=otomatis").get_data(as_text=True)
    assert f"sebelum={rows[1].id}" in first
    assert f'"/kerja/surel/{rows[0].id}"' not in first
    url = f"/kerja/karantina?keadaan=otomatis&sebelum={rows[1].id}"
    assert f'"/kerja/surel/{rows[0].id}"' in sari.get(url).get_data(as_text=True)


@pytest.mark.parametrize("name", ["budi", "hanifah", "ayu", "joko"])
def test_the_lists_are_for_customer_care(app: Flask, cast: Cast, name: str) -> None:
    row = _out_of_office()
    client = tokenless(app, cast, name)
    for keadaan in LISTS:
        assert client.get(f"/kerja/karantina?keadaan={keadaan}").status_code == 403
    assert client.get(f"/kerja/surel/{row.id}").status_code == 404
    assert _decide(client, row, "tiket").status_code == 403


def test_not_automatic_after_all_it_becomes_a_ticket(app: Flask, cast: Cast) -> None:
    row = _out_of_office()
    sari = tokenless(app, cast, "sari")
    assert f"/kerja/karantina/{row.id}" in sari.get(f"/kerja/surel/{row.id}").get_data(as_text=True)
    answer = _decide(sari, row, "tiket")
    after = row_of(row.id)
    assert (after.fate, after.settled_by_id) == (Fate.OPENED, cast.user_ids["sari"])
    assert answer.headers["Location"].endswith(number(after))
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "mail_admitted")).one()
    assert entry.details["was"] == Fate.AUTOMATIC


def test_not_automatic_after_all_it_is_attached(app: Flask, cast: Cast) -> None:
    opened = arrive(compose())
    row = _out_of_office(answers=receipt_id(opened.ticket_id))
    assert kinds(opened.ticket_id)[-1] == "machine_wrote"
    typed = {"attach-number": number(opened), "attach-whose": "complainant"}
    assert _decide(tokenless(app, cast, "sari"), row, "lampirkan", **typed).status_code == 302
    assert story(opened.ticket_id)[-1].kind == "add_message"
    assert row_of(row.id).fate == Fate.ADDED


def test_who_laid_it_aside_is_not_overruled_unseen(app: Flask, cast: Cast) -> None:
    row = arrive(compose("Tolong.", sender=""))
    before = how_many(Ticket)
    sari, dimas = tokenless(app, cast, "sari"), tokenless(app, cast, "dimas")
    _decide(sari, row, "buang", **{"discard-reason": "Iklan."})
    _decide(dimas, row, "tiket")  # on a page where it still waited
    assert (row_of(row.id).fate, how_many(Ticket)) == (Fate.DISCARDED, before)
    _decide(dimas, row_of(row.id), "tiket")
    assert (row_of(row.id).fate, how_many(Ticket)) == (Fate.OPENED, before + 1)


def test_a_copy_of_what_waited_is_not_decided_about(app: Flask, cast: Cast) -> None:
    raw = compose("Sama.")
    arrive(raw)
    copy = arrive(raw)
    sari = person(app, cast, "sari")
    assert sari.get(f"/kerja/karantina/{copy.id}").status_code == 404
    assert "/kerja/karantina/" not in sari.get(f"/kerja/surel/{copy.id}").get_data(as_text=True)


def test_a_copy_is_hidden_as_soon_as_its_ticket_is(app: Flask, cast: Cast) -> None:
    raw = compose("Rahasia.")
    first = arrive(raw)
    copy = arrive(raw)
    _restrict(first.ticket_id, cast.user_ids["ratih"])
    dimas, ratih = person(app, cast, "dimas"), person(app, cast, "ratih")
    for page in ("", "/isi", "/asli.eml"):
        assert dimas.get(f"/kerja/surel/{copy.id}{page}").status_code == 404
    assert f"/kerja/surel/{copy.id}" not in dimas.get("/kerja/karantina?keadaan=salinan").get_data(
        as_text=True
    )
    assert ratih.get(f"/kerja/surel/{copy.id}").status_code == 200


def test_a_copy_follows_a_mail_that_became_a_ticket_later(app: Flask, cast: Cast) -> None:
    """Both were in nobody's ticket when they came; the first is made one, which is then restricted."""
    raw = compose("Saya cabut.", sender="", message_id="<sama@example.net>")
    first, copy = arrive(raw), arrive(raw)
    assert (copy.fate, copy.ticket_id) == (Fate.COPY, None)
    sari = tokenless(app, cast, "sari")
    _decide(sari, first, "tiket")
    assert row_of(copy.id).ticket_id == row_of(first.id).ticket_id
    _restrict(row_of(first.id).ticket_id, cast.user_ids["ratih"])
    assert sari.get(f"/kerja/surel/{copy.id}").status_code == 404


def test_automatic_mail_about_a_restricted_ticket_is_not_listed(app: Flask, cast: Cast) -> None:
    opened = arrive(compose())
    row = _out_of_office(answers=receipt_id(opened.ticket_id))
    _restrict(opened.ticket_id, cast.user_ids["ratih"])
    listed = "/kerja/karantina?keadaan=otomatis"
    link = f'"/kerja/surel/{row.id}"'
    assert link not in person(app, cast, "dimas").get(listed).get_data(as_text=True)
    assert link in person(app, cast, "ratih").get(listed).get_data(as_text=True)
