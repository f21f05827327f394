"""The same key gives the same result; only to its own session, and only for the same body."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.once import (
    Fresh,
    NotYours,
    OnceKey,
    OtherBody,
    Remembered,
    Same,
    forget_old,
    remember,
    settle,
)

BODY, OTHER = "a" * 64, "b" * 64
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def act(key: str = "complaint/k1", session: str = "wati", body: str = BODY) -> Remembered:
    def write() -> Remembered:
        answer = remember(key, session, body)
        if isinstance(answer, Fresh):
            settle(key, "KLH-26-00042-8")
        return answer

    return unit_of_work(write)


def test_the_second_time_gives_the_first_result(app: Flask) -> None:
    with app.app_context():
        assert act() == Fresh()
        assert act() == Same("KLH-26-00042-8")
        assert act(key="complaint/k2") == Fresh()


def test_another_body_is_told_apart(app: Flask) -> None:
    with app.app_context():
        act()
        assert act(body=OTHER) == OtherBody("KLH-26-00042-8")


def test_another_session_learns_nothing(app: Flask) -> None:
    with app.app_context():
        act()
        assert act(session="stranger") == NotYours()
        assert act(session="stranger", body=OTHER) == NotYours()


def test_a_rollback_forgets(app: Flask) -> None:
    def fail() -> None:
        remember("complaint/k1", "wati", BODY)
        settle("complaint/k1", "KLH-26-00042-8")
        raise LookupError

    with app.app_context():
        with pytest.raises(LookupError):
            unit_of_work(fail)
        assert act() == Fresh()


def test_neither_key_nor_session_is_kept(app: Flask) -> None:
    with app.app_context():
        act()
        row = db.session.query(OnceKey).one()
        assert "complaint" not in row.key_hash
        assert "wati" not in row.session_hash


def test_old_keys_are_forgotten(app: Flask) -> None:
    with app.app_context():
        with time_machine.travel(AT, tick=False):
            act()
        with time_machine.travel(AT + timedelta(days=1), tick=False):
            act(key="complaint/k2")
        assert unit_of_work(lambda: forget_old(AT + timedelta(hours=1))) == 1
        assert isinstance(act(), Fresh)
        assert isinstance(act(key="complaint/k2"), Same)


def test_misuse_is_loud(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(RuntimeError, match="unit of work"):
            remember("k", "s", BODY)
        with pytest.raises(ValueError, match="120"):
            unit_of_work(lambda: settle("k", "x" * 121))
        with pytest.raises(LookupError):
            unit_of_work(lambda: settle("k", "x"))
