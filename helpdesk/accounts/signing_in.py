"""Signing in and out, and choosing a password. Guessing is slow for every account and every name.

Here stands the password; the code that may have to follow it is asked for by ``second_factor``.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from helpdesk.accounts import guessing, known_browsers, passwords, sessions
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.guessing import Checked
from helpdesk.accounts.user import SecondFactor, User
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Invalid, Refused

# For a wrong name, a wrong password, a resting and a closed account: never told apart.
WRONG = _l(
    "The username or the password is not right. "
    "After eight wrong tries an account rests for 15 minutes or longer."
)
NOT_PRESENT = _l(
    "This is not your present password. "
    "After eight wrong tries none is taken for 15 minutes or longer."
)
EXPIRED = _l(
    "This one-time password is older than seven days. Ask your administrator for a new one."
)


def sign_in(
    name: str,
    password: str,
    *,
    device: str = "",
    marks: str = "",
    replacing: sessions.SignedInUser | None = None,
) -> str:
    """Check *name* (username or e-mail) and *password*; open a session and give its token.

    Where the person has a second factor, the session opens nothing until its code was given.
    *marks* are what the browser kept of those who signed in there before (``known_browsers``),
    *replacing* is who was signed in in the same browser; that session ends.
    Opens its own unit of work. Raises Refused with the one sentence for every wrong answer.
    """
    checked = guessing.check_password(_find_by_name(name), password)
    unknown = {} if checked.user_id else {"name_digest": guessing.keyed_name(name)}

    def settle() -> tuple[str, object]:
        user = guessing.lock_account(checked.user_id)
        browser = known_browsers.find_browser(marks, user.id) if user else ""
        if user is None or not guessing.may_enter(user, checked, browser=browser):
            guessing.count_failure(user, browser=browser, **unknown)
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


def change_password(
    user_id: int, *, present: str, new: str, device: str = "", browser: str = ""
) -> str:
    """Replace one's own password and end every session; gives the token of a fresh one.

    Opens its own unit of work. A wrong *present* password counts as a failed sign-in, so that an
    unattended screen is no place to guess it; *browser* is that of the session in use, which a rest
    of the account does not shut out. Raises Invalid on ``present`` or ``new``.
    """
    user = db.session.get_one(User, user_id)
    checked = guessing.check_password(user, present)
    passwords.refuse_weak(new, username=user.username, field="new")
    if present == new:
        raise Invalid({"new": _l("Choose a password that differs from the present one.")})
    new_hash = passwords.hash_password(new)

    def settle() -> str:
        locked = guessing.lock_account(checked.user_id)
        if locked is None or not guessing.may_enter(locked, checked, browser=browser):
            guessing.count_failure(locked, browser=browser)
            return ""
        locked.password_hash = new_hash
        locked.must_change_password = False
        locked.password_expires_at = None
        guessing.forget_failures(locked)
        sessions.end_all_sessions(user_id)
        _note("password_changed", locked.as_actor())
        return sessions.open_session(locked, device=device)

    token = unit_of_work(settle)
    if not token:
        raise Invalid({"present": NOT_PRESENT})
    return token


def _find_by_name(name: str) -> User | None:
    tidy = name.strip().lower()[:190]
    return db.session.scalars(
        select(User).where(or_(User.username == tidy, User.email == tidy))
    ).first()


def _enter(user: User, checked: Checked, device: str) -> str:
    user.password_hash = checked.new_hash or user.password_hash
    if db.session.get(SecondFactor, user.id) is not None:
        # failures count on until the code is right too, or a known password would buy endless guesses
        return sessions.open_session(user, device=device, awaits_code=True)
    guessing.forget_failures(user)
    _note("sign_in", user.as_actor())
    return sessions.open_session(user, device=device)


def _note(act: str, actor: Actor) -> None:
    trail.record(act, by=actor, subject=("user", actor.user_id))
