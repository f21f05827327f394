"""Finding a person again, carefully: showing one person's complaints to another is worse than two
rows for one.

A telephone is not a person: families share one, and one person has two. Nor does a name and a number
prove who writes: a neighbour knows both. So a row is a card that is never written on again, and is
used again only when everything on it was left once more. Whoever adds an address of their own to
somebody else's name and number gets a card of their own, and learns nothing from it.
"""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from helpdesk.lib import clock
from helpdesk.lib.database import db, run_core
from helpdesk.registry.complainant import Complainant, Identifier, IdentifierKind
from helpdesk.registry.identifiers import parse_email, parse_phone

Left = list[tuple[IdentifierKind, str]]  # what a person left, normalised


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
    are further identifiers, already read (NIK, card, record number, a second telephone). A new row is written with the
    next that the unit writes. Two requests at the same moment may register a person twice: harmless,
    and care sees them side by side.

    Raises Invalid when *phone* or *email* cannot be read.
    """
    given = [(kind, value) for kind, value in (others or {}).items() if value]
    if phone:
        given.append((IdentifierKind.PHONE, parse_phone(phone)))
    if email:
        given.append((IdentifierKind.EMAIL, parse_email(email)))
    given = list(dict.fromkeys(given))  # one number for WhatsApp and for calls
    name = " ".join((name or "").split()) or None
    address = " ".join((address or "").split()) or None
    return _find(name, given, address) or _register(name, given, address)


def card_saying(name: str, address: str, left: Left) -> Complainant | None:
    """The card on which this stands, word for word; None where nothing is left to stand on one.

    For what was corrected: the old card is not written on, for it may be of others who said just that. *left* are
    identifiers, already read.
    """
    if not (name or address or left):
        return None
    one_name, one_address = " ".join(name.split()) or None, " ".join(address.split()) or None
    found = _find(one_name, left, one_address)
    is_it = found is not None and found.name == one_name
    return found if is_it else _register(one_name, left, one_address)


def normal_name(name: str) -> str:
    """A name as it is compared: case, accents' encoding, dots and spacing do not count.

    Forms of address do: *Tn. Ali* and *Ny. Ali* are two people.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", plain.replace("'", "").replace("’", "")).split())


def _find(name: str | None, given: Left, address: str | None) -> Complainant | None:
    contact = next((one for kind in _CONTACTS for one in given if one[0] is kind), None)
    if contact is None or not name:
        return None
    kind, value = contact
    ids = run_core(_REACHED, {"kind": kind, "value": value}).scalars().all()
    if not ids:  # most people complain for the first time
        return None
    same_contact = db.session.scalars(_CARDS.where(Complainant.id.in_(ids))).unique()
    card = (normal_name(name), address, set(given))
    return next((one for one in same_contact if _card(one) == card), None)


def _card(person: Complainant) -> tuple[str, str | None, set[tuple[str, str]]]:
    known = {(one.kind, one.value) for one in person.identifiers}
    return normal_name(person.name or ""), person.address, known


_CONTACTS = (IdentifierKind.PHONE, IdentifierKind.WHATSAPP, IdentifierKind.EMAIL)
_REACHED = (
    select(Identifier.complainant_id)
    .where(Identifier.kind == bindparam("kind"), Identifier.value == bindparam("value"))
    .order_by(Identifier.id.desc())
    .limit(50)  # of a number that half the village leaves, the newest
)
_CARDS = (
    select(Complainant).options(joinedload(Complainant.identifiers)).order_by(Complainant.id.desc())
)


def _register(name: str | None, given: Left, address: str | None) -> Complainant:
    now = clock.now()
    person = Complainant(name=name, address=address, created_at=now, updated_at=now, version=1)
    person.identifiers = [
        Identifier(kind=kind, value=value, created_at=now) for kind, value in given
    ]
    db.session.add(person)
    return person
