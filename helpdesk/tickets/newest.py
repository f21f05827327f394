"""The newest complaint of a house: by its number people recognise how far a copy of it goes."""

from __future__ import annotations

from sqlalchemy import Connection, select

from helpdesk.accounts.organisation import Organisation
from helpdesk.tickets.number import format_number
from helpdesk.tickets.ticket import Ticket


def newest_number(connection: Connection) -> str:
    """Its number in the database behind *connection*, which need not be ours; nothing where none has a number."""
    newest = (
        select(Ticket.number_year, Ticket.number_seq)
        .where(Ticket.number_seq.is_not(None))
        .order_by(Ticket.number_year.desc(), Ticket.number_seq.desc())
        .limit(1)
    )
    year, seq = connection.execute(newest).first() or (None, None)
    prefix = connection.scalar(select(Organisation.number_prefix))
    return format_number(prefix or "KLH", year, seq) if year and seq else ""
