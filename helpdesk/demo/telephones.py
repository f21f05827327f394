"""Whom the demo reaches on WhatsApp, and the provider on this machine through which it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import Grant, User
from helpdesk.demo.hospital import RSIA_SEKAR_RANAH
from helpdesk.demo.pictures import draw_file
from helpdesk.lib import clock
from helpdesk.lib.clients.faults import WireFault
from helpdesk.lib.database import db
from helpdesk.messaging.whatsapp import lines, staff_telephones
from helpdesk.messaging.whatsapp.contacts import address_of, contact_of
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.line_settings import GRAPH_VERSION, LineSettings, tidied
from helpdesk.messaging.whatsapp.lines import LineSecrets
from helpdesk.messaging.whatsapp.proposals import Proposal, proposals
from helpdesk.messaging.whatsapp.staff_telephone import StaffTelephone
from helpdesk.tickets.states import Identity
from helpdesk.tickets.ticket import Ticket

PHONE_NUMBER_ID = "100000000000100"  # nobody's: the real ones are longer
ACCOUNT_ID = "200000000000100"
MOST_COMPLAINANTS = 4
ANNE, SUTAN = "+61491570156", "+6281234560902"
DIRECTOR = "+6281234560910"
# What two of them have said already when the house opens; the others are left to the visitor.
OPENING_WORDS = {
    ANNE: (
        "Hello. I was charged twice for the laboratory on Tuesday, at the cashier on the ground floor, and nobody"
        " could explain it to me."
    ),
    SUTAN: "Petugas",
}
PHOTO, PAPER = "toilet/lantai 2", "letter/Surat keluhan"
_PER_SECOND = 80


@dataclass(frozen=True)
class Caller:
    """Somebody with WhatsApp. *number* is E.164; None: they hide it, and are known by *user_id* alone."""

    name: str
    number: str | None
    about: Any
    user_id: str = ""


def speak_through(graph_url: str, secrets: LineSecrets) -> None:
    """Let the demo's WhatsApp go to the provider at *graph_url*, inside the caller's unit of work.

    A number that somebody set up by hand is left alone: they may want to see the demo speak for real.
    """
    found = lines.line()
    if found is not None and (
        not _is_of_the_demo(found) or _is_as_it_was(found, graph_url, secrets)
    ):
        return
    lines.set_up(
        LineSettings(
            phone_number_id=PHONE_NUMBER_ID,
            account_id=ACCOUNT_ID,
            display_number=RSIA_SEKAR_RANAH.whatsapp,
            graph_url=graph_url,
            graph_version=GRAPH_VERSION,
            emergency_contact=RSIA_SEKAR_RANAH.emergency_phone,
            per_second=_PER_SECOND,
            is_active=found.is_active if found else True,
        ),
        **asdict(secrets),
        seen_version=found.version if found else None,
        by=Actor.system(),
    )
    if found is None:
        _connect_director()


def _connect_director() -> None:
    """Let the director hear on a telephone what cannot wait, so that it can be watched."""
    leads = select(User.id).join(User.grants).where(Grant.role == Role.LEADERSHIP)
    director_id = db.session.scalar(leads.order_by(User.id).limit(1))
    if director_id is None:
        return
    code = staff_telephones.code_in(staff_telephones.draw_code(director_id))
    staff_telephones.connect(code, contact_of(DIRECTOR.removeprefix("+"), None, "", clock.now()))


def speaks_through_this_machine() -> bool:
    """Does the demo's WhatsApp go to the provider that ``speak_through`` named?"""
    found = lines.active_line()
    return found is not None and _is_of_the_demo(found)


def display_number() -> str:
    """The number of the hospital, in E.164."""
    return tidied(LineSettings("", "", RSIA_SEKAR_RANAH.whatsapp)).display_number


def approved_proposals() -> list[Proposal]:
    """The templates that the demo's provider has approved long ago."""
    return [one for one in proposals().values() if one.problem is None]


def photograph() -> tuple[bytes, str]:
    """A picture that anybody may send: the bytes and the file name."""
    return draw_file(PHOTO)


def paper() -> tuple[bytes, str]:
    """A document that anybody may send."""
    return draw_file(PAPER)


def callers() -> list[Caller]:
    """Some who have never complained, among them one without a number, and some who wait for an answer."""
    newcomers = [
        Caller("Rahayu Puspita", "+6281234560901", _l("complains for the first time")),
        Caller("Anne Wright", ANNE, _l("writes English")),
        Caller("Pak Sutan", SUTAN, _l("one telephone for the whole family")),
        Caller("uni_eli", None, _l("hides the number behind a username"), "ID.7403316925518043"),
    ]
    known = {one.number for one in newcomers}
    waiting = [one for one in _complainants() if one.number not in known]
    return [*newcomers, *waiting[:MOST_COMPLAINANTS], *_staff()]


def _staff() -> Iterable[Caller]:
    """Who connected a telephone to hear news of the house on it."""
    rows = select(StaffTelephone, User).join(User, User.id == StaffTelephone.user_id)
    for telephone, user in db.session.execute(rows.order_by(User.id)):
        address = address_of(telephone.contact) if telephone.contact else ""
        if address.startswith("+"):
            yield Caller(
                user.full_name, address, _l("works there, and hears here what cannot wait")
            )


def _complainants() -> Iterable[Caller]:
    """Who is answered on WhatsApp and still waits, the newest first."""
    waiting = (
        select(Ticket)
        .where(
            Ticket.is_open, Ticket.reply_channel == "whatsapp", Ticket.identity == Identity.NAMED
        )
        .options(joinedload(Ticket.complainant))
    )
    found: dict[str, Caller] = {}
    for ticket in db.session.scalars(waiting.order_by(Ticket.id.desc()).limit(50)):
        if ticket.reply_address.startswith("+"):
            name = (ticket.complainant.name if ticket.complainant else None) or ticket.reply_address
            caller = Caller(name, ticket.reply_address, ticket.title)
            found.setdefault(ticket.reply_address, caller)
    return found.values()


def _is_of_the_demo(found: WhatsAppLine) -> bool:
    return (found.phone_number_id, found.account_id) == (PHONE_NUMBER_ID, ACCOUNT_ID)


def _is_as_it_was(found: WhatsAppLine, graph_url: str, secrets: LineSecrets) -> bool:
    try:
        return found.graph_url == graph_url and lines.secrets_of(found) == secrets
    except WireFault:
        return False  # sealed with another key
