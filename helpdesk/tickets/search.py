"""Full-text search over tickets: FTS5 on SQLite, FULLTEXT on MariaDB, behind one pair of functions.

Two columns keep confidences apart: ``care_words`` holds everything, ``unit_words`` only what units may read, so that
nobody can learn a hidden name by searching for it. Numbers are never searched as words (see ``access.numbers_in``).
"""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, text

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.lib.database import db
from helpdesk.registry.complainant import Complainant
from helpdesk.tickets.states import Identity
from helpdesk.tickets.ticket import Ticket

_WORD = re.compile(r"\w+")
_SHORTEST = 3  # MariaDB's innodb_ft_min_token_size
MOST_WORDS = 8


def index_ticket(ticket: Ticket) -> None:
    """Write what can be found of a ticket, inside the caller's unit of work."""
    complainant = (
        db.session.get(Complainant, ticket.complainant_id) if ticket.complainant_id else None
    )
    name = (complainant.name or "") if complainant else ""
    open_words = " ".join([ticket.title, ticket.text_for_units, ticket.place_text])
    unit_words = f"{open_words} {name}" if ticket.identity == Identity.NAMED else open_words
    care_words = " ".join(
        [ticket.title, ticket.text, ticket.place_text, name, ticket.affected_name]
    )
    if ticket.unit_text is not None:  # the title may repeat what was redacted
        unit_words = f"{ticket.unit_text} {ticket.place_text}"
    db.session.flush()
    statement = _UPSERT[db.engine.dialect.name if db.engine.dialect.name == "sqlite" else "mariadb"]
    for sql in statement:
        db.session.execute(text(sql), {"id": ticket.id, "care": care_words, "unit": unit_words})


def matches(typed: str, actor: Actor) -> ColumnElement[bool] | None:
    """The condition that a ticket holds every word *typed* (as beginnings); None when there is nothing to look for."""
    words = [word for word in _WORD.findall(typed.lower()) if len(word) >= _SHORTEST][:MOST_WORDS]
    if not words:
        return None
    column = "care_words" if actor.may(Permission.TRIAGE) else "unit_words"
    if db.engine.dialect.name == "sqlite":
        wanted = f"{column} : (" + " AND ".join(f'"{word}"*' for word in words) + ")"
        found = "SELECT rowid FROM ticket_search WHERE ticket_search MATCH :wanted LIMIT 2000"
    else:
        wanted = " ".join(f"+{word}*" for word in words)
        found = f"SELECT ticket_id FROM ticket_search WHERE MATCH({column}) AGAINST (:wanted IN BOOLEAN MODE) LIMIT 2000"
    if db.engine.dialect.name != "sqlite":
        found = (
            f"SELECT ticket_id FROM ({found}) AS hits"  # MariaDB refuses LIMIT directly inside IN
        )
    return Ticket.id.in_(text(found).bindparams(wanted=wanted))


_UPSERT = {
    "sqlite": (
        "DELETE FROM ticket_search WHERE rowid = :id",
        "INSERT INTO ticket_search (rowid, care_words, unit_words) VALUES (:id, :care, :unit)",
    ),
    "mariadb": (
        "INSERT INTO ticket_search (ticket_id, care_words, unit_words) VALUES (:id, :care, :unit) "
        "ON DUPLICATE KEY UPDATE care_words = VALUES(care_words), unit_words = VALUES(unit_words)",
    ),
}
