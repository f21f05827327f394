"""Mail on the pages of customer care: quarantine, a mail as it came, and what a ticket shows of it."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.audit.trail import AuditEntry
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.mail_outcome import Reason
from helpdesk.intake.mailbox import MailRoute
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.storage import get_storage
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import NamedReader, Ticket
from tests.intake.mailing import (
    STRANGER,
    arrive,
    compose,
    have_mailbox,
    how_many,
    kinds,
    number,
    receipt_id,
    row_of,
    story,
    ticket_of,
)
from tests.support.cast import Cast
from tests.web.workbench import person

HTML = (
    '<p onclick="evil()">Foto <b>terlampir</b></p><script>alert(1)</script>'
    '<img src="http://tracker.example/p.gif" alt="logo">'
)


def _set_aside(text: str = "Saya cabut laporan saya.", **facts: Any) -> Inbound:
    """A mail that names a ticket and whose sender is not proved."""
    opened = arrive(compose())
    mailbox_id = have_mailbox()
    mail = compose(text, answers=receipt_id(opened.ticket_id), checks="dmarc=fail", **facts)
    return arrive(mail, mailbox_id)


def _page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def _act(client: FlaskClient, row: Inbound, act: str, **typed: str) -> TestResponse:
    page = client.get(f"/kerja/karantina/{row.id}").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    return client.post(f"/kerja/karantina/{row.id}/{act}", data={"csrf_token": token, **typed})


def _trail(act: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.act == act)))


def test_what_waits_is_listed_with_its_reason_and_counted_beside_the_list(
    app: Flask, cast: Cast
) -> None:
    row = _set_aside()
    sari = person(app, cast, "sari")
    page = _page(sari, "/kerja/karantina")
    assert f"/kerja/karantina/{row.id}" in page
    assert 'href="/kerja/karantina"' in _page(sari, "/kerja")


def test_nothing_waits_nothing_is_counted(app: Flask, cast: Cast) -> None:
    sari = person(app, cast, "sari")
    assert 'href="/kerja/karantina"' not in _page(sari, "/kerja")
    assert _page(sari, "/kerja/karantina")


def test_the_list_goes_on_page_by_page(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.web.staff.quarantine.PAGE", 2)
    rows = [arrive(compose(f"Ke-{one}", sender="", subject=f"Ke-{one}")) for one in range(3)]
    sari = person(app, cast, "sari")
    first = _page(sari, "/kerja/karantina")
    assert f"sesudah={rows[1].id}" in first
    assert f"/karantina/{rows[2].id}" not in first
    assert f"/karantina/{rows[2].id}" in _page(sari, f"/kerja/karantina?sesudah={rows[1].id}")


@pytest.mark.parametrize("name", ["budi", "hanifah", "ayu", "joko"])
def test_quarantine_is_for_customer_care(app: Flask, cast: Cast, name: str) -> None:
    row = _set_aside()
    client = person(app, cast, name)
    assert client.get("/kerja/karantina").status_code == 403
    assert client.get(f"/kerja/karantina/{row.id}").status_code == 403
    for page in ("", "/isi", "/asli.eml"):
        assert client.get(f"/kerja/surel/{row.id}{page}").status_code == 404


def test_it_becomes_a_ticket_linked_to_the_one_it_names(app: Flask, cast: Cast) -> None:
    row = _set_aside()
    named_id = row.ticket_id
    sari = person(app, cast, "sari")
    answer = _act(sari, row, "tiket")
    after = row_of(row.id)
    assert (after.fate, after.settled_by_id) == (Fate.OPENED, cast.user_ids["sari"])
    assert after.ticket_id != named_id
    assert answer.headers["Location"].endswith(number(after))
    assert kinds(named_id)[-1] == kinds(after.ticket_id)[-1] == "link"
    assert [entry.subject_id for entry in _trail("mail_admitted")] == [row.id]


def test_decided_twice_it_is_done_once(app: Flask, cast: Cast) -> None:
    row = _set_aside()
    before = how_many(Ticket)
    for name in ("sari", "dimas"):
        client = person(app, cast, name)
        page = client.get(f"/kerja/karantina/{row.id}").get_data(as_text=True)
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        client.post(f"/kerja/karantina/{row.id}/tiket", data={"csrf_token": token})
    assert how_many(Ticket) == before + 1
    assert len(_trail("mail_admitted")) == 1


def test_it_is_attached_as_somebody_elses_unless_care_made_sure(app: Flask, cast: Cast) -> None:
    row = _set_aside()
    numbered = number(row)
    sari = person(app, cast, "sari")
    assert numbered in _page(sari, f"/kerja/karantina/{row.id}")
    typed = {"attach-number": numbered, "attach-whose": "other"}
    assert _act(sari, row, "lampirkan", **typed).status_code == 302
    assert kinds(row.ticket_id)[-1] == "other_wrote"
    assert row_of(row.id).reason == Reason.ATTACHED


def test_care_can_vouch_for_the_complainant(app: Flask, cast: Cast) -> None:
    row = _set_aside()
    typed = {"attach-number": number(row), "attach-whose": "complainant"}
    _act(person(app, cast, "sari"), row, "lampirkan", **typed)
    event = story(row.ticket_id)[-1]
    assert (event.kind, event.actor_kind) == ("add_message", "staff")
    assert event.details["channel"] == "email"


def test_a_wrong_number_is_said_beside_the_field(app: Flask, cast: Cast) -> None:
    row = _set_aside()
    typed = {"attach-number": "KLH-26-09999-9", "attach-whose": "other"}
    answer = _act(person(app, cast, "sari"), row, "lampirkan", **typed)
    assert answer.status_code == 422
    assert row_of(row.id).fate == Fate.QUARANTINED


def test_laying_aside_needs_a_reason_and_keeps_the_original(app: Flask, cast: Cast) -> None:
    row = _set_aside()
    sari = person(app, cast, "sari")
    assert _act(sari, row, "buang", **{"discard-reason": " "}).status_code == 422
    assert _act(sari, row, "buang", **{"discard-reason": "Iklan."}).status_code == 302
    assert row_of(row.id).fate == Fate.DISCARDED
    assert [entry.details["reason"] for entry in _trail("mail_discarded")] == ["Iklan."]
    assert get_storage().exists(row.raw_digest)
    assert sari.get(f"/kerja/karantina/{row.id}").status_code == 200


def test_the_ticket_shows_the_new_words_and_care_the_whole(app: Flask, cast: Cast) -> None:
    opened = arrive(compose())
    quoted = "Belum ada.\n\nPada Sab, 21 Nov 2026 RSIA <k@rs.example> menulis:\n> Kalimat kami."
    row = arrive(compose(quoted, answers=receipt_id(opened.ticket_id)))
    cast.triage(number(row))
    page = _page(person(app, cast, "sari"), f"/kerja/tiket/{number(row)}")
    assert "Kalimat kami." in page
    assert f"/kerja/surel/{row.id}" in page
    for_leaders = _page(person(app, cast, "hanifah"), f"/kerja/tiket/{number(row)}")
    assert "Belum ada." in for_leaders
    assert "Kalimat kami." not in for_leaders
    assert "/kerja/surel/" not in for_leaders


def test_every_event_of_mail_is_told_on_the_ticket(app: Flask, cast: Cast) -> None:
    opened = arrive(compose())
    arrive(compose("Saya adiknya.", answers=receipt_id(opened.ticket_id), sender=STRANGER))
    arrive(compose("Cuti.", answers=receipt_id(opened.ticket_id), Auto_Submitted="auto-replied"))
    other = arrive(compose("Sama.", sender=STRANGER, subject=number(opened)))
    sari = person(app, cast, "sari")
    page = _page(sari, f"/kerja/tiket/{number(opened)}")
    assert "lain@example.net" in page
    assert "Cuti." in page
    assert number(other) in page
    assert number(opened) in _page(sari, f"/kerja/tiket/{number(other)}")


def test_html_is_shown_tame_and_alone(app: Flask, cast: Cast) -> None:
    row = arrive(compose(html=HTML))
    sari = person(app, cast, "sari")
    assert "sandbox" in _page(sari, f"/kerja/surel/{row.id}")
    answer = sari.get(f"/kerja/surel/{row.id}/isi")
    page, policy = answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]
    assert "terlampir" in page
    for wild in ("script", "onclick", "tracker.example"):
        assert wild not in page
    assert policy.startswith("sandbox; default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    sheet = sari.get(page.split('rel="stylesheet" href="')[1].split('"')[0])
    assert sheet.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_original_comes_as_a_file_and_the_trail_knows(app: Flask, cast: Cast) -> None:
    raw = compose()
    row = arrive(raw)
    answer = person(app, cast, "sari").get(f"/kerja/surel/{row.id}/asli.eml")
    assert answer.data == raw
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "message/rfc822"
    assert [entry.subject_id for entry in _trail("mail_downloaded")] == [row.ticket_id]


def test_a_lost_original_is_said(app: Flask, cast: Cast) -> None:
    row = _set_aside()
    get_storage().discard(row.raw_digest)
    sari = person(app, cast, "sari")
    assert sari.get(f"/kerja/karantina/{row.id}").status_code == 200
    assert sari.get(f"/kerja/surel/{row.id}/asli.eml").status_code == 404


def _restrict(ticket_id: int | None, *reader_ids: int) -> None:
    def unit() -> None:
        ticket = db.session.get_one(Ticket, ticket_id)
        ticket.access, ticket.status = Access.RESTRICTED.value, "triaged"
        db.session.add_all(NamedReader(ticket_id=ticket.id, user_id=one) for one in reader_ids)

    unit_of_work(unit)


def test_mail_about_a_restricted_ticket_is_for_its_readers(app: Flask, cast: Cast) -> None:
    row = _set_aside()
    _restrict(row.ticket_id, cast.user_ids["dimas"])
    for name, status in (("dimas", 200), ("sari", 404), ("ratih", 404)):
        client = person(app, cast, name)
        assert client.get(f"/kerja/karantina/{row.id}").status_code == status, name
        listed = f"/kerja/karantina/{row.id}" in _page(client, "/kerja/karantina")
        assert listed is (status == 200), name
    assert _trail("read_restricted")
    dimas = person(app, cast, "dimas")
    assert _act(dimas, row, "buang", **{"discard-reason": ""}).status_code == 422


def test_where_no_reader_is_at_the_desk_a_supervisor_looks(app: Flask, cast: Cast) -> None:
    row = _set_aside()
    _restrict(row.ticket_id, cast.user_ids["hanifah"])
    assert person(app, cast, "sari").get(f"/kerja/karantina/{row.id}").status_code == 404
    page = _page(person(app, cast, "ratih"), f"/kerja/karantina/{row.id}")
    assert number(row) not in page
    assert _act(person(app, cast, "ratih"), row, "tiket").status_code == 302
    assert ticket_of(row_of(row.id)).access == Access.RESTRICTED, "no way out of confidence"


def test_the_unit_of_the_address_is_picked_at_disposition(app: Flask, cast: Cast) -> None:
    unit_id = cast.unit_ids["keuangan"]
    unit_of_work(lambda: db.session.add(MailRoute(address="uang@rs.example", unit_id=unit_id)))
    row = arrive(compose(to="uang@rs.example"))

    def unit() -> None:
        db.session.get_one(Ticket, row.ticket_id).status = "triaged"

    unit_of_work(unit)
    page = _page(person(app, cast, "sari"), f"/kerja/tiket/{number(row)}/disposisi")
    box = page.split(f'name="u{unit_id}-pick"')[0].rsplit("<input", 1)[1]
    box += page.split(f'name="u{unit_id}-pick"')[1].split(">")[0]
    assert "checked" in box
