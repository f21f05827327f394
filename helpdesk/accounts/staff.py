"""People of the house: added, edited, given roles and passwords, closed and opened again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select

from helpdesk.accounts import sessions
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.lengths import too_long
from helpdesk.accounts.passwords import OneTimePassword
from helpdesk.accounts.roles import UNIT_ROLES, Role
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import Grant, User
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.editing import take_row
from helpdesk.lib.errors import Invalid, Refused

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]")


@dataclass(frozen=True, order=True)
class Holding:
    """A role to be held; *unit_id* for unit roles only."""

    role: Role
    unit_id: int | None = None


@dataclass(frozen=True)
class Person:
    """What is written about a member of staff; *position* (jabatan) is printed on letters."""

    username: str
    full_name: str
    email: str = ""
    position: str = ""
    locale: str = "id"


def list_users(words: str = "") -> list[User]:
    """Everybody, active first, then by name; *words* are looked for in name and username."""
    statement = select(User).order_by(User.is_active.desc(), func.lower(User.full_name), User.id)
    if words.strip():
        like = "%{}%".format(re.sub(r"([%_\\])", r"\\\1", words.strip()))
        statement = statement.where(
            or_(User.full_name.ilike(like, escape="\\"), User.username.ilike(like, escape="\\"))
        )
    return list(db.session.scalars(statement))


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Full names by id, in one query."""
    rows = select(User.id, User.full_name).where(User.id.in_(set(user_ids)))
    return dict(db.session.execute(rows).all())


def count_users() -> int:
    """How many accounts are open."""
    return db.session.scalar(select(func.count()).select_from(User).where(User.is_active)) or 0


def add_user(
    person: Person, holdings: Iterable[Holding], *, password: OneTimePassword, by: Actor
) -> User:
    """Add a member of staff who must replace the one-time *password* at the first sign-in.

    Raises Invalid for a username that is malformed or taken, an e-mail that is taken, or no role.
    """
    tidy = _tidy(person, but=None)
    user = User(
        **vars(tidy) | {"email": tidy.email or None},
        password_hash=password.password_hash,
        password_expires_at=password.expires_at,
        created_at=clock.now(),
    )
    user.grants = [Grant(role=held.role, unit_id=held.unit_id) for held in _checked(holdings)]
    db.session.add(user)
    db.session.flush()
    _note("user_added", user, by, after=_facts(user) | {"grants": _holdings_of(user)})
    return user


def check_person(person: Person, *, but: int | None) -> None:
    """Raise Invalid with all that stands in the way of writing this about a person; *but* is their own id."""
    _tidy(person, but=but)


def is_email(text: str) -> bool:
    """Could somebody be written to there?"""
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def check_holdings(holdings: Iterable[Holding]) -> None:
    """Raise Invalid for no role at all, or one that lacks its unit."""
    _checked(holdings)


def edit_user(user_id: int, person: Person, *, version: int, by: Actor) -> User:
    """Change what is written about a person. Raises Conflict for an old *version*, Invalid."""
    user = take_row(User, user_id, version)
    tidy = _tidy(person, but=user.id)
    before = _facts(user)
    for name, value in vars(tidy).items():
        setattr(user, name, value)
    user.email = tidy.email or None
    user.version += 1
    _note("user_edited", user, by, before=before, after=_facts(user))
    return user


def choose_language(user_id: int, locale: str) -> None:
    """Let a person choose the language of their own pages; no version, for the last word holds."""
    take_row(User, user_id).locale = locale


def set_grants(user_id: int, holdings: Iterable[Holding], *, version: int, by: Actor) -> User:
    """Replace the roles of a person; they hold from the next request on, in sessions that are open too.

    So does the second factor that a new role may ask for.
    Raises Conflict on *version*, Invalid without any role, Refused when no active administrator
    would remain.
    """
    user = take_row(User, user_id, version)
    wanted = _checked(holdings)
    if Role.ADMIN not in {held.role for held in wanted}:
        _keep_an_administrator(without=user)
    before = _holdings_of(user)
    kept = {Holding(Role(grant.role), grant.unit_id): grant for grant in user.grants}
    user.grants = [kept.get(held) or Grant(role=held.role, unit_id=held.unit_id) for held in wanted]
    user.version += 1
    db.session.flush()
    sessions.lead_to_enrolment(user)
    _note("grants_set", user, by, before={"grants": before}, after={"grants": _holdings_of(user)})
    return user


def issue_one_time_password(user_id: int, password: OneTimePassword, *, by: Actor) -> User:
    """Replace a forgotten password, wake a resting account and end all of the person's sessions."""
    user = take_row(User, user_id)
    user.password_hash = password.password_hash
    user.password_expires_at = password.expires_at
    user.must_change_password = True
    user.failed_sign_ins = 0
    user.rested_until = None
    sessions.end_all_sessions(user.id)
    _note("one_time_password_issued", user, by)
    return user


def deactivate_user(user_id: int, *, by: Actor) -> User:
    """Close an account at once. Raises Refused for the last active administrator."""
    user = take_row(User, user_id)
    _keep_an_administrator(without=user)
    user.is_active = False
    user.version += 1
    sessions.end_all_sessions(user.id)
    _note("user_deactivated", user, by, before={"is_active": True}, after={"is_active": False})
    return user


def reactivate_user(user_id: int, *, by: Actor) -> User:
    """Open a closed account again, with the roles and the password it had."""
    user = take_row(User, user_id)
    user.is_active = True
    user.version += 1
    _note("user_reactivated", user, by, before={"is_active": False}, after={"is_active": True})
    return user


def _keep_an_administrator(*, without: User) -> None:
    """Lock every active administrator, so that two who close each other's account meet here."""
    others = db.session.scalars(
        select(User.id)
        .join(Grant, Grant.user_id == User.id)
        .where(Grant.role == Role.ADMIN, User.is_active)
        .order_by(User.id)
        .with_for_update()
    ).all()
    if set(others) == {without.id}:
        raise Refused(
            _l("This is the last active administrator. Make somebody else administrator first.")
        )


def _tidy(person: Person, *, but: int | None) -> Person:
    username, email = person.username.strip().lower(), person.email.strip().lower()
    problems = too_long(User, {name: value.strip() for name, value in vars(person).items()})
    if not _USERNAME.fullmatch(username):
        problems["username"] = _l(
            "Use 3 to 64 letters, digits, dots or dashes, without spaces, such as rina.oktavia."
        )
    if email and not is_email(email):
        problems["email"] = _l("This is no email address.")
    if not person.full_name.strip():
        problems["full_name"] = _l("Write the person's name.")
    for field, name in (("username", username), ("email", email)):
        if name and field not in problems and _signs_in_another(name, but=but):
            problems[field] = _l("Somebody already uses this.")
    if problems:
        raise Invalid(problems)
    return Person(username, person.full_name.strip(), email, person.position.strip(), person.locale)


def _signs_in_another(name: str, *, but: int | None) -> bool:
    """An e-mail also signs in, so nobody's username may be somebody else's e-mail."""
    found = select(User.id).where(or_(User.username == name, User.email == name))
    return bool(set(db.session.scalars(found)) - {but})


def _checked(holdings: Iterable[Holding]) -> list[Holding]:
    wanted = sorted(set(holdings), key=lambda held: (held.role, held.unit_id or 0))
    if not wanted:
        raise Invalid(
            {"roles": _l("Give at least one role; to keep somebody out, close the account.")}
        )
    unit_ids = {held.unit_id for held in wanted if held.role in UNIT_ROLES}
    misplaced = [held for held in wanted if (held.role in UNIT_ROLES) != (held.unit_id is not None)]
    known = select(func.count()).select_from(Unit).where(Unit.id.in_(unit_ids))
    if misplaced or (unit_ids and db.session.scalar(known) != len(unit_ids)):
        raise Invalid({"roles": _l("A unit role needs its unit.")})
    return wanted


def _facts(user: User) -> dict[str, Any]:
    return {
        name: getattr(user, name)
        for name in ("username", "full_name", "email", "position", "locale")
    }


def _holdings_of(user: User) -> list[str]:
    """Such as ``care`` and ``unit_head/6``: the role, and the id of its unit."""
    return sorted(
        grant.role if grant.unit_id is None else f"{grant.role}/{grant.unit_id}"
        for grant in user.grants
    )


def _note(act: str, user: User, by: Actor, **details: Any) -> None:
    trail.record(act, by=by, subject=("user", user.id), details=details)
