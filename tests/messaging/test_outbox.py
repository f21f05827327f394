"""Queueing: once per occasion, complete or not at all, in the commit of what happened."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging import outbox
from helpdesk.messaging.backlog import LATE_AFTER, REMEMBERED_FOR, state_of_outbox
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.receipts import move_forward
from helpdesk.messaging.sending_again import send_again
from tests.messaging.builders import VALUES, queue_one, row


def count() -> int:
    return db.session.query(OutboxMessage).count()


def test_a_message_waits_for_the_postman(app: Flask) -> None:
    with app.app_context():
        message = row(queue_one())
        assert (message.status, message.language, message.template_version) == ("queued", "id", 0)
        assert message.look_at is not None
        assert message.look_at <= clock.now()


def test_an_occasion_is_told_once(app: Flask) -> None:
    with app.app_context():
        assert queue_one("same") is not None
        assert queue_one("same") is None
        assert count() == 1


def test_only_values_that_the_event_knows_are_kept_each_on_one_line(app: Flask) -> None:
    with app.app_context():
        message = row(
            queue_one(values={**VALUES, "title": "Muntah darah", "due": "besok\r\nBcc: x@y.z"})
        )
        assert set(message.values) == {"organisation", "number", "link", "due"}
        assert message.values["due"] == "besok Bcc: x@y.z"


@pytest.mark.parametrize("due", [None, "", "  "])
def test_a_missing_value_is_refused(app: Flask, due: str | None) -> None:
    values = {**VALUES, "due": due} if due is not None else {"number": "KLH-26-00042-7"}
    with app.app_context():
        with pytest.raises(ValueError, match="lacks .*due"):
            queue_one(values=values)
        assert count() == 0


def test_an_unknown_event_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="no message is called"):
        queue_one(event="congratulations")


def test_nobody_to_tell_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="nobody to tell"):
        queue_one(address="")


def test_a_language_we_do_not_speak_becomes_indonesian(app: Flask) -> None:
    with app.app_context():
        assert row(queue_one("jv", language="jv")).language == "id"
        assert row(queue_one("en", language="en-GB")).language == "en"


def test_queueing_needs_the_unit_of_what_happened(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="unit of work"):
        outbox.queue(
            "received",
            dedupe_key="x",
            channel="email",
            address="a@example.org",
            language="id",
            recipient_kind="complainant",
            recipient_id=None,
            subject=("ticket", 1),
            values=VALUES,
        )


def test_what_is_rolled_back_is_not_told(app: Flask) -> None:
    def fail() -> None:
        db.session.add(OutboxMessage())
        raise LookupError

    with app.app_context():
        with pytest.raises(LookupError):
            unit_of_work(fail)
        assert count() == 0


def test_lists_for_a_ticket_and_for_the_administrator(app: Flask) -> None:
    with app.app_context():
        ids = [queue_one(f"m{number}") for number in range(5)]
        queue_one("other", subject=("ticket", 43))
        db.session.rollback()
        assert [message.id for message in outbox.messages_about("ticket", 42)] == ids
        newest = outbox.newest_messages(limit=2)
        older = outbox.newest_messages(before_id=newest[-1].id, limit=10)
        assert [message.id for message in older] == ids[3::-1]
        assert outbox.newest_messages(status="failed") == []


def test_the_state_tells_what_is_stuck(app: Flask) -> None:
    with app.app_context():
        queue_one()
        now = clock.now()
        state = state_of_outbox(now)
        assert (state.waiting, state.late, state.failed) == (1, 0, 0)
        assert state.oldest_due_at is not None
        assert state.oldest_due_at <= now
        later = state_of_outbox(now + 2 * LATE_AFTER)
        assert later.late == 1
        assert not later.is_well


def test_what_a_provider_gives_up_after_weeks_is_told_for_a_week(app: Flask) -> None:
    with app.app_context():
        message_id = queue_one()
        weeks_later = clock.now() + timedelta(days=20)
        with time_machine.travel(weeks_later, tick=False):
            given_up = OutboxMessage.id == message_id
            unit_of_work(lambda: move_forward("failed", given_up, look_at=None))
            assert state_of_outbox(clock.now()).failed == 1
            assert state_of_outbox(clock.now() + REMEMBERED_FOR).failed == 1
            later = clock.now() + REMEMBERED_FOR + timedelta(minutes=1)
            assert state_of_outbox(later).failed == 0


def test_what_failed_is_told_until_it_was_sent_again_or_a_week_has_passed(app: Flask) -> None:
    with app.app_context():
        for key in ("first", "second"):
            message = row(queue_one(key))
            message.status = "failed"
            db.session.commit()
        now = clock.now()
        assert state_of_outbox(now).failed == 2
        again = unit_of_work(lambda: send_again(row(message.id), by=Actor.system("test")))
        state = state_of_outbox(now)
        assert (state.failed, state.waiting, again.status) == (1, 1, "queued")
        assert state_of_outbox(now + REMEMBERED_FOR + timedelta(minutes=1)).failed == 0
