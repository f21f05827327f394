"""One worker wins a row; a dead worker's row comes back; what a late one brings is not written."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from helpdesk.lib.claims import candidates, claim, settle, still_mine
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.message import OutboxMessage

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)


def add_message(look_at: datetime | None) -> int:
    """A row that wants attention at *look_at*; its id."""

    def write() -> int:
        message = OutboxMessage(
            dedupe_key=f"test/{look_at}/{db.session.query(OutboxMessage).count()}",
            event="received",
            language="id",
            values={},
            channel="console",
            address="-",
            recipient_kind="complainant",
            subject_kind="ticket",
            subject_id=1,
            look_at=look_at,
            created_at=AT,
        )
        db.session.add(message)
        db.session.flush()
        return message.id

    return unit_of_work(write)


def give_back(row_id: int, token: str, look_at: datetime | None = None) -> bool:
    return unit_of_work(lambda: settle(OutboxMessage, row_id, token, look_at=look_at))


def test_candidates_are_due_and_free_longest_due_first(app: Flask) -> None:
    with app.app_context():
        late = add_message(AT - timedelta(hours=1))
        later = add_message(AT)
        add_message(AT + timedelta(microseconds=1))
        add_message(None)
        assert candidates(OutboxMessage, AT, 10) == [late, later]
        assert candidates(OutboxMessage, AT, 1) == [late]
        assert claim(OutboxMessage, late, AT, LEASE)
        assert candidates(OutboxMessage, AT, 10) == [later]


def test_only_one_wins(app: Flask) -> None:
    with app.app_context():
        row = add_message(AT)
        assert claim(OutboxMessage, row, AT, LEASE)
        assert claim(OutboxMessage, row, AT, LEASE) is None


def test_what_is_not_due_cannot_be_claimed(app: Flask) -> None:
    with app.app_context():
        assert claim(OutboxMessage, add_message(AT + LEASE), AT, LEASE) is None
        assert claim(OutboxMessage, add_message(None), AT, LEASE) is None
        assert claim(OutboxMessage, 12345, AT, LEASE) is None


def test_the_row_of_a_dead_worker_comes_back(app: Flask) -> None:
    with app.app_context():
        row = add_message(AT)
        dead = claim(OutboxMessage, row, AT, LEASE)
        assert dead
        assert candidates(OutboxMessage, AT + LEASE - timedelta(microseconds=1), 10) == []
        assert candidates(OutboxMessage, AT + LEASE, 10) == [row]
        living = claim(OutboxMessage, row, AT + LEASE, LEASE)
        assert living
        assert not still_mine(OutboxMessage, row, dead)
        assert still_mine(OutboxMessage, row, living)
        assert not give_back(row, dead), "the late one must not settle what another holds"
        assert give_back(row, living)


def test_settled_for_good_or_until_later(app: Flask) -> None:
    with app.app_context():
        row = add_message(AT)
        token = claim(OutboxMessage, row, AT, LEASE)
        assert token
        assert give_back(row, token, look_at=AT + timedelta(hours=1))
        assert not give_back(row, token), "a token settles once"
        assert candidates(OutboxMessage, AT + timedelta(minutes=59), 10) == []
        assert candidates(OutboxMessage, AT + timedelta(hours=1), 10) == [row]
        token = claim(OutboxMessage, row, AT + timedelta(hours=1), LEASE)
        assert token
        assert give_back(row, token)
        assert candidates(OutboxMessage, AT + timedelta(days=365), 10) == []


def test_the_result_is_written_with_the_settling(app: Flask) -> None:
    with app.app_context():
        row = add_message(AT)
        token = claim(OutboxMessage, row, AT, LEASE)
        assert token

        def write() -> None:
            assert still_mine(OutboxMessage, row, token)
            message = db.session.get_one(OutboxMessage, row)
            message.attempts = 3
            assert settle(OutboxMessage, row, token)
            assert message.lease_token is None

        unit_of_work(write)
        db.session.expire_all()
        message = db.session.get_one(OutboxMessage, row)
        assert (message.attempts, message.lease_token, message.look_at) == (3, None, None)


def test_settling_needs_a_unit_of_work(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="unit of work"):
        settle(OutboxMessage, 1, "token")
