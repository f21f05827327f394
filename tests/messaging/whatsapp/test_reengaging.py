"""What the provider took and found too late a moment after goes again as a template; and receipts that are faster."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.whatsapp.payload import Fault, Receipt
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.postman import Counts, Undelivered
from helpdesk.messaging.whatsapp import catalogue
from helpdesk.messaging.whatsapp.counting import months_of, numbers_used
from helpdesk.messaging.whatsapp.marking import mark_of
from helpdesk.messaging.whatsapp.receipts import take_receipt
from helpdesk.messaging.whatsapp.reengaging import PAUSE
from helpdesk.messaging.whatsapp.window import is_open
from tests.messaging.builders import row
from tests.messaging.whatsapp.line import ADDRESS, deliver, heard_from, queue_on_whatsapp, set_up
from tests.support.graph import ACCOUNT, Graph, running_graph

ANSWERED = (
    "Jawaban atas keluhan {{number}} sudah siap: {{link}} Batas keberatan {{object_until}} ya."
)


@pytest.fixture
def house(app: Flask, tmp_path: Path) -> Iterator[Graph]:
    with (
        running_graph(tmp_path) as graph,
        app.app_context(),
        time_machine.travel(clock.now(), tick=False),
    ):
        set_up(graph)
        graph.open_window(ADDRESS)
        heard_from()
        yield graph


def receipt(message_id: int | None, status: str, code: int | None = None) -> list[Undelivered]:
    """The provider's word on a message; who was told that it will not arrive."""
    told: list[Undelivered] = []
    message = row(message_id)
    said = Receipt(
        provider_id=message.provider_ref or "wamid.early",
        phone_number_id=ACCOUNT.phone_number_id,
        status=status,
        at=clock.now(),
        errors=(Fault(code, "so it is"),) if code else (),
        our_data=mark_of(message),
    )
    unit_of_work(lambda: take_receipt(said, told.append))
    return told


def messages() -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(db.select(OutboxMessage).order_by(OutboxMessage.id)))


def test_found_too_late_afterwards_it_goes_again_as_a_template(house: Graph) -> None:
    house.approve("answered", ANSWERED)
    catalogue.synchronise()
    message_id = queue_on_whatsapp(event="answered")
    assert deliver() == Counts(sent=1)
    assert receipt(message_id, "failed", 131047) == [], "nobody need worry yet"
    assert not is_open(ADDRESS, clock.now())
    receipt(message_id, "failed", 131047)
    assert deliver() == Counts(sent=1)
    first, second = messages()
    assert (first.status, first.sent_as, first.check_at) == ("failed", "free", None)
    assert (second.status, second.sent_as) == ("sent", "template")
    assert second.check_at == clock.now() + timedelta(hours=24)
    assert len(receipt(second.id, "failed", 131047)) == 1, "it is said once more, not for ever"
    assert len(messages()) == 2


@pytest.mark.parametrize("code", [131000, 130429, 131056])
def test_a_disturbance_of_theirs_is_tried_once_more_later(house: Graph, code: int) -> None:
    message_id = queue_on_whatsapp(event="answered")
    deliver()
    assert receipt(message_id, "failed", code) == [], "nobody need worry yet"
    assert deliver() == Counts()
    with time_machine.travel(clock.now() + 2 * PAUSE, tick=False):
        assert deliver() == Counts(sent=1)
        first, second = messages()
        assert (first.status, first.check_at, second.status) == ("failed", None, "sent")
        assert len(receipt(second.id, "failed", code)) == 1, "not for ever"
        assert row(second.id).check_at == clock.now(), "another road, now"
    assert len(messages()) == 2


def test_without_a_template_somebody_is_told(house: Graph) -> None:
    message_id = queue_on_whatsapp(event="answered")
    deliver()
    assert [one.message.id for one in receipt(message_id, "failed", 131047)] == [message_id]
    assert row(message_id).check_at == clock.now(), "another road, now"


@pytest.mark.parametrize(
    ("status", "code", "looked_at"),
    [("delivered", None, "later"), ("read", None, None), ("failed", 131026, "now")],
)
def test_a_receipt_that_is_faster_than_our_own_note(
    house: Graph, app: Flask, status: str, code: int | None, looked_at: str | None
) -> None:
    message_id = queue_on_whatsapp(event="answered")
    house.act_before(lambda: _in_passing(app, message_id, status, code))
    assert deliver() == Counts(sent=1)
    message = row(message_id)
    assert (message.status, message.sent_as) == (status, "free")
    assert message.sent_from == ACCOUNT.phone_number_id
    later = clock.now() + timedelta(hours=24)
    assert message.check_at == {"later": later, "now": clock.now(), None: None}[looked_at]


def _in_passing(app: Flask, message_id: int | None, status: str, code: int | None) -> None:
    """In the thread of the provider, while the house waits for its answer."""
    with app.app_context():
        said = Receipt(
            provider_id="wamid.early",
            phone_number_id=ACCOUNT.phone_number_id,
            status=status,
            at=clock.now(),
            errors=(Fault(code, "so it is"),) if code else (),
            our_data=mark_of(row(message_id)),
        )
        unit_of_work(lambda: take_receipt(said, lambda _failure: None))


@pytest.mark.parametrize("status", ["sent", "delivered", "read", "failed"])
def test_what_went_before_we_died_is_counted_and_looked_after(house: Graph, status: str) -> None:
    """The receipt is all that we know of it."""
    message_id = queue_on_whatsapp(event="answered")
    receipt(message_id, status, 131026 if status == "failed" else None)
    later = clock.now() + timedelta(hours=24)
    message = row(message_id)
    assert message.check_at == {"read": None, "failed": clock.now()}.get(status, later)
    if status != "failed":
        assert (message.sent_from, message.sent_as) == (ACCOUNT.phone_number_id, "free")
        receipt(message_id, "read")
        assert row(message_id).check_at is None


def test_messages_are_counted_by_number_and_month(house: Graph) -> None:
    house.approve("received", "Keluhan {{number}} kami terima: {{link}} Terima kasih.")
    zone = UTC
    with time_machine.travel(datetime(2026, 12, 31, 23, tzinfo=UTC), tick=False):
        catalogue.synchronise()
        queue_on_whatsapp("december", address="+6281234560999")
        assert deliver() == Counts(sent=1)
    with time_machine.travel(datetime(2027, 1, 1, 1, tzinfo=UTC), tick=False):
        heard_from()
        house.open_window(ADDRESS)
        for key in ("january/1", "january/2"):
            queue_on_whatsapp(key)
        assert deliver() == Counts(sent=2)
        receipt(messages()[-1].id, "failed", 131026)
        assert numbers_used() == [ACCOUNT.phone_number_id]
        now = clock.now() + timedelta(minutes=1)
        january, december, november = months_of(ACCOUNT.phone_number_id, now, zone)
    assert (january.free, january.template, january.failed) == (2, 0, 1)
    assert (december.free, december.template, december.total) == (0, 1, 1)
    assert november.total == 0
