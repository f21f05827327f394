"""The administrator's pages about email: mailboxes, the relay, routes, and what is never shown again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import func, select

from helpdesk.audit.trail import AuditEntry
from helpdesk.intake import inbox, mailboxes
from helpdesk.intake.mailbox import Mailbox, MailRoute
from helpdesk.intake.mailboxes import Password
from helpdesk.lib import clock
from helpdesk.lib.clients.access_tokens import Grant
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.relay import RELAY_ID, account_of
from helpdesk.web.admin.mail_parts import parts_of_mail
from helpdesk.web.admin.part import Part
from helpdesk.web.vital_signs import vital_signs
from tests.intake.mailing import arrive, compose, deposit
from tests.support.cast import Cast
from tests.support.smtp import PostOffice

SECRET = "kata sandi yang panjang "  # its last space is part of it
MAILBOX: dict[str, Any] = {
    "address": "keluhan@rs.example",
    "host": "127.0.0.1",
    "port": "993",
    "security": "tls",
    "username": "keluhan",
    "login": "password",
    "password": SECRET,
    "alert_after_minutes": "30",
}
RELAY: dict[str, Any] = {
    "is_active": "y",
    "from_address": "keluhan@rs.example",
    "host": "127.0.0.1",
    "port": "25",
    "security": "none",
    "login": "",
    "connections": "2",
    "per_minute": "120",
    "per_address_and_day": "20",
    "per_ticket_and_hour": "6",
}


@pytest.fixture
def ayu(app: Flask, cast: Cast, client: FlaskClient) -> FlaskClient:
    """The administrator's browser."""
    cast.sign_in(client, "ayu")
    app.config["WTF_CSRF_ENABLED"] = False
    return client


@pytest.fixture
def office() -> Iterator[PostOffice]:
    post_office = PostOffice().start()
    yield post_office
    post_office.stop()


def text(client: FlaskClient, path: str, status: int = 200, **form: Any) -> str:
    answer = client.post(path, data=form, follow_redirects=True) if form else client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def only(table: type[Any]) -> Any:
    db.session.rollback()
    return db.session.scalars(select(table).execution_options(populate_existing=True)).one()


def acts(kind: str) -> list[str]:
    db.session.rollback()
    about = select(AuditEntry.act).where(AuditEntry.subject_kind == kind).order_by(AuditEntry.id)
    return list(db.session.scalars(about))


def add(ayu: FlaskClient, **other: Any) -> Mailbox:
    text(ayu, "/admin/surel/kotak/baru", **{**MAILBOX, **other})
    mailbox: Mailbox = only(Mailbox)
    return mailbox


def test_a_secret_goes_in_and_never_comes_out(ayu: FlaskClient) -> None:
    mailbox = add(ayu)
    assert mailboxes.secret_of(mailbox) == Password(SECRET)
    for path in ("/admin/surel", f"/admin/surel/kotak/{mailbox.id}", "/admin/jejak-audit"):
        assert SECRET.strip() not in text(ayu, path), path
    refused = text(
        ayu, f"/admin/surel/kotak/{mailbox.id}", 422, **{**MAILBOX, "version": 1, "port": "0"}
    )
    assert SECRET.strip() not in refused


def test_left_empty_the_secret_stays(ayu: FlaskClient) -> None:
    mailbox = add(ayu)
    path = f"/admin/surel/kotak/{mailbox.id}"
    text(ayu, path, **{**MAILBOX, "password": "", "version": 1, "folder": "Pengaduan"})
    assert only(Mailbox).folder == "Pengaduan"
    assert mailboxes.secret_of(only(Mailbox)) == Password(SECRET)
    assert acts("mailbox") == ["mailbox_added", "mailbox_edited"]


def test_another_server_wants_the_password_again(ayu: FlaskClient) -> None:
    mailbox = add(ayu)
    form = {**MAILBOX, "password": "", "version": 1, "host": "imap.other.example"}
    text(ayu, f"/admin/surel/kotak/{mailbox.id}", 422, **form)
    assert only(Mailbox).host == "127.0.0.1"


def test_a_permission_for_xoauth2(ayu: FlaskClient) -> None:
    grant = {
        "token_url": "https://login.example/token",
        "client_id": "tanggap",
        "client_secret": "rahasia-klien",
        "refresh_token": "izin-tetap",
        "scope": "mail",
    }
    mailbox = add(ayu, login="xoauth2", password="", **grant)
    assert mailboxes.secret_of(mailbox) == Grant(**grant)
    page = text(ayu, f"/admin/surel/kotak/{mailbox.id}")
    assert "rahasia-klien" not in page
    assert "izin-tetap" not in page


def test_the_loser_of_two_sees_both_texts(ayu: FlaskClient) -> None:
    mailbox = add(ayu)
    path = f"/admin/surel/kotak/{mailbox.id}"
    text(ayu, path, **{**MAILBOX, "version": 1, "folder": "Satu"})
    page = text(ayu, path, 409, **{**MAILBOX, "version": 1, "folder": "Dua"})
    assert "Satu" in page
    assert "Dua" in page
    assert only(Mailbox).folder == "Satu"


def test_switched_off_and_on(ayu: FlaskClient) -> None:
    path = f"/admin/surel/kotak/{add(ayu).id}"
    ayu.post(f"{path}/tutup")
    assert not only(Mailbox).is_active
    ayu.post(f"{path}/buka")
    assert only(Mailbox).is_active


def test_a_mailbox_is_tried_and_says_what_is_wrong(ayu: FlaskClient) -> None:
    mailbox = add(ayu, port=str(PostOffice().port))
    ayu.set_cookie("bahasa", "en")
    answer = ayu.post(f"/admin/surel/kotak/{mailbox.id}/coba")
    assert answer.status_code == 200
    assert str(mailbox.port) in answer.get_data(as_text=True)
    assert only(Mailbox).error == ""  # a trial is no turn
    assert acts("mailbox")[-1] == "mailbox_tested"


def test_the_relay_is_set_up_and_tried(ayu: FlaskClient, office: PostOffice) -> None:
    text(ayu, "/admin/surel/keluar", **{**RELAY, "port": str(office.port), "version": "0"})
    assert only(MailRelay).is_active
    page = text(ayu, "/admin/surel/keluar/coba", address="direktur@rs.example")
    assert "250 2.0.0 Ok: queued as 0001" in page
    (mail,) = office.taken
    assert mail.recipients == ("direktur@rs.example",)
    assert mail.read["Auto-Submitted"] == "auto-generated"
    office.answers.recipients["hilang@rs.example"] = "550 5.1.1 No such user"
    refused = text(ayu, "/admin/surel/keluar/coba", address="hilang@rs.example")
    assert "550 5.1.1 No such user" in refused
    office.stop()
    assert str(office.port) in text(ayu, "/admin/surel/keluar/coba", address="a@rs.example")
    assert acts("mail_relay") == ["relay_changed", *["relay_tested"] * 3]
    tried = select(AuditEntry.details).where(AuditEntry.act == "relay_tested")
    told = list(db.session.scalars(tried.order_by(AuditEntry.id)))
    assert [one.get("trouble") for one in told] == [None, "rejected", "refused"]
    assert not any("direktur@" in one["address"] for one in told)


def test_nonsense_is_no_address_for_a_trial(ayu: FlaskClient) -> None:
    assert ayu.post("/admin/surel/keluar/coba", data={"address": "a@b.example"}).status_code == 404
    text(ayu, "/admin/surel/keluar", **{**RELAY, "version": "0"})
    text(ayu, "/admin/surel/keluar/coba", 422, address="entah")


def test_a_relay_that_somebody_set_up_meanwhile_is_not_overwritten(ayu: FlaskClient) -> None:
    text(ayu, "/admin/surel/keluar", **{**RELAY, "version": "0"})
    text(ayu, "/admin/surel/keluar", 409, **{**RELAY, "version": "0", "per_minute": "7"})
    assert only(MailRelay).per_minute == 120


def test_the_password_of_the_relay_stays_when_nothing_is_typed(
    app: Flask, ayu: FlaskClient
) -> None:
    signed = {**RELAY, "login": "password", "username": "keluhan", "password": SECRET}
    text(ayu, "/admin/surel/keluar", **{**signed, "version": "0"})
    text(ayu, "/admin/surel/keluar", **{**signed, "password": "", "version": "1"})
    assert SECRET.strip() not in text(ayu, "/admin/surel/keluar")
    db.session.rollback()
    assert account_of(db.session.get_one(MailRelay, RELAY_ID)).secret == SECRET


def test_an_address_stands_for_a_unit_until_it_is_removed(ayu: FlaskClient, cast: Cast) -> None:
    unit = str(cast.unit_ids["farmasi"])
    text(ayu, "/admin/surel/alamat/baru", 422, address="obat@rs.example")
    text(ayu, "/admin/surel/alamat/baru", address="Obat@RS.example", unit_id=unit)
    route = only(MailRoute)
    assert (route.address, str(route.unit_id)) == ("obat@rs.example", unit)
    path = f"/admin/surel/alamat/{route.id}"
    text(ayu, "/admin/surel/alamat/baru", 422, address="obat@rs.example", unit_id=unit)
    text(ayu, path, address="resep@rs.example", unit_id=unit, version="1")
    text(ayu, path, 409, address="lain@rs.example", unit_id=unit, version="1")
    assert "resep@rs.example" in text(ayu, "/admin/surel")
    assert ayu.post(f"{path}/hapus").status_code == 302
    assert db.session.scalar(select(func.count()).select_from(MailRoute)) == 0
    assert acts("mail_route") == ["mail_route_added", "mail_route_edited", "mail_route_removed"]
    assert "resep@rs.example" in text(ayu, "/admin/jejak-audit")


def parts(app: Flask, cast: Cast, who: str = "ayu") -> list[Part]:
    db.session.rollback()
    with app.test_request_context("/"), force_locale("en"):
        return list(parts_of_mail(clock.now(), cast.actor(who)))


def test_the_page_of_health_tells_of_each_mailbox(app: Flask, ayu: FlaskClient, cast: Cast) -> None:
    mailbox_id = add(ayu).id
    assert [(one.is_well, one.state) for one in parts(app, cast)] == [
        (True, "Not fetched yet"),
        (True, "In order"),
    ]

    def fail() -> None:
        row = db.session.get_one(Mailbox, mailbox_id)
        row.fetched_at = clock.now() - timedelta(hours=3)
        row.failing_since, row.error = clock.now() - timedelta(hours=2), "sign_in NO"

    unit_of_work(fail)
    mailbox, _inbox = parts(app, cast)
    assert (mailbox.is_well, mailbox.state) == (False, "Unreadable for 2 hours")
    assert mailbox.last == "Fetched 3 hours ago"
    deposit(compose(), mailbox_id)
    deposit(compose())  # through a pipe
    waiting, all_of_it = parts(app, cast)
    assert waiting.last == "Fetched 3 hours ago · 1 message waiting to be processed"
    assert all_of_it.last.startswith("2 waiting")
    assert "refused the username or the password" in mailbox.advice
    assert "keluhan@rs.example" in text(ayu, "/admin/")


def test_without_a_mailbox_incoming_email_is_not_called_well(app: Flask, cast: Cast) -> None:
    (part,) = parts(app, cast)
    assert (part.is_well, part.is_known, part.state) == (True, False, "Not set up")
    arrive(compose())  # through a pipe
    (part,) = parts(app, cast)
    assert (part.is_known, part.state) == (True, "In order")


def test_what_waits_is_loud_after_a_while(app: Flask, cast: Cast) -> None:
    deposit(compose("Obat habis."))
    (waiting,) = parts(app, cast)
    assert (waiting.is_well, waiting.last) == (True, "1 waiting, 0 in quarantine")
    with clock.standing_at(clock.now() + timedelta(hours=1)):
        (waiting,) = parts(app, cast)
        assert (waiting.is_well, waiting.state) == (False, "1 not understood")


def test_quarantine_is_linked_only_for_those_who_may_open_it(app: Flask, cast: Cast) -> None:
    arrive(compose("Penawaran.", sender="", subject="Penawaran kerja sama"))
    assert inbox.state_of_inbox().quarantined == 1
    assert parts(app, cast, "ayu")[0].endpoint == "admin.mail"
    assert parts(app, cast, "sari")[0].endpoint == "staff.quarantine"


def test_the_figures_for_machines(app: Flask, ayu: FlaskClient) -> None:
    add(ayu)
    deposit(compose("Obat habis."))
    db.session.rollback()
    signs = {one.name: (one.value, one.labels) for one in vital_signs(clock.now())}
    assert signs["inbox_waiting"][0] == 1
    assert signs["mailbox_failing"] == (0.0, {"mailbox": "keluhan@rs.example"})
    assert "mailbox_fetched_seconds" not in signs
