"""Receipts come late, twice, out of order, and before we have noted that we sent; the message only moves forward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.whatsapp.payload import Fault, Receipt
from helpdesk.messaging import postman
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.postman import Undelivered
from helpdesk.messaging.senders import registry
from helpdesk.messaging.senders.base import Refused, TryLater
from helpdesk.messaging.whatsapp.marking import mark_of
from helpdesk.messaging.whatsapp.receipts import take_receipt
from tests.messaging.builders import Wire, queue_one, row

pytestmark = pytest.mark.usefixtures("cast")
REF = "wamid.OURS1"
SENT = datetime(2026, 11, 20, 7, tzinfo=UTC)


class Desk:
    """Hears of what will not arrive."""

    def __init__(self) -> None:
        self.told: list[Undelivered] = []

    def take(
        self,
        word: str,
        minutes: int = 0,
        ref: str = REF,
        code: int | None = None,
        data: object = "",
    ) -> bool:
        receipt = Receipt(
            provider_id=ref,
            phone_number_id="1",
            status=word,
            at=SENT + timedelta(minutes=minutes),
            errors=(Fault(code, "Message undeliverable"),) if code else (),
            our_data=str(data),
        )
        before = list(self.told)

        def unit() -> bool:
            self.told = list(before)
            return take_receipt(receipt, self.told.append)

        return unit_of_work(unit)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def queued(**changes: object) -> int:
    """A message on WhatsApp, sent unless told otherwise."""
    message_id = queue_one(channel="whatsapp", address="+6281234560172") or 0
    told = {"status": "sent", "provider_ref": REF, "sent_at": SENT, "look_at": None, **changes}

    def unit() -> None:
        message = db.session.get_one(OutboxMessage, message_id)
        for name, value in told.items():
            setattr(message, name, value)

    unit_of_work(unit)
    return message_id


def message(message_id: int) -> OutboxMessage:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(OutboxMessage, message_id)


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "read"])))
def test_in_whichever_order_they_come_it_was_read(desk: Desk, order: tuple[str, ...]) -> None:
    row_id = queued()
    minutes = {"sent": 0, "delivered": 1, "read": 5}
    for word in (*order, *order):
        desk.take(word, minutes[word])
    row = message(row_id)
    assert row.status == "read"
    assert row.delivered_at == SENT + timedelta(minutes=1)
    assert row.read_at == SENT + timedelta(minutes=5)
    assert row.sent_at == SENT


def test_the_first_word_counts(desk: Desk) -> None:
    row_id = queued()
    assert desk.take("delivered", 1)
    assert not desk.take("delivered", 9)
    assert message(row_id).delivered_at == SENT + timedelta(minutes=1)


def test_a_voice_note_that_was_played_was_read(desk: Desk) -> None:
    row_id = queued(check_at=SENT + timedelta(days=1))
    assert desk.take("played", 3)
    row = message(row_id)
    assert (row.status, row.read_at, row.check_at) == ("read", SENT + timedelta(minutes=3), None)


def test_a_name_of_any_length_is_noted_and_found_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = REF + "x" * 300
    wire = Wire(lambda _message: name)
    monkeypatch.setitem(registry.SENDERS, "whatsapp", wire)
    message_id = queue_one(channel="whatsapp", address="+6281234560172")
    assert postman.deliver_due(clock.now()).sent == 1
    assert row(message_id).status == "sent"
    assert not desk.take("delivered", ref=f"{name}y")
    assert desk.take("delivered", ref=name)
    assert row(message_id).status == "delivered"


def test_we_died_before_we_could_note_that_it_went(desk: Desk) -> None:
    """What we sent along finds it; it does not go a second time."""
    row_id = queued(status="queued", provider_ref=None, sent_at=None, look_at=SENT)
    assert desk.take("delivered", 1, data=mark_of(message(row_id)))
    row = message(row_id)
    assert (row.status, row.provider_ref, row.look_at) == ("delivered", REF, None)
    assert row.sent_at == SENT + timedelta(minutes=1)


@pytest.mark.parametrize("data", ["", "0", "-1", "x", "9" * 30, "²"])
def test_what_we_do_not_know_moves_nothing(desk: Desk, data: str) -> None:
    row_id = queued()
    assert not desk.take("read", ref="wamid.STRANGE", data=data)
    assert message(row_id).status == "sent"


def test_what_another_said_along_does_not_find_what_was_sent(desk: Desk) -> None:
    """Another system on the same number may number its messages as we do."""
    row_id = queued()
    mark = mark_of(message(row_id))
    assert not desk.take("failed", ref="wamid.STRANGE", code=131026, data=mark)
    assert message(row_id).status == "sent"
    email = message(queue_one("by email") or 0)
    assert not desk.take("read", ref="wamid.STRANGE", data=mark_of(email))


def test_a_receipt_from_before_a_backup_was_restored_is_of_another_message(desk: Desk) -> None:
    """The row has the id that another one had, and has still to go."""
    row_id = queued(status="queued", provider_ref=None, sent_at=None, look_at=SENT)
    before = mark_of(message(row_id))
    unit_of_work(lambda: setattr(db.session.get_one(OutboxMessage, row_id), "dedupe_key", "other"))
    for mark in (before, str(row_id), f"{row_id}-"):
        assert not desk.take("read", data=mark)
    row = message(row_id)
    assert (row.status, row.look_at, row.provider_ref) == ("queued", SENT, None)


@pytest.mark.parametrize("word", ["smelled", "deleted", "warning", ""])
def test_a_word_that_nobody_knows_moves_nothing(desk: Desk, word: str) -> None:
    row_id = queued()
    assert not desk.take(word)
    assert message(row_id).status == "sent"


@pytest.mark.parametrize(("code", "is_dead"), [(131026, True), (131047, False), (131049, False)])
def test_what_failed_is_told_once(desk: Desk, code: int, is_dead: bool) -> None:
    row_id = queued(check_at=SENT + timedelta(days=1))
    assert desk.take("failed", 2, code=code)
    assert not desk.take("failed", 3, code=code)
    assert not desk.take("delivered", 4), "a provider is known to say so afterwards"
    row = message(row_id)
    assert (row.status, row.error) == ("failed", f"{code} Message undeliverable")
    assert row.check_at == SENT + timedelta(minutes=2), "what matters takes its other road now"
    (told,) = desk.told
    assert (told.message.id, told.is_address_dead) == (row_id, is_dead)


def test_what_arrived_cannot_fail_any_more(desk: Desk) -> None:
    row_id = queued()
    desk.take("delivered")
    assert not desk.take("failed", code=131026)
    assert message(row_id).status == "delivered"
    assert desk.told == []


@pytest.mark.parametrize("answer", [TryLater(reason="timeout"), Refused("timeout")])
def test_a_receipt_that_is_faster_than_the_answer_ends_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, answer: Exception
) -> None:
    """The provider took it and the network broke before we heard so: it does not go twice, nor is it undelivered."""
    row_id = queued(status="queued", provider_ref=None, sent_at=None, look_at=SENT)

    def send(message: OutboxMessage) -> str:
        desk.take("delivered", data=mark_of(message))
        raise answer

    wire = Wire(send)
    monkeypatch.setitem(registry.SENDERS, "whatsapp", wire)
    for _round in range(2):
        postman.deliver_due(clock.now(), when_failed=desk.told.append)
    row = message(row_id)
    assert wire.sent == [row_id]
    assert (row.status, row.look_at, row.lease_token) == ("delivered", None, None)
    assert desk.told == []
