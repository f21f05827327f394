"""Guessing is slow for every account and every name, whether it is a password or a code.

For one account, whoever tries from anywhere has eight tries, then one after each rest: at most 17 on
the first day and six on each further one, however many take part, and eight again once its owner has
signed in outside of a rest. A browser in which its owner signed in before has eight in four hours
more (``known_browsers``), or whoever knows a name could keep its owner out for good; so has each
session, or they could keep a guessed password from being changed.

Argon2 works before the unit of work opens; inside, the account is read again and has the last word,
so that a hundred guesses sent at once are still counted one by one.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import select

from helpdesk.accounts import known_browsers, passwords
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db

FAILURES_BEFORE_REST = 8
FIRST_REST = timedelta(minutes=15)
LONGEST_REST = timedelta(hours=4)


@dataclass(frozen=True)
class Checked:
    """What the check outside the transaction found: whose password, against which hash, and whether
    it fits.

    *new_hash* is what to keep when the profile has moved on, else empty.
    """

    user_id: int | None = None
    password_hash: str = ""
    fits: bool = False
    new_hash: str = ""


def check_password(user: User | None, password: str) -> Checked:
    """Compare, at the same cost for a wrong password and for a name that nobody has."""
    if user is None:
        passwords.spend_the_same(password)
        return Checked()
    user_id, kept = user.id, user.password_hash
    typed = passwords.tidy_one_time(password) if user.password_expires_at else password
    fits = passwords.is_right(typed, kept)
    is_old = fits and passwords.needs_rehash(kept)
    return Checked(user_id, kept, fits, passwords.hash_password(typed) if is_old else "")


def lock_account(user_id: int | None) -> User | None:
    """The account as it stands now, locked until the unit ends; None for nobody."""
    if user_id is None:
        return None
    statement = select(User).where(User.id == user_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def may_enter(user: User, checked: Checked, *, browser: str = "") -> bool:
    """Is the password right and still the same, and the account neither closed nor resting?

    *browser*: where it was typed, when the person signed in there before, or is signed in there.
    """
    return (
        checked.fits
        and user.password_hash == checked.password_hash
        and user.is_active
        and may_try(user, browser)
    )


def may_try(user: User, browser: str = "") -> bool:
    """May anything be tried on the account now, from this known *browser* or from any other?"""
    return not rests(user) or known_browsers.may_try(browser)


def rests(user: User) -> bool:
    """Has the account seen too many wrong tries, so that nothing is tried on it now?"""
    return user.rested_until is not None and user.rested_until > clock.now()


def count_failure(user: User | None, *, browser: str = "", **facts: object) -> None:
    """Count a wrong try, but not during a rest: it would grow by what nobody looked at.

    *facts* are written into the trail beside the count; for a name that nobody has, they stand
    alone.
    """
    known_browsers.count_try(browser)
    if user is not None and not rests(user):
        user.failed_sign_ins = min(user.failed_sign_ins + 1, 1000)
        beyond = user.failed_sign_ins - FAILURES_BEFORE_REST
        if beyond >= 0:
            user.rested_until = clock.now() + min(FIRST_REST * 2 ** min(beyond, 10), LONGEST_REST)
    details: dict[str, object] = dict(facts)
    if user is not None:
        details |= {"failures": user.failed_sign_ins, "resting": rests(user)}
    subject = ("user", user.id if user else None)
    nobody = Actor.system("")  # whoever it was has not shown to be anybody
    trail.record("sign_in_failed", by=nobody, subject=subject, details=details)


def forget_failures(user: User) -> None:
    """The person is in: whatever was tried before counts no longer.

    A rest through which they came in a known browser goes on for everybody else.
    """
    if rests(user):
        return
    user.failed_sign_ins = 0
    user.rested_until = None


def keyed_name(name: str) -> str:
    """A mark by which tries on one unknown name are seen to belong together.

    Not the name: people type their password into that field.
    """
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"name/{name.strip().lower()}".encode(), "sha256").hexdigest()[:16]
