"""The postman: once while alive, twice rather than never when killed, and never stopped by one
message.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from config import Settings
from helpdesk.lib import claims, clock
from helpdesk.lib.database import unit_of_work
from helpdesk.messaging import postman
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.postman import Counts, Undelivered
from helpdesk.messaging.senders import registry
from helpdesk.messaging.senders.base import Refused, TryLater
from tests.messaging.builders import Wire, queue_one, row
from tests.messaging.file_wire import deliver_to
from tests.support.processes import crew, together


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setitem(registry.SENDERS, "email", wire)
    return wire


def deliver() -> Counts:
    return postman.deliver_due(clock.now())


def raising(error: Exception) -> Wire:
    def answer(_message: OutboxMessage) -> str:
        raise error

    return Wire(answer)


def test_a_message_is_sent_once_and_settled(app: Flask, wire: Wire) -> None:
    with app.app_context():
        message_id = queue_one()
        assert deliver() == Counts(sent=1)
        assert deliver() == Counts()
        assert wire.sent == [message_id]
        message = row(message_id)
        assert (message.status, message.provider_ref) == ("sent", f"ref-{message_id}")
        assert (message.attempts, message.look_at, message.lease_token) == (1, None, None)
        assert message.sent_at is not None


def test_what_is_not_due_waits_and_the_longest_due_goes_first(app: Flask, wire: Wire) -> None:
    with app.app_context():
        with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
            later = queue_one("later")
        first, second = queue_one("first"), queue_one("second")
        assert postman.deliver_due(clock.now(), limit=1).sent == 1
        assert deliver().sent == 1
        assert wire.sent == [first, second]
        assert row(later).status == "queued"


def test_a_try_later_is_honoured_and_grows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.SENDERS, "email", raising(TryLater(reason="421 busy")))
    with app.app_context(), time_machine.travel(clock.now(), tick=False) as traveller:
        message_id = queue_one()
        waits = []
        for attempt in range(1, postman.MAX_ATTEMPTS):
            assert deliver() == Counts(delayed=1)
            message = row(message_id)
            assert (message.attempts, message.error) == (attempt, "421 busy")
            assert message.look_at is not None
            waits.append(message.look_at - clock.now())
            traveller.move_to(message.look_at)
        assert waits == sorted(waits)
        assert timedelta(hours=16) < sum(waits, timedelta()) < timedelta(hours=30)
        assert deliver() == Counts(failed=1)
        message = row(message_id)
        assert (message.status, message.look_at, message.error) == ("failed", None, "421 busy")


def test_the_provider_may_ask_for_a_longer_pause(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.SENDERS, "email", raising(TryLater(timedelta(hours=3))))
    with app.app_context(), time_machine.travel(clock.now(), tick=False):
        message_id = queue_one()
        deliver()
        assert row(message_id).look_at == clock.now() + timedelta(hours=3)


def test_pauses_are_jittered() -> None:
    assert len({postman.pause_after(3) for _ in range(20)}) > 1
    assert postman.pause_after(postman.MAX_ATTEMPTS) is None


def test_a_refusal_is_final_and_says_why(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.SENDERS, "email", raising(Refused("550 no such mailbox")))
    with app.app_context():
        message_id = queue_one()
        assert deliver() == Counts(failed=1)
        message = row(message_id)
        assert (message.status, message.error) == ("failed", "550 no such mailbox")
        assert message.look_at is None


def test_a_moments_trouble_of_the_database_keeps_nobody_from_being_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.SENDERS, "email", raising(Refused("550 no such mailbox")))
    told: list[int] = []

    def tell(failure: Undelivered) -> None:
        if clock.now() < well_at:
            raise OperationalError("UPDATE", {}, Exception(2013, "Lost connection"))
        told.append(failure.message.id)

    with app.app_context(), time_machine.travel(clock.now(), tick=False) as traveller:
        message_id = queue_one()
        well_at = clock.now() + timedelta(seconds=1)
        assert postman.deliver_due(clock.now(), when_failed=tell) == Counts(delayed=1)
        assert row(message_id).status == "queued"
        traveller.shift(timedelta(minutes=2))
        assert postman.deliver_due(clock.now(), when_failed=tell) == Counts(failed=1)
    assert told == [message_id]


def test_a_channel_nobody_speaks_is_shown_as_failed(app: Flask) -> None:
    with app.app_context():
        message_id = queue_one(channel="pigeon")
        assert deliver() == Counts(failed=1)
        assert "pigeon" in row(message_id).error


def test_a_bad_message_is_set_aside_and_the_others_go(app: Flask, wire: Wire) -> None:
    with app.app_context():
        bad = queue_one("bad")
        good = queue_one("good")
        unit_of_work(lambda: setattr(row_in_unit(bad), "values", {"number": "KLH-26-00042-7"}))
        assert deliver() == Counts(sent=1, delayed=1)
        assert wire.sent == [good]
        message = row(bad)
        assert message.error.startswith("could not be sent: ValueError in helpdesk.")
        assert message.look_at is not None
        assert message.look_at > clock.now()


def row_in_unit(message_id: int | None) -> OutboxMessage:
    from helpdesk.lib.database import db

    return db.session.get_one(OutboxMessage, message_id)


def test_a_receipt_that_overtakes_the_settling_is_not_undone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(message: OutboxMessage) -> str:
        unit_of_work(lambda: setattr(row_in_unit(message.id), "status", "delivered"))
        return "ref"

    monkeypatch.setitem(registry.SENDERS, "email", Wire(answer))
    with app.app_context():
        message_id = queue_one()
        assert deliver() == Counts(sent=1)
        message = row(message_id)
        assert (message.status, message.look_at) == ("delivered", None)


def test_a_postman_whose_lease_ran_out_leaves_the_row_to_the_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), time_machine.travel(clock.now(), tick=False) as traveller:

        def answer(message: OutboxMessage) -> str:
            traveller.shift(postman.LEASE + timedelta(seconds=1))
            assert claims.claim(OutboxMessage, message.id, clock.now(), postman.LEASE)
            return "too late"

        monkeypatch.setitem(registry.SENDERS, "email", Wire(answer))
        message_id = queue_one()
        assert deliver() == Counts(lost=1)
        message = row(message_id)
        assert (message.status, message.provider_ref) == ("queued", None)


def test_no_postman_inside_a_unit_of_work(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="no network"):
        unit_of_work(deliver)


@pytest.fixture
def wire_file(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "wire"
    file.touch()
    return file


def test_killed_between_sending_and_settling_it_goes_again_rather_than_never(
    app: Flask, settings: Settings, wire: Wire, wire_file: Path
) -> None:
    with app.app_context():
        message_id = queue_one()
        with crew(settings, [partial(deliver_to, wire_file, die=True)]) as (victim,):
            assert victim.was_killed
        assert wire_file.read_text() == f"{message_id}\n"
        assert deliver() == Counts()  # still leased
        with time_machine.travel(clock.now() + postman.LEASE + timedelta(seconds=1)):
            assert deliver() == Counts(sent=1)
        assert wire.sent == [message_id]


def test_two_postmen_never_send_the_same(app: Flask, settings: Settings, wire_file: Path) -> None:
    with app.app_context():
        ids = [queue_one(f"m{number}") for number in range(30)]
        together(settings, [partial(deliver_to, wire_file)] * 2)
        assert sorted(int(line) for line in wire_file.read_text().split()) == ids
        assert {row(message_id).status for message_id in ids} == {"sent"}
