"""Mailboxes are fetched from a real server: nothing is lost, nothing comes twice, whoever reads them beside us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import BinaryIO

import pytest
import time_machine

from helpdesk.intake import mailbox_reading, mailboxes
from helpdesk.intake.fetching import LEASE, fetch_due, fetch_mailbox
from helpdesk.intake.mailbox import Mailbox
from helpdesk.intake.mailbox_reading import Turn
from helpdesk.lib import claims, clock
from helpdesk.lib.clients import imap
from helpdesk.lib.clients.imap import ImapFolder
from helpdesk.lib.database import unit_of_work
from tests.support.cast import Cast
from tests.support.dovecot import PrivateDovecot
from tests.support.postboxes import Postbox, letter
from tests.support.processes import wait_until

ONE, TWO, THREE = letter("Obat habis"), letter("Antre lama"), letter("Parkir penuh")


def test_a_message_is_stored_and_then_marked(box: Postbox) -> None:
    box.on_server.deliver(ONE)
    assert box.fetch() == 1
    assert box.arrived() == [ONE]
    assert box.on_server.seen() == [ONE]
    assert box.fetch() == 0
    row = box.row
    assert (row.error, row.failing_since, row.lease_token) == ("", None, None)
    assert row.fetched_at is not None
    assert row.look_at is not None


def test_nothing_is_marked_before_its_commit(box: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    box.on_server.deliver(ONE)
    seen_before: list[tuple[list[bytes], list[bytes]]] = []
    mark = ImapFolder.mark_seen

    def look(self: ImapFolder, uids: Sequence[int]) -> None:
        seen_before.append((box.arrived(), box.on_server.seen()))
        mark(self, uids)

    monkeypatch.setattr(ImapFolder, "mark_seen", look)
    box.fetch()
    assert seen_before == [([ONE], [])]


def test_stored_messages_are_moved(cast: Cast, dovecot: PrivateDovecot) -> None:
    box = Postbox.added(cast, dovecot, move_to="Selesai/Pengaduan Masuk".replace("/", "."))
    for raw in (ONE, TWO):
        box.on_server.deliver(raw)
    assert box.fetch() == 2
    assert box.on_server.seen("Selesai.Pengaduan Masuk") == sorted([ONE, TWO])
    assert box.on_server.seen() == box.on_server.unseen() == []
    box.on_server.deliver(THREE)
    assert box.fetch() == 1


def test_a_server_that_cannot_move_is_left_a_copy(
    cast: Cast, dovecot: PrivateDovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImapFolder, "_capabilities", lambda _self: {b"UIDPLUS"})
    box = Postbox.added(cast, dovecot, move_to="Selesai")
    box.on_server.deliver(ONE)
    assert box.fetch() == 1
    assert box.on_server.seen("Selesai") == [ONE]
    assert box.on_server.seen() == []


def test_history_stays_history_but_what_waits_unread_comes(box: Postbox) -> None:
    box.on_server.deliver(ONE, is_seen=True)
    box.on_server.deliver(TWO)
    assert box.fetch() == 1
    assert box.arrived() == [TWO]


def test_what_somebody_read_in_webmail_is_not_lost(box: Postbox) -> None:
    box.fetch()
    box.on_server.deliver(ONE)
    box.on_server.mark_all_seen()
    box.on_server.deliver(TWO)
    assert box.fetch() == 2
    assert sorted(box.arrived()) == sorted([ONE, TWO])
    assert box.fetch() == 0


def test_what_somebody_marks_as_unread_does_not_come_twice(box: Postbox) -> None:
    box.on_server.deliver(ONE)
    box.fetch()
    box.on_server.mark_all_unseen()
    assert box.fetch() == 0
    assert box.arrived() == [ONE]
    assert box.on_server.seen() == [ONE]


def test_a_new_numbering_doubles_nothing(box: Postbox) -> None:
    for raw in (ONE, TWO):
        box.on_server.deliver(raw)
    box.fetch()
    before = box.row.uid_validity
    box.on_server.renumber()
    box.on_server.deliver(THREE)
    box.on_server.mark_all_seen()
    assert box.fetch() == 1, "only the one that arrived meanwhile, though somebody has read it"
    assert sorted(box.arrived()) == sorted([ONE, TWO, THREE])
    assert box.row.uid_validity != before
    assert box.fetch() == 0


def test_a_message_larger_than_a_piece_comes_whole(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "PIECE", 1000)
    exact, long = ONE + b"x" * (2000 - len(ONE)), TWO + b"y" * 5500
    box.on_server.deliver(exact)
    box.on_server.deliver(long)
    box.fetch()
    assert sorted(box.arrived()) == sorted([exact, long])


def test_a_message_of_nothing_is_kept_too(box: Postbox) -> None:
    box.on_server.deliver(b"")
    box.on_server.deliver(ONE)
    assert box.fetch() == 2
    assert sorted(box.arrived()) == [b"", ONE]


def test_many_come_in_turns_and_in_order(box: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox_reading, "PER_TURN", 3)
    monkeypatch.setattr(mailbox_reading, "PER_MARK", 2)
    letters = [letter(f"Keluhan {number}") for number in range(7)]
    box.fetch()
    for raw in letters:
        box.on_server.deliver(raw)
    assert box.fetch() == 3
    assert box.row.look_at <= clock.now(), "the rest waits for nothing"
    box.on_server.mark_all_seen()
    assert [box.fetch(), box.fetch(), box.fetch()] == [3, 1, 0]
    assert box.arrived() == letters
    assert box.row.look_at > clock.now()


def test_a_message_taken_away_meanwhile_is_none_of_ours(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.on_server.deliver(ONE)
    box.on_server.deliver(TWO)
    read = ImapFolder.read

    def gone(self: ImapFolder, uid: int) -> BinaryIO | None:
        return read(self, uid + 100 if uid == 1 else uid)

    monkeypatch.setattr(ImapFolder, "read", gone)
    assert box.fetch() == 1
    assert box.row.error == ""
    monkeypatch.undo()
    assert box.on_server.unseen() == [ONE], "what was never stored is never marked"


def test_every_due_mailbox_is_fetched_and_no_other(cast: Cast, dovecot: PrivateDovecot) -> None:
    boxes = [Postbox.added(cast, dovecot) for _ in range(3)]
    for box in boxes:
        box.on_server.deliver(ONE)
    unit_of_work(lambda: mailboxes.deactivate_mailbox(boxes[2].row_id, by=cast.actor("ayu")))
    assert fetch_due(clock.now()) == 2
    assert [box.arrived() for box in boxes] == [[ONE], [ONE], []]
    assert fetch_due(clock.now()) == 0
    boxes[0].on_server.deliver(TWO)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=30)):
        assert fetch_due(clock.now()) == 1
    unit_of_work(lambda: mailboxes.reactivate_mailbox(boxes[2].row_id, by=cast.actor("ayu")))
    assert fetch_due(clock.now()) == 1


def test_a_dead_mailbox_holds_up_nobody(
    cast: Cast, dovecot: PrivateDovecot, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.intake.fetching.PATIENCE", 0.3)
    monkeypatch.setattr(imap, "TIMEOUT", 0.8)
    dead = Postbox.added(cast, dovecot, port=silent_port)
    alive = Postbox.added(cast, dovecot)
    alive.on_server.deliver(ONE)
    fetch_due(clock.now())
    assert alive.arrived() == [ONE]
    assert dead.row.lease_token is not None, "its thread still waits for an answer"
    alive.on_server.deliver(TWO)
    alive.come_due()
    fetch_due(clock.now())
    assert sorted(alive.arrived()) == sorted([ONE, TWO])
    wait_until(lambda: dead.row.lease_token is None)
    assert dead.row.error == "timeout"


def test_a_turn_that_outlives_its_lease_takes_no_second_thread(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = list[int](), Event()

    def endless(mailbox_id: int, _began_at: datetime) -> Turn:
        begun.append(mailbox_id)
        may_end.wait(10)
        return Turn(0, 0)

    monkeypatch.setattr("helpdesk.intake.fetching.PATIENCE", 0.1)
    monkeypatch.setattr(mailbox_reading, "look_into", endless)
    fetch_due(clock.now())
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1)):
        fetch_due(clock.now())
    may_end.set()
    wait_until(lambda: box.row.lease_token is None)
    assert begun == [box.row_id]


def test_a_leased_mailbox_is_left_alone_until_its_worker_is_dead(box: Postbox) -> None:
    box.on_server.deliver(ONE)
    now = clock.now()
    assert claims.claim(Mailbox, box.row_id, now, timedelta(minutes=10)) is not None
    assert fetch_mailbox(box.row_id) == 0
    assert box.on_server.unseen() == [ONE]
    with time_machine.travel(now + timedelta(minutes=11)):
        assert fetch_mailbox(box.row_id) == 1


def test_settings_that_changed_meanwhile_count(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.on_server.deliver(ONE)
    _while_reading(monkeypatch, lambda: box.change(folder="Arsip"))
    assert box.fetch() == 1
    row = box.row
    assert (row.uid_validity, row.read_up_to, row.fetched_at) == (None, None, None)
    assert row.look_at <= clock.now()
    assert row.lease_token is None


def test_a_mailbox_that_was_switched_off_meanwhile_stays_off(
    box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.on_server.deliver(ONE)
    ayu = box.cast.actor("ayu")
    off = lambda: unit_of_work(lambda: mailboxes.deactivate_mailbox(box.row_id, by=ayu))  # noqa: E731
    _while_reading(monkeypatch, off)
    assert box.fetch() == 1
    assert (box.row.look_at, box.row.lease_token) == (None, None)


def test_another_account_with_the_same_numbering_hides_nothing(
    cast: Cast, dovecot: PrivateDovecot
) -> None:
    box, other = Postbox.added(cast, dovecot), dovecot.mailbox()
    box.on_server.deliver(ONE)
    box.fetch()
    validity = box.row.uid_validity
    other.deliver(TWO)
    other.begin_at(validity or 0)
    box.change(username=other.username)
    assert box.fetch() == 1
    assert box.row.uid_validity == validity
    assert box.arrived() == [ONE, TWO]


def _while_reading(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let *act* happen once, while the first message is on its way."""
    read, acts = ImapFolder.read, [act]

    def slowly(self: ImapFolder, uid: int) -> BinaryIO | None:
        if acts:
            acts.pop()()
        return read(self, uid)

    monkeypatch.setattr(ImapFolder, "read", slowly)
