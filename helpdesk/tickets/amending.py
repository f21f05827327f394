"""Correcting what was noted beside the complaint: who complained and how to reach them, who is affected, where, when.

And by which channel it came, and what it is called in the system that it was forwarded from.

What they said stays as it came. A digit mistyped at the counter must not make somebody unreachable for ever, and
whoever owns the wrong number must not go on reading (Law 27/2022, article 30).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.errors import Invalid
from helpdesk.messaging import outbox
from helpdesk.registry.complainant import Complainant, IdentifierKind
from helpdesk.registry.identifiers import (
    parse_email,
    parse_medical_record,
    parse_phone,
    parse_whatsapp,
)
from helpdesk.registry.matching import Left, card_saying
from helpdesk.registry.undeliverable import note_reached
from helpdesk.tickets import keys, search
from helpdesk.tickets.erasing import forget_unneeded_card
from helpdesk.tickets.moves import Move
from helpdesk.tickets.origin import read_origin_number
from helpdesk.tickets.questions import open_questions
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.renewing import replace_keys
from helpdesk.tickets.states import TAKEN_DOWN, Identity, Road
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance, require

# In the order in which an answer takes them
CONTACTS: tuple[Road, ...] = ("whatsapp", "email", "phone")
AFFECTED = ("affected_name", "affected_relation", "affected_record")
SCENE = ("place_id", "place_text", "happened_on", "happened_text")
ORIGIN = ("channel", "origin_number")
# What only those who know the complainant may read; the history names these without their values.
PRIVATE = ("name", *CONTACTS, "address", *AFFECTED)
_READ = {
    "whatsapp": parse_whatsapp,
    "phone": parse_phone,
    "email": parse_email,
    "affected_record": parse_medical_record,
    "origin_number": read_origin_number,
}


def facts_of(ticket: Ticket) -> dict[str, Any]:
    """What stands now, by the names that a correction uses. *reply_by* is the road that answers take."""
    person = ticket.complainant
    road, address = ticket.reply_channel, ticket.reply_address
    whatsapp = address if road == "whatsapp" else ""
    phones = [value for kind, value in _left(ticket) if kind == IdentifierKind.PHONE]
    is_mail = address and road not in ("whatsapp", "phone")
    return {
        "name": (person.name if person else "") or "",
        "whatsapp": whatsapp,
        "email": address if is_mail else (person.email if person else "") or "",
        "phone": next((phone for phone in phones if phone != whatsapp), ""),
        "reply_by": road,
        "address": (person.address if person else "") or "",
        **{field: getattr(ticket, field) for field in (*AFFECTED, *SCENE, *ORIGIN)},
    }


def amend_ticket(
    ticket: Ticket,
    correction: Mapping[str, Any],
    *,
    by: Actor,
    checked: str = "",
    has_consented: bool = False,
) -> TicketEvent:
    """Put right what *correction* names, inside the caller's unit of work; what is empty in it is taken away.

    *checked* says how the desk made sure of another contact: whoever is there reads the whole complaint. Of an
    anonymous person something is stored only if they agree, and then only for customer care. Raises Invalid.
    """
    require(ticket, Move.AMEND, by=by)
    right = read_correction(ticket, correction)
    if right.is_reached_otherwise and not checked.strip():
        raise Invalid({"checked": _l("Write how you made sure that this is the person.")})
    _give_up_anonymity(ticket, right.changed, has_consented)
    event = put_right(ticket, right, Move.AMEND, by=by, text=checked.strip())
    _note(ticket, by, event.details["is_new"])
    return event


@dataclass(frozen=True)
class Correction:
    """What stood *before* and what is to stand *after*, both by the names of ``facts_of``."""

    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def changed(self) -> list[str]:
        """The names of what differs."""
        return [field for field in self.after if self.after[field] != self.before[field]]

    @property
    def is_reached_otherwise(self) -> bool:
        """Does a contact change, or the road that answers take?"""
        return not {*CONTACTS, "reply_by"}.isdisjoint(self.changed)


def read_correction(ticket: Ticket, correction: Mapping[str, Any]) -> Correction:
    """Read what was typed; raises Invalid for all that cannot be read at once, and where nothing would change."""
    right = Correction(facts_of(ticket), _corrected(ticket, correction))
    if not right.changed:
        raise Invalid({"changes": _l("Nothing was changed.")})
    return right


def put_right(
    ticket: Ticket, right: Correction, move: Move, *, by: Actor, text: str = ""
) -> TicketEvent:
    """Write down what was read, inside the caller's unit of work.

    Where complainants do it themselves, links end but the PIN stays: it stands on their receipt.
    """
    before, after = right.before, right.after
    for field in (*AFFECTED, *SCENE, *ORIGIN):
        setattr(ticket, field, after[field])
    has_other_keys = _change_card(ticket, before, after, keeps_pin=move is Move.CHANGE_CONTACTS)
    details = {
        "from": {field: _as_json(before[field]) for field in right.changed},
        "to": {field: _as_json(after[field]) for field in right.changed},
        "is_sure": right.is_reached_otherwise and _reach(ticket, after),
        "is_new": has_other_keys,
        "due_at": _answer_wanted_by(ticket),
    }
    event = advance(ticket, move, by=by, text=text, details=details)
    search.index_ticket(ticket)
    return event


def _answer_wanted_by(ticket: Ticket) -> str | None:
    """Until when we wait for an answer of theirs; None where nothing is asked, or no longer waited for."""
    named = [one.due_at for one in open_questions(ticket) if one.due_at]
    ahead = [due_at for due_at in named if due_at > clock.now()]
    return max(ahead).isoformat() if ahead else None


def _note(ticket: Ticket, by: Actor, has_other_keys: bool) -> None:
    """In the audit trail, which holds nothing of the person."""
    trail.record(
        "amend_ticket", by=by, subject=("ticket", ticket.id), details={"is_new": has_other_keys}
    )


def _corrected(ticket: Ticket, correction: Mapping[str, Any]) -> dict[str, Any]:
    """What is to stand instead, read and normalised; raises Invalid for all that cannot be read at once."""
    read, wrong = dict(correction), {}
    for field, parse in _READ.items():
        if not read.get(field):
            continue
        try:
            read[field] = parse(read[field])
        except Invalid as problem:
            wrong[field] = next(iter(problem.fields.values()))
    if wrong:
        raise Invalid(wrong)
    before = facts_of(ticket)
    after = {**before, **read}
    channels = {before["channel"], after["channel"]}
    if len(channels) > 1 and not channels <= TAKEN_DOWN:
        raise Invalid({"channel": _l("Not a valid choice.")})
    is_chosen = after["reply_by"] == "whatsapp" != before["reply_by"]
    if is_chosen and not after["whatsapp"]:  # then the telephone has it
        after["whatsapp"], after["phone"] = after["phone"], ""
    if any(after[field] != before[field] for field in (*CONTACTS, "reply_by")):
        after["reply_by"], _address = _way_back(ticket, after)
    return after


def _way_back(ticket: Ticket, facts: Mapping[str, Any]) -> tuple[Road, str]:
    """How the answer travels: as was chosen where that is possible, else WhatsApp first, then email, else a call."""
    wanted: Road = facts["reply_by"] if facts["reply_by"] in CONTACTS else ""
    road: Road = next((one for one in (wanted, *CONTACTS) if one and facts[one]), "")
    address = facts[road] if road else ""
    # An address that nobody vouched for does not become proved because something else was corrected.
    return ("" if address and address == ticket.unproved_address else road), address


def _reach(ticket: Ticket, facts: Mapping[str, Any]) -> bool:
    """Send answers the new way from now on; returns whether it is another one that leads to somebody."""
    way = _way_back(ticket, facts)
    if way == (ticket.reply_channel, ticket.reply_address):
        return False
    ticket.reply_channel, ticket.reply_address = way
    if ticket.can_be_written_to or not ticket.can_be_reached:
        ticket.call_wanted_at = None
    if ticket.can_be_reached:
        note_reached(_kind(*way), way[1])
    return ticket.can_be_reached


def _change_card(
    ticket: Ticket, before: Mapping[str, Any], after: Mapping[str, Any], *, keeps_pin: bool
) -> bool:
    """Give the ticket the card with the right facts; returns whether a contact was not the complainant's.

    The former card is deleted unless another complaint needs it: no deletion of personal data would find it later.
    Whoever has that contact must not read on: PIN and links end, or with *keeps_pin* the links alone, and nothing more
    is sent there.
    """
    if all(after[field] == before[field] for field in ("name", "address", *CONTACTS)):
        return False
    old = _left(ticket)
    not_right = {(_kind(road, before[road]), before[road]) for road in CONTACTS}
    right = [(_kind(road, after[road]), after[road]) for road in CONTACTS if after[road]]
    left = list(dict.fromkeys([*right, *(one for one in old if one not in not_right)]))
    former = ticket.complainant
    ticket.complainant = card_saying(after["name"], after["address"], left)
    if former is not None:
        _take_over_marks(former, ticket.complainant)
        forget_unneeded_card(former.id)
    gone = {value for kind, value in old if kind in _REACHED_BY and (kind, value) not in left}
    if gone:
        replace_keys(ticket, "" if keeps_pin else keys.draw_pin(), but_at=gone)
        outbox.call_back(("ticket", ticket.id), gone)
    return bool(gone)


def _take_over_marks(former: Complainant, card: Complainant | None) -> None:
    """What does not arrive at a contact that stays did not begin to arrive because another one was corrected."""
    dead = {(one.kind, one.value): one for one in former.identifiers if one.undeliverable_at}
    for known in card.identifiers if card else ():
        if mark := dead.get((known.kind, known.value)):
            known.undeliverable_at = mark.undeliverable_at
            known.undeliverable_reason = mark.undeliverable_reason


_REACHED_BY = frozenset({IdentifierKind.PHONE, IdentifierKind.WHATSAPP, IdentifierKind.EMAIL})


def _left(ticket: Ticket) -> Left:
    """Every identifier that is known, and the address to which answers go."""
    known = ticket.complainant.identifiers if ticket.complainant else []
    left = [(IdentifierKind(one.kind), one.value) for one in known]
    if ticket.reply_address:
        left.append((_kind(ticket.reply_channel, ticket.reply_address), ticket.reply_address))
    return list(dict.fromkeys(left))


def _kind(road: str, address: str) -> IdentifierKind:
    """As what the registry knows the address of a road; of none, it is the email address of an unproved sender."""
    is_called = road in ("whatsapp", "phone")
    return IdentifierKind.on_whatsapp(address) if is_called else IdentifierKind.EMAIL


def _give_up_anonymity(ticket: Ticket, changed: list[str], has_consented: bool) -> None:
    if ticket.identity != Identity.ANONYMOUS or set(PRIVATE).isdisjoint(changed):
        return
    if not has_consented:
        raise Invalid({"consent": _l("Store something of an anonymous person only if they agree.")})
    ticket.identity = Identity.WITHHELD.value
    ticket.consented_at = clock.now()


def _as_json(fact: Any) -> Any:
    return fact.isoformat() if isinstance(fact, date) else fact
