"""Finding a person again, carefully: showing one person's complaints to another is worse than two
rows for one.

A telephone is not a person: families share one, and one person has two. A row is used again only
when the contact *and* the name are the same.
"""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import bindparam, select

from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.registry.complainant import Complainant, Identifier, IdentifierKind
from helpdesk.registry.identifiers import parse_email, parse_phone


def find_or_register(
    *,
    name: str | None,
    phone: str | None = None,
    email: str | None = None,
    address: str | None = None,
    others: dict[IdentifierKind, str] | None = None,
) -> Complainant:
    """The complainant with this contact and name, registered now when there is none; inside the
    caller's unit.

    The contact is the telephone or, when none is given, the email address, each as typed; *others*
    are further identifiers, already read (NIK, card, record number). What is new is added, and
    written with the next that the unit writes; what is known is not overwritten. Two requests at
    the same moment may register a person twice: harmless, and care sees them side by side.

    Raises Invalid when *phone* or *email* cannot be read.
    """
    given = dict(others or {})
    if phone:
        given[IdentifierKind.PHONE] = parse_phone(phone)
    if email:
        given[IdentifierKind.EMAIL] = parse_email(email)
    name = " ".join((name or "").split()) or None
    person = _find(name, given) or _register(name)
    _fill(person, given, address)
    return person


def normal_name(name: str) -> str:
    """A name as it is compared: case, accents' encoding, dots and spacing do not count.

    Forms of address do: *Tn. Ali* and *Ny. Ali* are two people.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", plain.replace("'", "").replace("’", "")).split())


def _find(name: str | None, given: dict[IdentifierKind, str]) -> Complainant | None:
    contact = next((kind for kind in _CONTACTS if kind in given), None)
    if contact is None or not name:
        return None
    same_contact = db.session.scalars(_REACHED, {"kind": contact, "value": given[contact]})
    wanted = normal_name(name)
    return next((one for one in same_contact if normal_name(one.name or "") == wanted), None)


_CONTACTS = (IdentifierKind.PHONE, IdentifierKind.WHATSAPP, IdentifierKind.EMAIL)
_REACHED = (
    select(Complainant)
    .join(Identifier)
    .where(Identifier.kind == bindparam("kind"), Identifier.value == bindparam("value"))
    .order_by(Complainant.id)
)


def _register(name: str | None) -> Complainant:
    now = clock.now()
    person = Complainant(name=name, address=None, created_at=now, updated_at=now, version=1)
    person.identifiers = []
    db.session.add(person)
    return person


def _fill(person: Complainant, given: dict[IdentifierKind, str], address: str | None) -> None:
    now = clock.now()
    if address and not person.address:
        person.address = " ".join(address.split())
        person.updated_at = now
    known = {(one.kind, one.value) for one in person.identifiers}
    for kind, value in given.items():
        if value and (kind, value) not in known:
            person.identifiers.append(Identifier(kind=kind, value=value, created_at=now))
            person.updated_at = now
