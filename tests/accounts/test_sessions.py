"""Sessions: what the database keeps of them, when they end, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event, select

from helpdesk.accounts import sessions, signing_in, staff
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import Organisation
from helpdesk.accounts.roles import Role
from helpdesk.accounts.staff import Holding
from helpdesk.accounts.standing_in import away_today
from helpdesk.accounts.user import UserSession
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import NotFound
from tests.support.cast import PASSWORD, Cast

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@contextmanager
def _statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def _rows() -> list[UserSession]:
    db.session.rollback()
    return list(db.session.scalars(select(UserSession).order_by(UserSession.id)))


def test_the_database_cannot_open_a_session(cast: Cast) -> None:
    token = signing_in.sign_in("sari", PASSWORD, device="Chrome, Android")
    (row,) = _rows()
    assert token not in row.token_hash
    assert row.device == "Chrome, Android"
    assert sessions.find_signed_in(row.token_hash) is None


def test_session_user_and_roles_come_in_one_query(cast: Cast) -> None:
    token = signing_in.sign_in("lestari", PASSWORD)
    db.session.rollback()
    sessions.idle_after()  # reads the organisation, which every page does once
    away_today()  # and who is away, until the trail grows
    with _statements() as seen:
        signed_in = sessions.find_signed_in(token)
        assert signed_in is not None
        assert signed_in.as_actor().headed_unit_ids == {cast.unit_ids["farmasi"]}
        assert signed_in.roles == {Role.UNIT_HEAD}
    assert len(seen) == 1


def test_an_idle_session_ends_after_the_setting(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        token = signing_in.sign_in("sari", PASSWORD)
        traveller.shift(timedelta(minutes=29))
        signed_in = sessions.find_signed_in(token)
        assert signed_in is not None
        unit_of_work(lambda: sessions.note_seen(signed_in.session_id))
        traveller.shift(timedelta(minutes=29))
        assert sessions.find_signed_in(token) is not None
        traveller.shift(timedelta(minutes=2))
        assert sessions.find_signed_in(token) is None
        assert sessions.live_sessions_of(cast.user_ids["sari"]) == []


def test_the_administrator_sets_how_long(cast: Cast) -> None:
    def set_it() -> None:
        db.session.get_one(Organisation, 1).idle_minutes = 5

    with time_machine.travel(NOW, tick=False) as traveller:
        unit_of_work(set_it)
        token = signing_in.sign_in("sari", PASSWORD)
        traveller.shift(timedelta(minutes=6))
        assert sessions.find_signed_in(token) is None


def test_last_seen_is_written_once_a_minute(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        token = signing_in.sign_in("sari", PASSWORD)
        traveller.shift(timedelta(seconds=59))
        young = sessions.find_signed_in(token)
        assert young is not None
        assert not sessions.is_worth_noting(young)
        unit_of_work(lambda: sessions.note_seen(young.session_id))
        assert _rows()[0].last_seen_at == NOW
        traveller.shift(timedelta(seconds=1))
        unit_of_work(lambda: sessions.note_seen(young.session_id))
        assert _rows()[0].last_seen_at == NOW + timedelta(minutes=1)


def test_signing_out_everywhere_may_spare_the_browser_in_use(cast: Cast) -> None:
    phone, desk = (signing_in.sign_in("sari", PASSWORD) for _time in range(2))
    other = signing_in.sign_in("dimas", PASSWORD)
    here = sessions.find_signed_in(desk)
    assert here is not None
    unit_of_work(lambda: signing_in.sign_out_everywhere(here, but_here=True))
    assert sessions.find_signed_in(phone) is None
    assert sessions.find_signed_in(desk) is not None
    unit_of_work(lambda: signing_in.sign_out_everywhere(here))
    assert sessions.find_signed_in(desk) is None
    assert sessions.find_signed_in(other) is not None


def test_nobody_ends_the_session_of_somebody_else(cast: Cast) -> None:
    signing_in.sign_in("sari", PASSWORD)
    (row,) = _rows()
    with pytest.raises(NotFound):
        unit_of_work(lambda: sessions.end_session(row.id, of_user_id=cast.user_ids["dimas"]))
    assert _rows()[0].ended_at is None


def test_a_closed_account_is_out_at_once(cast: Cast) -> None:
    token = signing_in.sign_in("sari", PASSWORD)
    unit_of_work(lambda: staff.deactivate_user(cast.user_ids["sari"], by=Actor.system()))
    assert sessions.find_signed_in(token) is None


def test_new_roles_hold_from_the_next_request_on(cast: Cast) -> None:
    token = signing_in.sign_in("sari", PASSWORD)
    wanted = [Holding(Role.LEADERSHIP)]
    unit_of_work(
        lambda: staff.set_grants(cast.user_ids["sari"], wanted, version=1, by=Actor.system())
    )
    db.session.rollback()
    signed_in = sessions.find_signed_in(token)
    assert signed_in is not None
    assert signed_in.roles == {Role.LEADERSHIP}


def test_old_sessions_are_forgotten(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        signing_in.sign_in("sari", PASSWORD)
        traveller.shift(timedelta(days=31))
        signing_in.sign_in("dimas", PASSWORD)
        before = NOW + timedelta(days=1)
        assert unit_of_work(lambda: sessions.forget_ended(before)) == 1
        assert [row.user_id for row in _rows()] == [cast.user_ids["dimas"]]
