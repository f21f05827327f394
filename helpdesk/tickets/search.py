"""Full-text search over tickets: FTS5 on SQLite, FULLTEXT on MariaDB, behind one pair of functions.

Two columns keep confidences apart: ``care_words`` holds everything, ``unit_words`` only what units may read, so that
nobody can learn a hidden name by searching for it. Numbers are never searched as words (see ``access.numbers_in``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, TextClause, text

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.lib.database import db, run_core
from helpdesk.registry.complainant import Complainant
from helpdesk.tickets.ticket import Ticket

_WORD = re.compile(r"\w+")
_SHORTEST = 3  # MariaDB's innodb_ft_min_token_size
MOST_WORDS = 8


def index_ticket(ticket: Ticket, *, is_new: bool = False) -> None:
    """Write what can be found of a ticket, inside the caller's unit of work."""
    complainant = (
        db.session.get(Complainant, ticket.complainant_id) if ticket.complainant_id else None
    )
    name = (complainant.name or "") if complainant else ""
    care_words = " ".join(
        [ticket.title, ticket.text, ticket.place_text, name, ticket.affected_name]
    )
    if ticket.unit_text is None:
        unit_words = " ".join([ticket.title, ticket.text, ticket.place_text])
    else:  # the title may repeat what was redacted
        unit_words = f"{ticket.unit_text} {ticket.place_text}"
    db.session.flush()
    statements = _STATEMENTS[db.engine.dialect.name == "sqlite"]
    if not is_new:
        db.session.execute(statements.forget, {"id": ticket.id})
    words = {"id": ticket.id, "care": care_words, "unit": unit_words}
    run_core(statements.write, words)


def matches(typed: str, actor: Actor) -> ColumnElement[bool] | None:
    """The condition that a ticket holds every word *typed* (as beginnings); None when nothing is looked for."""
    words = [word for word in _WORD.findall(typed.lower()) if len(word) >= _SHORTEST][:MOST_WORDS]
    if not words:
        return None
    may_read_all = actor.may(Permission.TRIAGE)
    if db.engine.dialect.name == "sqlite":
        column = "care_words" if may_read_all else "unit_words"
        wanted = f"{column} : (" + " AND ".join(f'"{word}"*' for word in words) + ")"
    else:
        wanted = " ".join(f"+{word}*" for word in words)
    statements = _STATEMENTS[db.engine.dialect.name == "sqlite"]
    found = statements.find_all if may_read_all else statements.find_for_units
    return Ticket.id.in_(found.bindparams(wanted=wanted))


@dataclass(frozen=True)
class _Statements:
    forget: TextClause
    write: TextClause
    find_all: TextClause
    find_for_units: TextClause


_FIND_IN_FTS5 = text("SELECT rowid FROM ticket_search WHERE ticket_search MATCH :wanted LIMIT 2000")
_STATEMENTS = {
    True: _Statements(  # SQLite
        forget=text("DELETE FROM ticket_search WHERE rowid = :id"),
        write=text(
            "INSERT INTO ticket_search (rowid, care_words, unit_words) VALUES (:id, :care, :unit)"
        ),
        find_all=_FIND_IN_FTS5,
        find_for_units=_FIND_IN_FTS5,
    ),
    False: _Statements(  # MariaDB, which refuses LIMIT directly inside IN
        forget=text("DELETE FROM ticket_search WHERE ticket_id = :id"),
        write=text(
            "INSERT INTO ticket_search (ticket_id, care_words, unit_words) "
            "VALUES (:id, :care, :unit)"
        ),
        find_all=text(
            "SELECT ticket_id FROM (SELECT ticket_id FROM ticket_search "
            "WHERE MATCH(care_words) AGAINST (:wanted IN BOOLEAN MODE) LIMIT 2000) AS hits"
        ),
        find_for_units=text(
            "SELECT ticket_id FROM (SELECT ticket_id FROM ticket_search "
            "WHERE MATCH(unit_words) AGAINST (:wanted IN BOOLEAN MODE) LIMIT 2000) AS hits"
        ),
    ),
}
