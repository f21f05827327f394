"""Whom the demo writes to by email, and the mail server on this machine to which it sends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from helpdesk.accounts.actor import Actor
from helpdesk.demo.cast import CAST
from helpdesk.demo.hospital import RSIA_SEKAR_RANAH
from helpdesk.lib.database import db
from helpdesk.messaging import relay
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.relay import RelaySettings
from helpdesk.tickets.states import Identity
from helpdesk.tickets.ticket import Ticket

ADDRESS = RSIA_SEKAR_RANAH.email
HOST = "127.0.0.1"
MOST_COMPLAINANTS = 6
_RELAY = RelaySettings(
    from_address=ADDRESS,
    host=HOST,
    port=1,
    security="none",
    takes_tags=True,
    per_minute=600,
)


@dataclass(frozen=True)
class Reachable:
    """Somebody with an email address. *about* says in a few words, or in the reader's language, who that is."""

    name: str
    address: str
    about: Any
    is_staff: bool = False


def send_through(port: int) -> None:
    """Let the demo's email go to that *port* of this machine, inside the caller's unit of work.

    A relay that somebody set up by hand is left alone: they may want to see the demo send for real.
    """
    found = relay.relay()
    if found is not None and not _is_of_the_demo(found):
        return
    if found is not None and found.port == port:
        return
    relay.set_up_relay(
        replace(_RELAY, port=port, is_active=found.is_active if found else True),
        secret=None,
        seen_version=found.version if found else None,
        by=Actor.system(),
    )


def is_sent_through_this_machine() -> bool:
    """Does the demo's email go to the server that ``send_through`` named?"""
    found = relay.active_relay()
    return found is not None and _is_of_the_demo(found)


def reachable_people() -> list[Reachable]:
    """Two who have never complained, some whose complaint is open, and everybody with a card."""
    newcomers = [
        Reachable(
            "Rahayu Puspita", "rahayu.puspita@mail.example", _l("complains for the first time")
        ),
        Reachable("Anne Wright", "a.wright@mail.example", _l("writes English")),
    ]
    waiting = _complainants()
    known = [waiting.pop(one.address, one) for one in newcomers]  # no newcomer after the first time
    complainants = [*known, *list(waiting.values())[:MOST_COMPLAINANTS]]
    staff = [Reachable(one.full_name, one.email, one.position, is_staff=True) for one in CAST]
    return [*complainants, *staff]


def _complainants() -> dict[str, Reachable]:
    """Who is answered by email and still waits, by address, the newest first."""
    waiting = (
        select(Ticket)
        .where(Ticket.is_open, Ticket.reply_channel == "email", Ticket.identity == Identity.NAMED)
        .options(joinedload(Ticket.complainant))
    )
    found: dict[str, Reachable] = {}
    for ticket in db.session.scalars(waiting.order_by(Ticket.id.desc()).limit(50)):
        name = ticket.complainant.name if ticket.complainant else None
        person = Reachable(name or ticket.reply_address, ticket.reply_address, ticket.title)
        found.setdefault(person.address, person)
    return found


def _is_of_the_demo(found: MailRelay) -> bool:
    return (found.host, found.from_address, found.login) == (HOST, ADDRESS, "")
