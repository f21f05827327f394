"""People as a table: read to add and change many at once, and written in the same columns.

A column that is not in the file leaves what it is about as it is; an empty cell empties it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts import staff
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.importing import (
    Faults,
    Take,
    Taken,
    differences,
    is_yes,
    once_each,
    refuse_long,
    taken,
)
from helpdesk.accounts.passwords import OneTimePassword
from helpdesk.accounts.roles import UNIT_ROLES, Role
from helpdesk.accounts.staff import Holding, Person
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.lib import clock
from helpdesk.lib.database import db, kept_in_unit
from helpdesk.lib.editing import CHANGED_MEANWHILE
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.tables import TableLine

COLUMNS = (
    "nama pengguna", "nama", "jabatan", "email", "bahasa", "peran", "petugas unit", "kepala unit", "aktif",
)  # fmt: skip
KEY = "username"
# Every name that a column may have, in Indonesian and in English.
NAMES = {
    "nama pengguna": "username", "username": "username", "user name": "username", "akun": "username",
    "nama": "name", "nama lengkap": "name", "name": "name", "full name": "name",
    "jabatan": "position", "position": "position",
    "surel": "email", "email": "email", "e-mail": "email",
    "bahasa": "language", "language": "language",
    "peran": "roles", "role": "roles", "roles": "roles",
    "petugas unit": "officer_in", "petugas di unit": "officer_in", "unit officer": "officer_in",
    "officer of units": "officer_in", "officer in": "officer_in",
    "kepala unit": "head_in", "unit head": "head_in", "head of units": "head_in", "head in": "head_in",
    "aktif": "active", "active": "active", "status": "active",
}  # fmt: skip
EXAMPLES = (
    ("rina.oktavia", "Rina Oktavia", "Petugas Customer Care", "rina@example.com", "id", "care", "", "", "ya"),
    ("budi.santoso", "Budi Santoso", "Petugas Farmasi", "", "id", "", "farmasi", "", "ya"),
    ("lestari", "apt. Lestari", "Kepala Farmasi", "", "id", "", "", "farmasi, gizi", "ya"),
)  # fmt: skip
_LONGEST = {"username": 64, "name": 120, "position": 120, "email": 190}
_LANGUAGES = {"": "id", "id": "id", "indonesia": "id", "en": "en", "english": "en", "inggris": "en"}
_BETWEEN = re.compile(r"[,|+\n]")


def taking(
    lines: Sequence[TableLine],
    *,
    role_words: Mapping[str, Role],
    passwords: Mapping[str, OneTimePassword] | None,
    by: Actor,
) -> Take:
    """How a line of *lines* is taken: a new person, or a change of the one with that username.

    *role_words* are the names of roles that need no unit, in small letters; *passwords* the one-time ones of new people
    by username, None in a rehearsal: nobody will ever sign in with what is undone.
    """
    refuse_twice = once_each(lines, KEY)
    rehearsed = OneTimePassword("", "!", clock.now())

    def take(line: TableLine) -> Taken:
        faults = Faults()
        faults.read(lambda: refuse_twice(line), None)
        username = line.cells[KEY].lower()
        user = db.session.scalars(select(User).where(User.username == username)).one_or_none()
        before = {} if user is None else _said(user)
        person, holdings, is_active = _read(line, user, before, role_words, faults)
        if user is None:
            password = rehearsed if passwords is None else passwords.get(username)
            if password is None:  # gone since the rehearsal: nobody told what they sign in with
                raise Conflict(CHANGED_MEANWHILE)
            user = staff.add_user(person, holdings, password=password, by=by)
        else:
            _change(user, before, person, holdings, by)
        if user.is_active != is_active:
            verb = staff.reactivate_user if is_active else staff.deactivate_user
            verb(user.id, by=by)
        return taken(username, before, _said(user))

    return take


def rows() -> list[tuple[str, ...]]:
    """Everybody in ``COLUMNS``; no password is ever among them."""
    return [tuple(_said(user).values()) for user in staff.list_users()]


def _read(
    line: TableLine,
    user: User | None,
    before: Mapping[str, str],
    words: Mapping[str, Role],
    faults: Faults,
) -> tuple[Person, set[Holding], bool]:
    """Who they are, their roles, and whether the account is open. Raises Invalid with all that is wrong."""
    faults.read(lambda: refuse_long(line.cells, _LONGEST), None)
    was_active = user is None or user.is_active
    is_active = faults.read(lambda: is_yes(line.cells.get("active", ""), was_active), was_active)
    person = _person(line, user, faults)
    if differences(before, {**before, **_as_said(person)}):
        faults.read(lambda: staff.check_person(person, but=user.id if user else None), None)
    holdings = _holdings(line, user, words, faults)
    if not faults.are_in("roles", "officer_in", "head_in"):
        faults.read(lambda: staff.check_holdings(holdings), None)
    faults.refuse()
    return person, holdings, is_active


def _change(
    user: User, before: Mapping[str, str], person: Person, holdings: set[Holding], by: Actor
) -> None:
    said = {**before, **_as_said(person)}
    if differences(before, said):
        staff.edit_user(user.id, person, version=user.version, by=by)
    if holdings != _held(user):
        staff.set_grants(user.id, holdings, version=user.version, by=by)


def _person(line: TableLine, user: User | None, faults: Faults) -> Person:
    """What the line says, and for what it has no column, what stands there already."""
    cells = line.cells
    written = cells.get("language", user.locale if user else "")
    return Person(
        username=cells[KEY].lower(),
        full_name=cells.get("name", user.full_name if user else ""),
        email=cells.get("email", (user.email or "") if user else ""),
        position=cells.get("position", user.position if user else ""),
        locale=faults.read(lambda: _language(written), "id"),
    )


def _language(written: str) -> str:
    language = _LANGUAGES.get(written.lower())
    if language is None:
        raise Invalid({"language": _l("Write id or en.")})
    return language


def _holdings(
    line: TableLine, user: User | None, words: Mapping[str, Role], faults: Faults
) -> set[Holding]:
    """The roles after this line: those of its columns, and what is held beside them."""
    cells, held = line.cells, _held(user) if user else set[Holding]()
    wanted = set(held)
    if "roles" in cells:
        wanted = {one for one in wanted if one.role in UNIT_ROLES}
        wanted |= faults.read(lambda: _free_roles(cells["roles"], words), set[Holding]())
    for column, role in (("officer_in", Role.UNIT_OFFICER), ("head_in", Role.UNIT_HEAD)):
        if column in cells:
            wanted = {one for one in wanted if one.role is not role}
            read = partial(_unit_roles, cells[column], column, role)
            wanted |= faults.read(read, set[Holding]())
    return wanted


def _free_roles(cell: str, words: Mapping[str, Role]) -> set[Holding]:
    said = _parts(cell)
    strange = ", ".join(one for one in said if one.lower() not in words)
    if strange:
        raise Invalid(
            {
                "roles": _l(
                    "“%(said)s” is no role. Unit roles have columns of their own.", said=strange
                )
            }
        )
    return {Holding(words[one.lower()]) for one in said}


def _unit_roles(cell: str, column: str, role: Role) -> set[Holding]:
    codes = _parts(cell)
    known = {code: id_ for id_, code in _unit_codes().items()}
    strange = ", ".join(code for code in codes if code.lower() not in known)
    if strange:
        raise Invalid({column: _l("There is no unit with the code %(code)s.", code=strange)})
    return {Holding(role, known[code.lower()]) for code in codes}


def _unit_codes() -> dict[int, str]:
    """The codes by id; no list of people changes one, so a unit of work asks once."""
    statement = select(Unit.id, Unit.code)
    return kept_in_unit("unit codes", lambda: dict(db.session.execute(statement).all()))


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]


def _held(user: User) -> set[Holding]:
    return {Holding(Role(grant.role), grant.unit_id) for grant in user.grants}


def _as_said(person: Person) -> dict[str, str]:
    return {
        "username": person.username.strip().lower(),
        "name": person.full_name.strip(),
        "position": person.position.strip(),
        "email": person.email.strip().lower(),
        "language": person.locale,
    }


def _said(user: User) -> dict[str, str]:
    """A person in the order of ``COLUMNS``."""
    codes = _unit_codes()

    def of(role: Role) -> str:
        held = (codes.get(grant.unit_id or 0, "") for grant in user.grants if grant.role == role)
        return ", ".join(sorted(held))

    return {
        "username": user.username,
        "name": user.full_name,
        "position": user.position,
        "email": user.email or "",
        "language": user.locale,
        "roles": ", ".join(
            sorted(grant.role for grant in user.grants if Role(grant.role) not in UNIT_ROLES)
        ),
        "officer_in": of(Role.UNIT_OFFICER),
        "head_in": of(Role.UNIT_HEAD),
        "active": "ya" if user.is_active else "tidak",
    }
