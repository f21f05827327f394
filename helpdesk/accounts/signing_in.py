"""Signing in and out, and choosing a password. Guessing is slow for every account and every name.

Argon2 works before the unit of work opens; inside, the account is read again and has the last word,
so that a hundred guesses sent at once are still counted one by one.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from helpdesk.accounts import passwords, sessions
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Invalid, Refused

FAILURES_BEFORE_REST = 8
FIRST_REST = timedelta(minutes=15)
LONGEST_REST = timedelta(hours=4)

# For a wrong name, a wrong password, a resting and a closed account: never told apart.
WRONG = _l(
    "The username or the password is not right. "
    "After eight wrong tries an account rests for 15 minutes or longer."
)
EXPIRED = _l(
    "This one-time password is older than seven days. Ask your administrator for a new one."
)


def sign_in(
    name: str, password: str, *, device: str = "", replacing: sessions.SignedInUser | None = None
) -> str:
    """Check *name* (username or e-mail) and *password*; open a session and give its token.

    *replacing* is who was signed in in the same browser; that session ends.
    Opens its own unit of work. Raises Refused with the one sentence for every wrong answer.
    """
    checked = _check(_find_by_name(name), password)
    name_digest = "" if checked.user_id else _keyed(name)

    def settle() -> tuple[str, object]:
        user = _lock(checked)
        if user is None or not _may_enter(user, checked):
            _count_failure(user, name_digest)
            return "", WRONG
        if user.password_expires_at and user.password_expires_at <= clock.now():
            return "", EXPIRED
        if replacing is not None:
            sessions.replace_session(replacing.session_id)
        return _enter(user, checked, device), None

    token, refusal = unit_of_work(settle)
    if refusal is not None:
        raise Refused(refusal)
    return token


def sign_out(signed_in: sessions.SignedInUser) -> None:
    """End the session in use."""
    sessions.end_session(signed_in.session_id, of_user_id=signed_in.id)
    _note("sign_out", signed_in.actor)


def sign_out_everywhere(signed_in: sessions.SignedInUser, *, but_here: bool = False) -> None:
    """End every session of the person; with *but_here* the one in use stays."""
    sessions.end_all_sessions(signed_in.id, but=signed_in.session_id if but_here else None)
    _note("sign_out_everywhere", signed_in.actor)


def change_password(user_id: int, *, present: str, new: str, device: str = "") -> str:
    """Replace one's own password and end every session; gives the token of a fresh one.

    Opens its own unit of work. A wrong *present* password counts as a failed sign-in, so that an
    unattended screen is no place to guess it. Raises Invalid on ``present`` or ``new``.
    """
    user = db.session.get_one(User, user_id)
    checked = _check(user, present)
    passwords.refuse_weak(new, username=user.username, field="new")
    if present == new:
        raise Invalid({"new": _l("Choose a password that differs from the present one.")})
    new_hash = passwords.hash_password(new)

    def settle() -> str:
        locked = _lock(checked)
        if locked is None or not _may_enter(locked, checked):
            _count_failure(locked, "")
            return ""
        locked.password_hash = new_hash
        locked.must_change_password = False
        locked.password_expires_at = None
        locked.failed_sign_ins = 0
        sessions.end_all_sessions(user_id)
        _note("password_changed", locked.as_actor())
        return sessions.open_session(locked, device=device)

    token = unit_of_work(settle)
    if not token:
        raise Invalid({"present": _l("This is not your present password.")})
    return token


def _find_by_name(name: str) -> User | None:
    tidy = name.strip().lower()[:190]
    return db.session.scalars(
        select(User).where(or_(User.username == tidy, User.email == tidy))
    ).first()


@dataclass(frozen=True)
class _Checked:
    """What the check outside the transaction found: whose password, against which hash, and whether
    it fits.

    *new_hash* is what to keep when the profile has moved on, else empty.
    """

    user_id: int | None = None
    password_hash: str = ""
    fits: bool = False
    new_hash: str = ""


def _check(user: User | None, password: str) -> _Checked:
    if user is None:
        passwords.spend_the_same(password)
        return _Checked()
    user_id, kept = user.id, user.password_hash
    typed = passwords.tidy_one_time(password) if user.password_expires_at else password
    fits = passwords.is_right(typed, kept)
    is_old = fits and passwords.needs_rehash(kept)
    return _Checked(user_id, kept, fits, passwords.hash_password(typed) if is_old else "")


def _lock(checked: _Checked) -> User | None:
    if checked.user_id is None:
        return None
    statement = select(User).where(User.id == checked.user_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def _may_enter(user: User, checked: _Checked) -> bool:
    """Is the password right and still the same, and the account neither closed nor resting?"""
    return (
        checked.fits
        and user.password_hash == checked.password_hash
        and user.is_active
        and not _rests(user)
    )


def _rests(user: User) -> bool:
    return user.rested_until is not None and user.rested_until > clock.now()


def _count_failure(user: User | None, name_digest: str) -> None:
    """Count a wrong try, but not during a rest, or anybody could keep a colleague out for ever."""
    details: dict[str, object] = {"name_digest": name_digest} if name_digest else {}
    if user is not None and not _rests(user):
        user.failed_sign_ins = min(user.failed_sign_ins + 1, 1000)
        beyond = user.failed_sign_ins - FAILURES_BEFORE_REST
        if beyond >= 0:
            user.rested_until = clock.now() + min(FIRST_REST * 2 ** min(beyond, 10), LONGEST_REST)
    if user is not None:
        details = {"failures": user.failed_sign_ins, "resting": _rests(user)}
    subject = ("user", user.id if user else None)
    trail.record("sign_in_failed", actor_id=None, actor_label="", subject=subject, details=details)


def _enter(user: User, checked: _Checked, device: str) -> str:
    user.failed_sign_ins = 0
    user.rested_until = None
    user.password_hash = checked.new_hash or user.password_hash
    _note("sign_in", user.as_actor())
    return sessions.open_session(user, device=device)


def _note(act: str, actor: Actor) -> None:
    trail.record(
        act, actor_id=actor.user_id, actor_label=actor.label, subject=("user", actor.user_id)
    )


def _keyed(name: str) -> str:
    """A mark by which tries on one unknown name are seen to belong together.

    Not the name: people type their password into that field.
    """
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"name/{name.strip().lower()}".encode(), "sha256").hexdigest()[:16]
