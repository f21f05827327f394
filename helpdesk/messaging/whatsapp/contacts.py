"""Finding and keeping whom we know on WhatsApp, whichever of their identities comes along.

A business-scoped user id belongs to one account for ever and changes with its number. A number can be given up and,
months later, be somebody else's: what the first told us is nothing to the second. So where both are known they must
agree, and a number that comes with another id than before, or that its owner has left, begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import selectinload

from helpdesk.lib.database import db, in_transaction
from helpdesk.messaging.whatsapp.contact import Contact, ContactIdentity, IdentityKind

NAME_LENGTH = 120
# https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
WINDOW = timedelta(hours=24)

# Told when two contacts turn out to be one account: the one that stays, and the one whose identities it took.
WhenJoined = Callable[[Contact, Contact], None]
# Told when a number that was somebody else's is the contact's now: the number, and where the other is still written to.
WhenTaken = Callable[[str, str], object]


def contact_of(
    wa_id: str | None,
    user_id: str | None,
    name: str,
    at: datetime,
    *,
    when_joined: WhenJoined | None = None,
    when_taken: WhenTaken | None = None,
) -> Contact:
    """The contact with these identities, made when nobody has them; locked, inside the caller's unit of work.

    What is new about them is kept. Two workers that meet the same stranger at once meet at the unique key: the later
    one's unit runs again and finds the row that stands. Raises ValueError when both identities are missing.
    """
    if not in_transaction():
        raise RuntimeError("a contact is found inside a unit of work")
    told = {IdentityKind.WA_ID: wa_id, IdentityKind.USER_ID: user_id}
    wanted = {kind: value for kind, value in told.items() if value}
    if not wanted:
        raise ValueError("nobody without a number and without an id")
    known = _standing(wanted)
    contact = _owner(known, wanted) or _new(at)
    for kind, value in wanted.items():
        row = known.get(kind)
        before = row.contact if row else None
        _give(contact, kind, value, row, at, when_joined)
        _tell_taken(contact, before, kind, value, when_taken)
    if name and contact.profile_name != name[:NAME_LENGTH]:
        contact.profile_name = name[:NAME_LENGTH]
    return contact


def change_identity(
    contact: Contact,
    wa_id: str | None,
    user_id: str | None,
    at: datetime,
    *,
    when_joined: WhenJoined | None = None,
    when_taken: WhenTaken | None = None,
) -> None:
    """Their number changed *at* that moment, and with it the id that our business sees; the old ones stay known.

    Inside the caller's unit of work. Somebody else's identity is taken over: the provider says whose it is now. Who
    first wrote from there after the change is nobody else but *contact*.
    """
    told = {IdentityKind.WA_ID: wa_id, IdentityKind.USER_ID: user_id}
    wanted = {kind: value for kind, value in told.items() if value}
    known = _standing(wanted)
    for one in contact.identities:
        # A new number leaves the old id behind; a new id alone says nothing about the number.
        if one.kind in wanted or wa_id:
            one.is_current = wanted.get(IdentityKind(one.kind)) == one.value
    for kind, value in wanted.items():
        row = known.get(kind)
        before = row.contact if row else None
        _give(contact, kind, value, row, at, None)
        if before is not None and before is not contact and before.created_at >= at:
            _absorb(contact, before)
            if when_joined is not None:
                when_joined(contact, before)
        else:
            _tell_taken(contact, before, kind, value, when_taken)


def contact_at(address: str) -> Contact | None:
    """Who is at *address* (E.164 with plus, or a business-scoped id) now. Reads only."""
    return db.session.get(Contact, db.session.scalar(identity_at(address)) or 0)


def identity_at(address: str) -> Select[int]:
    """The id of the contact who is at *address* now, as a statement."""
    kind = IdentityKind.WA_ID if address.startswith("+") else IdentityKind.USER_ID
    return select(ContactIdentity.contact_id).where(
        ContactIdentity.kind == kind.value,
        ContactIdentity.value == address.removeprefix("+"),
        ContactIdentity.is_current,
    )


def address_of(contact: Contact) -> str:
    """Where they are written to: the number with plus, else the id; '' when nothing is theirs any more."""
    number = contact.current(IdentityKind.WA_ID)
    return f"+{number}" if number else contact.current(IdentityKind.USER_ID) or ""


def open_window(contact: Contact, said_at: datetime) -> None:
    """They said something then; an older word that arrives later shortens nothing."""
    if contact.heard_at is None or said_at > contact.heard_at:
        contact.heard_at = said_at
        contact.window_until = said_at + WINDOW


def _standing(wanted: dict[IdentityKind, str]) -> dict[str, ContactIdentity]:
    """The rows of these identities by kind, and their contacts locked in the order of their ids."""
    same = (
        and_(ContactIdentity.kind == kind.value, ContactIdentity.value == value)
        for kind, value in wanted.items()
    )
    rows = db.session.scalars(select(ContactIdentity).where(or_(*same))).all()
    owners = (
        select(Contact)
        .where(Contact.id.in_({row.contact_id for row in rows}))
        .order_by(Contact.id)
        .options(selectinload(Contact.identities))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if rows:
        db.session.scalars(owners).all()
    return {row.kind: row for row in rows}


def _owner(known: dict[str, ContactIdentity], wanted: dict[IdentityKind, str]) -> Contact | None:
    by_id, by_number = known.get(IdentityKind.USER_ID), known.get(IdentityKind.WA_ID)
    if by_id is not None:
        return by_id.contact
    if by_number is None or not by_number.is_current:
        return None
    has_other_id = by_number.contact.current(IdentityKind.USER_ID) is not None
    is_other_account = IdentityKind.USER_ID in wanted and has_other_id
    return None if is_other_account else by_number.contact


def _new(at: datetime) -> Contact:
    contact = Contact(created_at=at, identities=[])
    db.session.add(contact)
    return contact


def _give(
    contact: Contact,
    kind: IdentityKind,
    value: str,
    row: ContactIdentity | None,
    at: datetime,
    when_joined: WhenJoined | None,
) -> None:
    """Let *contact* have the identity, whoever had it before."""
    if row is not None and row.contact is contact and row.is_current:
        return
    for one in contact.identities:
        if one.kind == kind and one.value != value:
            one.is_current = False
    if row is None:
        contact.identities.append(
            ContactIdentity(kind=kind.value, value=value, is_current=True, created_at=at)
        )
        db.session.flush()
        return
    before, row.is_current = row.contact, True
    if before is contact:
        return
    row.contact = contact
    db.session.flush()
    if when_joined is not None and _were_one(contact, before, kind):
        when_joined(contact, before)


def _tell_taken(
    contact: Contact,
    before: Contact | None,
    kind: IdentityKind,
    value: str,
    when_taken: WhenTaken | None,
) -> None:
    """A number changed hands: who had it is another account, which is written to elsewhere."""
    if before is None or before is contact or kind is not IdentityKind.WA_ID:
        return
    if when_taken is not None and (elsewhere := address_of(before)):
        when_taken(f"+{value}", elsewhere)


def _absorb(contact: Contact, before: Contact) -> None:
    """Everything that *before* was known by is theirs."""
    for row in list(before.identities):
        row.contact = contact
    if before.heard_at is not None:
        open_window(contact, before.heard_at)
    db.session.flush()


def _were_one(contact: Contact, before: Contact, kind: IdentityKind) -> bool:
    """Were they two halves of one account, the one known by its id alone and the other by its number alone?"""
    numbers = [one for one in contact.identities if one.kind == IdentityKind.WA_ID]
    return kind == IdentityKind.WA_ID and len(numbers) == 1 and not before.identities
