"""A mailbox that cannot be read says why in words, alerts once, recovers by itself, and loses nothing."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.intake import mailboxes
from helpdesk.intake.fetching import LONGEST_PAUSE
from helpdesk.intake.mailbox_reading import try_mailbox
from helpdesk.intake.mailboxes import Password, problem_of
from helpdesk.lib import clock
from helpdesk.lib.clients import imap
from helpdesk.lib.clients.faults import Trouble, WireFault
from helpdesk.lib.clients.imap import ImapFolder
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.storage import DiskStorage
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.templates import render_message
from tests.support.cast import Cast
from tests.support.dovecot import PASSWORD, PrivateDovecot
from tests.support.network import NetworkInTransaction
from tests.support.postboxes import Postbox, letter

ONE, TWO, THREE = letter("Obat habis"), letter("Antre lama"), letter("Parkir penuh")
WRONG = "rahasia-yang-salah"


def alerts() -> list[OutboxMessage]:
    """What administrators were told, in order."""
    db.session.rollback()
    told = select(OutboxMessage).where(OutboxMessage.subject_kind == "mailbox")
    return list(db.session.scalars(told.order_by(OutboxMessage.id)))


def trouble_of(box: Postbox) -> str:
    box.fetch()
    return box.row.error.partition(" ")[0]


def test_a_wrong_password_is_told_in_words(box: Postbox, caplog: pytest.LogCaptureFixture) -> None:
    box.change(secret=Password(WRONG))
    with caplog.at_level(logging.DEBUG):
        assert trouble_of(box) == Trouble.SIGN_IN
    assert "menolak nama pengguna atau kata sandi" in problem_of(box.row)
    assert WRONG not in caplog.text + box.row.error + repr(mailboxes.secret_of(box.row))
    assert WRONG not in box.row.secret


def test_a_server_without_sasl_is_signed_in_to_all_the_same(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.on_server.deliver(ONE)
    monkeypatch.setattr("imaplib.IMAP4._get_capabilities", _offers_nothing)
    assert box.fetch() == 1
    box.change(secret=Password(WRONG))
    assert trouble_of(box) == Trouble.SIGN_IN
    box.change(secret=Password("kata-sandi-é"))
    assert trouble_of(box) == Trouble.SIGN_IN
    assert "kata-sandi" not in box.row.error


def _offers_nothing(self: object) -> None:
    self.capabilities = ("IMAP4REV1",)  # type: ignore[attr-defined]


def test_a_certificate_that_nobody_knows_is_refused(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.on_server.deliver(ONE)
    monkeypatch.delenv("SSL_CERT_FILE")
    assert trouble_of(box) == Trouble.CERTIFICATE
    assert "tidak dapat dipercaya" in problem_of(box.row)
    assert box.arrived() == []


def test_a_certificate_of_another_name_is_refused(box: Postbox) -> None:
    box.change(host="127.0.0.2")
    assert trouble_of(box) == Trouble.CERTIFICATE


@pytest.mark.parametrize(("security", "is_plain"), [("starttls", True), ("none", True)])
def test_other_ways_to_connect(
    cast: Cast, dovecot: PrivateDovecot, security: str, is_plain: bool
) -> None:
    box = Postbox.added(cast, dovecot, port=dovecot.plain_port, security=security)
    box.on_server.deliver(ONE)
    assert box.fetch() == 1


def test_starttls_is_verified_as_well(
    cast: Cast, dovecot: PrivateDovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    box = Postbox.added(cast, dovecot, port=dovecot.plain_port, security="starttls")
    assert trouble_of(box) == Trouble.CERTIFICATE


def test_ports_that_were_mixed_up_are_named(cast: Cast, dovecot: PrivateDovecot) -> None:
    box = Postbox.added(cast, dovecot, port=dovecot.plain_port)
    assert trouble_of(box) == Trouble.ENCRYPTION
    assert "STARTTLS di port 143" in problem_of(box.row)


def test_names_ports_and_silence_are_told_apart(
    cast: Cast, dovecot: PrivateDovecot, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "TIMEOUT", 0.2)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed_port = free.getsockname()[1]
    assert trouble_of(Postbox.added(cast, dovecot, host="surat.invalid")) == Trouble.NAME
    assert trouble_of(Postbox.added(cast, dovecot, port=closed_port)) == Trouble.REFUSED
    silent = Postbox.added(cast, dovecot, port=silent_port)
    assert trouble_of(silent) == Trouble.TIMEOUT
    assert "terlalu lama menjawab" in problem_of(silent.row)


def test_a_folder_that_is_not_there_is_named(cast: Cast, dovecot: PrivateDovecot) -> None:
    box = Postbox.added(cast, dovecot, folder="Pengaduan")
    assert trouble_of(box) == Trouble.FOLDER
    assert "Pengaduan" in box.row.error


def test_a_seal_that_does_not_open_is_named(box: Postbox) -> None:
    def spoil() -> None:
        mailboxes.find_mailbox(box.row_id).secret = "bm90aGluZw=="

    unit_of_work(spoil)
    assert trouble_of(box) == Trouble.SECRET


def test_a_full_disk_leaves_the_message_on_the_server(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.on_server.deliver(ONE)

    def full(self: DiskStorage, content: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(DiskStorage, "put", full)
        assert trouble_of(box) == Trouble.STORAGE
    assert box.on_server.unseen() == [ONE]
    assert box.fetch() == 1


def test_a_fault_of_ours_is_written_on_the_row(
    box: Postbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: ImapFolder) -> list[int]:
        raise ZeroDivisionError

    monkeypatch.setattr(ImapFolder, "unseen", broken)
    assert trouble_of(box) == Trouble.UNEXPECTED
    assert "could not be fetched" in caplog.text
    assert box.row.lease_token is None


def test_one_message_that_the_server_withholds_stops_no_other(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.fetch()
    for raw in (ONE, TWO, THREE):
        box.on_server.deliver(raw)
    read = ImapFolder.read

    def refuse(self: ImapFolder, uid: int) -> BinaryIO | None:
        if uid == 2:
            raise WireFault(Trouble.MESSAGE, "UID 2: cannot be read")
        return read(self, uid)

    with monkeypatch.context() as patch:
        patch.setattr(ImapFolder, "read", refuse)
        assert box.fetch() == 2
        assert box.row.error == "message UID 2: cannot be read"
        assert box.row.read_up_to == 1
        box.on_server.mark_all_seen()
        assert box.fetch() == 0
    assert box.fetch() == 1, "though somebody has read it meanwhile"
    assert sorted(box.arrived()) == sorted([ONE, TWO, THREE])
    assert box.row.error == ""


def test_a_message_at_which_the_server_breaks_off_stops_no_other_for_ever(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for raw in (ONE, TWO, THREE):
        box.on_server.deliver(raw)
    read = ImapFolder.read

    def break_off(self: ImapFolder, uid: int) -> BinaryIO | None:
        if uid == 1:
            raise ConnectionResetError
        return read(self, uid)

    with monkeypatch.context() as patch:
        patch.setattr(ImapFolder, "read", break_off)
        for _turn in range(60):  # each leaves the others to chance, evenly
            box.fetch()
        assert trouble_of(box) == Trouble.LOST
    assert sorted(box.arrived()) == sorted([TWO, THREE])
    assert box.on_server.unseen() == [ONE]
    assert box.fetch() == 1


def test_a_server_killed_in_the_middle_and_started_again(
    box: Postbox, dovecot: PrivateDovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = [letter(f"Keluhan {number}") for number in range(6)]
    for raw in letters:
        box.on_server.deliver(raw)
    read, reads = ImapFolder.read, []

    def deadly(self: ImapFolder, uid: int) -> BinaryIO | None:
        reads.append(uid)
        if len(reads) == 4:
            dovecot.kill()
        return read(self, uid)

    monkeypatch.setattr(ImapFolder, "read", deadly)
    assert trouble_of(box) == Trouble.LOST
    assert box.arrived() == letters[:3]
    assert trouble_of(box) == Trouble.REFUSED
    dovecot.revive()
    assert box.fetch() == 3
    assert sorted(box.arrived()) == letters
    assert box.on_server.unseen() == []
    assert box.row.failing_since is None


def test_administrators_hear_of_it_once_and_when_it_is_over(box: Postbox) -> None:
    began = clock.now()
    box.change(secret=Password(WRONG), alert_after_minutes=30)
    with time_machine.travel(began, tick=False) as traveller:
        for minute in (0, 15, 29):
            traveller.move_to(began + timedelta(minutes=minute))
            box.fetch()
        assert alerts() == []
        for minute in (30, 45, 60):
            traveller.move_to(began + timedelta(minutes=minute))
            box.fetch()
        (told,) = alerts()
        assert (told.event, told.recipient_id) == ("mailbox_unreadable", box.cast.user_ids["ayu"])
        assert box.on_server.username in render_message(told).subject
        assert "kata sandi ditolak" in render_message(told).body
        box.change(secret=Password(PASSWORD))
        box.fetch()
        traveller.move_to(began + timedelta(minutes=70))
        box.fetch()
    assert [one.event for one in alerts()] == ["mailbox_unreadable", "mailbox_recovered"]
    assert "{" not in render_message(alerts()[1]).body


def test_a_short_trouble_alerts_nobody(box: Postbox, dovecot: PrivateDovecot) -> None:
    dovecot.kill()
    box.fetch()
    assert box.row.failing_since is not None
    dovecot.revive()
    box.fetch()
    assert alerts() == []


def test_the_second_trouble_is_told_as_well(box: Postbox, dovecot: PrivateDovecot) -> None:
    for _time in range(2):
        dovecot.kill()
        box.fetch()
        box.fails_since(31 + _time)
        box.fetch()
        dovecot.revive()
        box.fetch()
    assert [one.event for one in alerts()] == ["mailbox_unreadable", "mailbox_recovered"] * 2


def test_what_fails_is_tried_more_and_more_seldom(box: Postbox) -> None:
    box.change(secret=Password(WRONG))
    box.fetch()
    pauses = []
    for minutes in (1, 8, 600):
        box.fails_since(minutes)
        box.fetch()
        pauses.append((box.row.look_at or clock.now()) - clock.now())
    assert pauses == sorted(pauses)
    assert pauses[0] < timedelta(minutes=1)
    assert pauses[2] <= LONGEST_PAUSE


def test_a_mailbox_is_tried_without_changing_anything(box: Postbox) -> None:
    box.on_server.deliver(ONE)
    assert try_mailbox(box.row_id) == 1
    assert box.on_server.unseen() == [ONE]
    assert box.arrived() == []
    box.change(secret=Password(WRONG))
    with pytest.raises(WireFault) as caught:
        try_mailbox(box.row_id)
    assert caught.value.trouble is Trouble.SIGN_IN


def test_the_network_is_never_used_inside_a_unit(box: Postbox) -> None:
    with pytest.raises((NetworkInTransaction, RuntimeError)):
        unit_of_work(lambda: try_mailbox(box.row_id))


@pytest.fixture
def echoing_port() -> Iterator[int]:
    """A server that refuses every sign-in, and quotes the whole command when it does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        threading.Thread(target=_echo, args=(listener,), daemon=True).start()
        yield int(listener.getsockname()[1])


def _echo(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rwb") as wire:
        wire.write(b"* OK [CAPABILITY IMAP4rev1] siap\r\n")
        wire.flush()
        for line in wire:
            tag, _, command = line.strip().partition(b" ")
            if command.startswith(b"CAPABILITY"):
                wire.write(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")
            else:
                wire.write(tag + b" BAD what is " + command + b"\r\n")
            wire.flush()


def test_a_server_that_quotes_the_password_gives_nothing_away(
    cast: Cast, dovecot: PrivateDovecot, echoing_port: int
) -> None:
    box = Postbox.added(cast, dovecot, host="127.0.0.1", port=echoing_port, security="none")
    assert trouble_of(box) == Trouble.SIGN_IN
    assert "•••" in box.row.error
    assert PASSWORD not in box.row.error
