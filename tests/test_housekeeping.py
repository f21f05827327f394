"""What served its time is thrown away, and nothing before."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from helpdesk import housekeeping
from helpdesk.accounts.user import User, UserSession
from helpdesk.intake.kept_files import FORGOTTEN_AFTER, KeptFile
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.limits_storage import RateHit
from helpdesk.lib.once import OnceKey

MODELS = (OnceKey, RateHit, KeptFile, UserSession)
MOMENT = timedelta(minutes=1)
LIVES = {
    OnceKey: housekeeping.ONCE_KEYS_FOR,
    RateHit: timedelta(0),
    KeptFile: FORGOTTEN_AFTER,
    UserSession: housekeeping.SESSIONS_FOR,
}


def add_rows(*, older_by: timedelta) -> None:
    """One row of each kind that has lived its life and *older_by* more."""
    at = {model: clock.now() - LIVES[model] - older_by for model in MODELS}
    mark = str(older_by)

    def write() -> None:
        user = User(username=mark, full_name="Sari", password_hash="", created_at=clock.now())
        db.session.add(user)
        db.session.flush()
        db.session.add_all(
            [
                OnceKey(key_hash=mark, session_hash="", body_digest="", created_at=at[OnceKey]),
                RateHit(key=mark, hits=1, expires_at=at[RateHit]),
                KeptFile(
                    form_hash="f",
                    name="foto.jpg",
                    media_type="image/jpeg",
                    size=1,
                    received_digest="d",
                    shown_digest="d",
                    created_at=at[KeptFile],
                ),
                UserSession(
                    token_hash=mark,
                    user_id=user.id,
                    created_at=at[UserSession],
                    last_seen_at=at[UserSession],
                ),
            ]
        )

    unit_of_work(write)


def counts() -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in MODELS]


def test_what_served_its_time_goes_and_the_rest_stays(app: Flask) -> None:
    with app.app_context():
        add_rows(older_by=MOMENT)
        add_rows(older_by=-MOMENT)
        assert counts() == [2, 2, 2, 2]
        housekeeping.keep_house(clock.now())
        assert counts() == [1, 1, 1, 1]
