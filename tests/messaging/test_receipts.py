"""News from providers comes late, twice and out of order; a status moves forward only."""

from __future__ import annotations

from itertools import pairwise

import pytest
from flask import Flask

from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.receipts import move_forward
from tests.messaging.builders import queue_one, row

REF = "wamid.1"


def sent_message() -> int | None:
    message_id = queue_one()

    def write() -> None:
        message = db.session.get_one(OutboxMessage, message_id)
        message.status, message.provider_ref = "sent", REF

    unit_of_work(write)
    return message_id


def news(status: str, ref: str = REF) -> bool:
    its_own = OutboxMessage.provider_ref == ref
    return unit_of_work(lambda: move_forward(status, its_own, error="131026"))


def test_news_in_order_moves_up_the_ladder(app: Flask) -> None:
    with app.app_context():
        message_id = sent_message()
        for status in ("delivered", "read"):
            assert news(status)
            assert row(message_id).status == status


def test_late_and_repeated_news_changes_nothing(app: Flask) -> None:
    with app.app_context():
        message_id = sent_message()
        assert news("read")
        for status in ("read", "delivered", "sent", "failed"):
            assert not news(status)
        assert row(message_id).status == "read"


def test_what_failed_for_good_stays_so_with_its_reason(app: Flask) -> None:
    with app.app_context():
        message_id = sent_message()
        assert news("failed")
        for _, status in pairwise(("queued", "sent", "delivered", "read")):
            assert not news(status)
        assert (row(message_id).status, row(message_id).error) == ("failed", "131026")


def test_news_of_strangers_is_let_go(app: Flask) -> None:
    with app.app_context():
        message_id = sent_message()
        assert not news("read", ref="wamid.2")
        assert row(message_id).status == "sent"


def test_a_status_that_is_none_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="cannot become"):
        news("queued")
