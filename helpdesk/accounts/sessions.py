"""Sessions of signed-in people: opened, seen, listed and ended on our side.

The browser keeps a random token in its signed cookie; here stands only its digest, so that a copy
of the database opens no session.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import organisation
from helpdesk.accounts.roles import Role
from helpdesk.accounts.standing_in import with_leave
from helpdesk.accounts.user import Grant, SecondFactor, User, UserSession, staff_actor
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db, read_rows, run_core
from helpdesk.lib.errors import NotFound

SEEN_EVERY = timedelta(minutes=1)
CODE_WITHIN = timedelta(minutes=10)  # after the password; then one begins again
IDLE_BEFORE_SETUP = timedelta(minutes=30)
# What a session may await before it opens a page, as its row says it.
THE_CODE, ENROLMENT, NOTHING = "code", "enrolment", ""
# Whose account opens every other, or closes complaints over the head of a complainant.
NEED_A_SECOND_FACTOR = frozenset({Role.ADMIN, Role.SUPERVISOR})


@dataclass(frozen=True)
class SignedInUser:
    """Who is signed in, as read at the start of the request.

    A copy and no row: a unit of work begins by forgetting every row that was read, and this must
    outlive it without another query.
    """

    id: int
    session_id: int
    username: str
    full_name: str
    position: str
    email: str | None
    locale: str
    must_change_password: bool
    must_enrol: bool
    roles: frozenset[Role]
    actor: Actor
    last_seen_at: datetime

    is_authenticated = True
    is_active = True
    is_anonymous = False

    @property
    def reads_complaints(self) -> bool:
        """Does any role lead to complaints? That of an administrator alone does not."""
        return bool(self.roles - {Role.ADMIN})

    def get_id(self) -> str:
        """The id as Flask-Login wants it."""
        return str(self.id)

    def as_actor(self) -> Actor:
        """The user as the rules see them."""
        return self.actor


@dataclass(frozen=True)
class WaitingSession:
    """A browser whose password was right and whose code is still to come; it opens no page."""

    id: int
    user_id: int


def open_session(user: User, *, device: str, awaits_code: bool = False) -> str:
    """Open a session inside the caller's unit of work and give the token for the cookie.

    With *awaits_code* it opens nothing but the page of the second step. A person who must have a
    second factor and has none is led to enrol before anything else.
    """
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(
        UserSession(
            token_hash=_digest(token),
            user_id=user.id,
            device=device[:160],
            created_at=now,
            last_seen_at=now,
            awaits=THE_CODE if awaits_code else ENROLMENT if _must_enrol(user) else NOTHING,
        )
    )
    return token


def lead_to_enrolment(user: User) -> None:
    """Let the open sessions of who must now have a second factor, and has none, open nothing else before it."""
    if _must_enrol(user):
        db.session.execute(
            update(UserSession)
            .where(
                UserSession.user_id == user.id,
                UserSession.ended_at.is_(None),
                UserSession.awaits == NOTHING,
            )
            .values(awaits=ENROLMENT)
        )


def find_waiting(token: str) -> WaitingSession | None:
    """The session behind *token* that awaits its code; None when it took too long or never did."""
    row = db.session.execute(
        select(UserSession.id, UserSession.user_id).where(
            UserSession.token_hash == _digest(token),
            UserSession.awaits == THE_CODE,
            UserSession.ended_at.is_(None),
            UserSession.created_at > clock.now() - CODE_WITHIN,
        )
    ).one_or_none()
    return WaitingSession(row.id, row.user_id) if row else None


def needs_second_factor(roles: Set[Role]) -> bool:
    """Does the organisation ask a second factor of whoever holds one of these *roles*?"""
    here = organisation()
    return bool(here and here.requires_second_factor and roles & NEED_A_SECOND_FACTOR)


def find_signed_in(token: str) -> SignedInUser | None:
    """The user behind a cookie's token, in one query; None when it ended, idled or never was.

    Whom they stand in for today is remembered.
    """
    rows = read_rows(_SIGNED_IN, {"token": _digest(token)})
    if not rows:
        return None
    # Before anybody asks for the organisation, as ``idle_after`` does
    trail.keep_edition(rows[0].edition)
    if rows[0].last_seen_at <= clock.now() - idle_after():
        return None
    found = _signed_in(tuple(rows))
    return replace(found, actor=with_leave(found.actor))


def idle_after() -> timedelta:
    """How long a session may rest before it ends."""
    here = organisation()
    return timedelta(minutes=here.idle_minutes) if here else IDLE_BEFORE_SETUP


def is_worth_noting(signed_in: SignedInUser) -> bool:
    """Is the stored moment of last sight old enough to be written again?"""
    return clock.now() - signed_in.last_seen_at >= SEEN_EVERY


def note_seen(session_id: int) -> None:
    """Write that the session was used now; the condition keeps two tabs from writing twice."""
    now = clock.now()
    db.session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.last_seen_at <= now - SEEN_EVERY)
        .values(last_seen_at=now)
    )


def live_sessions_of(user_id: int) -> list[UserSession]:
    """The user's sessions that are neither ended nor idle, last used first."""
    return list(
        db.session.scalars(
            select(UserSession)
            .where(
                UserSession.user_id == user_id,
                UserSession.ended_at.is_(None),
                UserSession.awaits != THE_CODE,
                UserSession.last_seen_at > clock.now() - idle_after(),
            )
            .order_by(UserSession.last_seen_at.desc())
        )
    )


def end_session(session_id: int, *, of_user_id: int) -> None:
    """End one session of the user; raises NotFound for one that is not theirs."""
    found = db.session.scalars(
        select(UserSession).where(
            UserSession.id == session_id,
            UserSession.user_id == of_user_id,
            UserSession.ended_at.is_(None),
        )
    ).first()
    if found is None:
        raise NotFound
    found.ended_at = clock.now()


def replace_session(session_id: int) -> None:
    """End the session that the same browser had before it signed in again."""
    statement = update(UserSession).where(UserSession.id == session_id)
    db.session.execute(statement.where(UserSession.ended_at.is_(None)).values(ended_at=clock.now()))


def end_all_sessions(user_id: int, *, but: int | None = None) -> None:
    """End every session of the user, except the one with the id *but*."""
    open_ones = (UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    spared = () if but is None else (UserSession.id != but,)
    db.session.execute(update(UserSession).where(*open_ones, *spared).values(ended_at=clock.now()))


def forget_ended(before: datetime) -> int:
    """Remove the sessions that were last used before that moment; returns how many."""
    return run_core(delete(UserSession).where(UserSession.last_seen_at < before)).rowcount


# Asked by every page of the house: columns and no rows to track, one line for each grant.
_SIGNED_IN = (
    select(
        UserSession.id.label("session_id"),
        UserSession.last_seen_at,
        UserSession.awaits,
        User.id,
        User.username,
        User.full_name,
        User.position,
        User.email,
        User.locale,
        User.must_change_password,
        Grant.role,
        Grant.unit_id,
        trail.EDITION,
    )
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Grant, Grant.user_id == User.id)
    .where(
        UserSession.token_hash == bindparam("token"),
        UserSession.ended_at.is_(None),
        UserSession.awaits != THE_CODE,
        User.is_active,
    )
)


@lru_cache(maxsize=500)  # one and the same from request to request, until a word of it changes
def _signed_in(rows: tuple[Row[Any], ...]) -> SignedInUser:
    first = rows[0]
    held = [(Role(row.role), row.unit_id) for row in rows if row.role is not None]
    actor = staff_actor(first.id, first.full_name, held)
    return SignedInUser(
        id=first.id,
        session_id=first.session_id,
        username=first.username,
        full_name=first.full_name,
        position=first.position,
        email=first.email,
        locale=first.locale,
        must_change_password=first.must_change_password,
        must_enrol=first.awaits == ENROLMENT,
        roles=actor.roles,
        actor=actor,
        last_seen_at=first.last_seen_at,
    )


def _must_enrol(user: User) -> bool:
    if not needs_second_factor(user.roles):
        return False
    return db.session.get(SecondFactor, user.id) is None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
