"""The relay as an administrator sets it up: checked, kept secret, and noted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.clients.faults import Trouble, WireFault
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.messaging import relay
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.relay import RelaySecret, account_of, know_own_addresses
from helpdesk.messaging.relay_trial import send_trial
from tests.messaging.post import set_up, settings_of
from tests.support.smtp import PASSWORD, PostOffice

FRESH = RelaySecret(password=PASSWORD)


@pytest.fixture
def office(app: Flask) -> Iterator[PostOffice]:
    office = PostOffice().start()
    with app.app_context():
        yield office
    office.stop()


def change(
    office: PostOffice, secret: RelaySecret | None = None, seen: int | None = None, **facts: Any
) -> MailRelay:
    settings = settings_of(office, **facts)
    return unit_of_work(
        lambda: relay.set_up_relay(settings, secret=secret, seen_version=seen, by=Actor.system())
    )


def try_out(standing: MailRelay) -> None:
    send_trial(standing, "direktur@rs.example", subject="Percobaan", text="Sampai?\n")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"from_address": "bukan"}, "from_address"),
        ({"reply_to": "bukan"}, "reply_to"),
        ({"host": " "}, "host"),
        ({"port": 0}, "port"),
        ({"host": "smtp.example.org"}, "security"),
        ({"username": ""}, "username"),
        ({"connections": 0}, "connections"),
        ({"connections": 99}, "connections"),
        ({"per_minute": 0}, "per_minute"),
        ({"per_address_and_day": 0}, "per_address_and_day"),
    ],
)
def test_what_cannot_work_is_refused(office: PostOffice, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        change(office, FRESH, **facts)
    assert field in refusal.value.fields
    assert relay.relay() is None


def test_the_password_is_for_one_server_and_one_user(office: PostOffice) -> None:
    with pytest.raises(Invalid) as refusal:
        change(office)
    assert "password" in refusal.value.fields
    change(office, FRESH)
    change(office, seen=1, from_name="Lain")  # stays
    for facts in ({"username": "lain"}, {"host": "localhost"}, {"port": office.port + 1}):
        with pytest.raises(Invalid):
            change(office, seen=2, **facts)
    standing = relay.relay()
    assert standing is not None
    assert account_of(standing).secret == PASSWORD


def test_two_who_change_it_do_not_overwrite_each_other(office: PostOffice) -> None:
    change(office, FRESH)
    with pytest.raises(Conflict):
        change(office, FRESH)
    with pytest.raises(Conflict):
        change(office, FRESH, seen=7)


def test_the_secret_stands_nowhere_in_clear(office: PostOffice) -> None:
    standing = set_up(office)
    set_up(office, from_name="Lain")
    assert PASSWORD not in standing.secret
    assert PASSWORD not in repr(FRESH)
    entries = list(db.session.scalars(select(AuditEntry).where(AuditEntry.act == "relay_changed")))
    assert len(entries) == 2
    assert all(PASSWORD not in str(entry.details) for entry in entries)
    assert entries[1].details["after"] == {"from_name": "Lain"}
    assert entries[1].details["is_secret_new"] is True


def test_trying_it_says_what_is_wrong(office: PostOffice) -> None:
    with pytest.raises(WireFault) as fault:
        try_out(set_up(office, secret=RelaySecret(password="salah")))
    assert fault.value.trouble is Trouble.SIGN_IN
    assert "salah" not in str(fault.value)
    standing = set_up(office)
    try_out(standing)
    assert len(office.taken) == 1
    office.stop()
    with pytest.raises(WireFault) as fault:
        try_out(standing)
    assert fault.value.trouble is Trouble.REFUSED


def test_another_secret_key_is_said_as_such(app: Flask, office: PostOffice) -> None:
    standing = set_up(office)
    app.config["SECRET_KEY"] = "kunci-yang-lain" * 3
    with pytest.raises(WireFault) as fault:
        try_out(standing)
    assert fault.value.trouble is Trouble.SECRET


def test_what_is_ours_however_it_is_written(app: Flask, office: PostOffice) -> None:
    know_own_addresses(app, lambda: ["Poli@RS.example.org"])
    set_up(office, reply_to="balas@rs.example.org")
    for address in (
        "KELUHAN@rs.example.org",
        "balas+t.abc@rs.example.org",
        "poli@rs.example.org",
    ):
        assert relay.is_own(address), address
    assert not relay.is_own("wati@rs.example.org")


def test_a_line_break_in_a_name_spoils_no_mail(office: PostOffice) -> None:
    assert (
        change(office, FRESH, from_name="RSIA Bunda\n Sejahtera").from_name
        == "RSIA Bunda Sejahtera"
    )
