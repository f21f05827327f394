"""The second factor: asked for after the password, enrolled, replaced, switched off, reset.

Wrong codes and wrong passwords are counted together (``guessing``), so that a second step is no
place to guess. What a code is, and that it is good once, stands in ``one_time_codes``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import lazy_gettext as _l

from helpdesk.accounts import guessing, known_browsers, one_time_codes, sessions
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import SecondFactor, User
from helpdesk.audit import trail
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Invalid, NotFound, Refused

T = TypeVar("T")

WRONG_CODE = _l(
    "The code is not right, or it was used already. Wait for the next one and try again. "
    "After eight wrong tries an account rests for 15 minutes or longer."
)
WRONG_PROOF = _l("The password or the code is not right.")
BEGIN_AGAIN = _l("This page was open for too long. Scan the new code, please.")


@dataclass(frozen=True)
class Proof:
    """What somebody types to show that it is they: the present password, and a code.

    *browser* is that of the session in use, which a rest of the account does not shut out.
    """

    password: str
    code: str
    browser: str = ""


@dataclass(frozen=True)
class Passed:
    """The second step is done: *token* opens pages; *codes_left* when a recovery code was spent."""

    token: str
    codes_left: int | None = None


@dataclass(frozen=True)
class Enrolled:
    """The factor holds from now on; the *recovery_codes* are shown this once."""

    token: str
    recovery_codes: tuple[str, ...]


def is_awaited(token: str) -> bool:
    """Was the password right in this browser, and is the code still to come?"""
    return sessions.find_waiting(token) is not None


def take_second_step(token: str, code: str, *, device: str = "", marks: str = "") -> Passed:
    """Take the code that follows the password; the waiting session ends and another opens.

    Opens its own unit of work. Raises Refused for a wrong or used code and for a resting account,
    and NotFound when no session waits (any more).
    """

    def settle() -> Passed | None:
        waiting = sessions.find_waiting(token)
        user = guessing.lock_account(waiting.user_id) if waiting else None
        # looked at again under the lock: of two who send the same code, the second finds none
        if user is None or not user.is_active or sessions.find_waiting(token) is None:
            raise NotFound
        assert waiting is not None
        browser = known_browsers.find_browser(marks, user.id)
        if not guessing.may_try(user, browser) or not one_time_codes.spend(user.id, code):
            guessing.count_failure(user, browser=browser, step="code")
            return None
        guessing.forget_failures(user)
        sessions.replace_session(waiting.id)
        left = None if one_time_codes.is_from_app(code) else _recovery_codes_left(user.id)
        _note("sign_in", user, **({} if left is None else {"recovery_codes_left": left}))
        return Passed(sessions.open_session(user, device=device), left)

    passed = unit_of_work(settle)
    if passed is None:
        raise Refused(WRONG_CODE)
    return passed


def enrol(user_id: int, draft: str, proof: Proof, *, device: str = "") -> Enrolled:
    """Begin to use the secret of *draft*, once the password and a first code prove it was taken over.

    Ends every session and opens a fresh one, in its own unit of work. Raises Invalid for a wrong
    password or code, Refused when there is a second factor already.
    """
    secret = one_time_codes.secret_in(draft, user_id)
    if secret is None:
        raise Refused(BEGIN_AGAIN)
    checked = guessing.check_password(db.session.get_one(User, user_id), proof.password)

    def settle() -> Enrolled | None:
        user = guessing.lock_account(user_id)
        step = one_time_codes.step_of(secret, proof.code)
        if (
            user is None
            or not guessing.may_enter(user, checked, browser=proof.browser)
            or step is None
        ):
            guessing.count_failure(user, browser=proof.browser, step="enrolment")
            return None
        if db.session.get(SecondFactor, user_id) is not None:
            raise Refused(_l("Your account has a second step already."))
        one_time_codes.keep_secret(user_id, secret, last_step=step)
        _note("second_factor_enrolled", user)
        return Enrolled(_begin_afresh(user, device), one_time_codes.new_recovery_codes(user_id))

    enrolled = unit_of_work(settle)
    if enrolled is None:
        raise Invalid({"code": WRONG_PROOF})
    return enrolled


def renew_codes(user_id: int, proof: Proof) -> tuple[str, ...]:
    """Ten new recovery codes; the old ones are void. Opens its own unit. Raises Invalid."""

    def renew(user: User) -> tuple[str, ...]:
        _note("recovery_codes_renewed", user)
        return one_time_codes.new_recovery_codes(user.id)

    return _proved(user_id, proof, renew)


def remove(user_id: int, proof: Proof, *, device: str = "") -> str:
    """Switch one's own second factor off; every session ends, and the token is of a fresh one.

    Who must have a second factor is led to enrol again, as with a new telephone. Opens its own unit
    of work. Raises Invalid for a wrong password or code.
    """

    def drop(user: User) -> str:
        one_time_codes.forget_factor(user.id)
        _note("second_factor_removed", user)
        return _begin_afresh(user, device)

    return _proved(user_id, proof, drop)


def reset(user_id: int, *, by: Actor) -> User:
    """Take away the second factor of somebody who lost it, inside the caller's unit of work.

    Every session of the person ends. Raises NotFound, and Refused for oneself: whoever sits at an
    unattended screen must not do without password and code.
    """
    if user_id == by.user_id:
        raise Refused(_l("Switch off your own second step on the page of your account."))
    user = guessing.lock_account(user_id)
    if user is None or db.session.get(SecondFactor, user_id) is None:
        raise NotFound
    one_time_codes.forget_factor(user_id)
    sessions.end_all_sessions(user_id)
    _note("second_factor_reset", user, by)
    return user


def _proved(user_id: int, proof: Proof, act: Callable[[User], T]) -> T:
    """Run *act* in a unit of its own once password and code are right; raises Invalid otherwise."""
    checked = guessing.check_password(db.session.get_one(User, user_id), proof.password)

    def settle() -> tuple[T] | None:
        user = guessing.lock_account(user_id)
        if (
            user is None
            or not guessing.may_enter(user, checked, browser=proof.browser)
            or not one_time_codes.spend(user.id, proof.code)
        ):
            guessing.count_failure(user, browser=proof.browser, step="proof")
            return None
        guessing.forget_failures(user)
        return (act(user),)

    done = unit_of_work(settle)
    if done is None:
        raise Invalid({"code": WRONG_PROOF})
    return done[0]


def _recovery_codes_left(user_id: int) -> int:
    state = one_time_codes.state_of(user_id)
    return state.codes_left if state else 0


def _begin_afresh(user: User, device: str) -> str:
    """End every session of the person and open one: what was signed in before knew less of them."""
    guessing.forget_failures(user)
    sessions.end_all_sessions(user.id)
    return sessions.open_session(user, device=device)


def _note(act: str, user: User, by: Actor | None = None, /, **details: object) -> None:
    trail.record(act, by=by or user.as_actor(), subject=("user", user.id), details=details)
