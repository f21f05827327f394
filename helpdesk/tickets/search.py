"""Full-text search over tickets: FTS5 on SQLite, FULLTEXT on MariaDB, behind one pair of functions.

Two columns keep confidences apart: ``care_words`` holds everything, ``unit_words`` only what units may read, so that
nobody can learn a hidden name by searching for it. Numbers are never searched as words (see ``access.numbers_in``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    ColumnExpressionArgument,
    Integer,
    Select,
    TextClause,
    column,
    select,
    table,
    text,
    union_all,
)

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.lib.database import db, run_core, unit_of_work
from helpdesk.registry.complainant import Complainant
from helpdesk.tickets.callers import tickets_left_with
from helpdesk.tickets.origin import has_origin_number
from helpdesk.tickets.ticket import Ticket

_WORD = re.compile(r"\w+")
_SHORTEST = 3  # MariaDB's innodb_ft_min_token_size
MOST_WORDS = 8
# So many of the newest hits make a list. Whether the list may hold a hit is asked before it counts: else the newest
# hits of a common word crowd out what is older, for a unit nearly everything. That costs most where nearly no hit
# fits: of a million tickets with the word in 3 of 100 (30 of 100) 0.2 s (1 s) on SQLite and 0.5 s (3.5 s) on MariaDB,
# which sorts all that it finds; for whoever sees every ticket 20 ms (40 ms) and 0.2 s (1.5 s).
MOST_HITS = 5000
_Condition = ColumnExpressionArgument[bool]


def index_ticket(ticket: Ticket, *, is_new: bool = False) -> None:
    """Write what can be found of a ticket, inside the caller's unit of work."""
    complainant = (
        db.session.get(Complainant, ticket.complainant_id) if ticket.complainant_id else None
    )
    name = (complainant.name or "") if complainant else ""
    said = f"{ticket.title} {ticket.text} {ticket.remedy} {ticket.place_text}"
    care_words = f"{said} {name} {ticket.affected_name}"
    # Where something was redacted, the title may repeat it
    copy = ticket.unit_text
    unit_words = said if copy is None else f"{copy} {ticket.place_text}"
    db.session.flush()
    statements = _statements()
    if not is_new:
        db.session.execute(statements.forget, {"id": ticket.id})
    words = {"id": ticket.id, "care": care_words, "unit": unit_words}
    run_core(statements.write, words)


def forget_ticket(ticket_id: int) -> None:
    """Let nothing of a ticket be found any more, inside the caller's unit of work."""
    db.session.execute(_statements().forget, {"id": ticket_id})


def forget_traces() -> None:
    """Write the index anew without the words of forgotten tickets. Opens units of its own, each a short one.

    FTS5 only marks what was deleted: the words stay in the file until everything is merged
    (https://sqlite.org/fts5.html#the_merge_command). MariaDB keeps nothing of it in what it dumps.
    """
    if _statements() is not _FTS5:
        return
    pages = -_PAGES_AT_ONCE  # the first one says: from all levels
    while unit_of_work(partial(_merge, pages)):
        pages = _PAGES_AT_ONCE


def _merge(pages: int) -> bool:
    """Merge so many pages; is there more to be done?"""
    before = run_core(_CHANGES).scalar_one()
    run_core(_MERGE, {"pages": pages})
    return bool(run_core(_CHANGES).scalar_one() - before >= 2)


def matches(typed: str, actor: Actor, among: Sequence[_Condition]) -> ColumnElement[bool]:
    """The condition that a ticket holds every word *typed* (as beginnings), or is of whoever left *typed* as theirs.

    Or that it is called so in the system it was forwarded from. Of those with the words only the newest that meet
    *among* (conditions on ``tickets`` alone); whether there are more, ``has_older`` tells.
    """
    hits, found = _hits(typed, actor, among), list(tickets_left_with(typed, actor))
    found.append(select(Ticket.id).where(has_origin_number(typed, actor)))
    if hits is not None:
        newest = hits.order_by(hits.selected_columns[0].desc()).limit(MOST_HITS).subquery("hits")
        found.append(
            select(newest)
        )  # MariaDB refuses LIMIT directly inside IN, and a union it asks for each row
    return Ticket.id.in_(select(union_all(*found).subquery("found")))


def has_older(typed: str, actor: Actor, among: Sequence[_Condition]) -> bool:
    """Do more tickets of *among* hold the words *typed* than meet ``matches``?"""
    hits = _hits(typed, actor, among)
    return hits is not None and db.session.scalar(hits.limit(1).offset(MOST_HITS)) is not None


def _hits(typed: str, actor: Actor, among: Sequence[_Condition]) -> Select[int] | None:
    words = [word for word in _WORD.findall(typed.lower()) if len(word) >= _SHORTEST][:MOST_WORDS]
    if not words:
        return None
    statements = _statements()
    may_read_all = actor.may(Permission.TRIAGE)
    if statements is _FTS5:
        searched = "care_words" if may_read_all else "unit_words"
        wanted = f"{searched} : (" + " AND ".join(f'"{word}"*' for word in words) + ")"
    else:
        wanted = " ".join(f"+{word}*" for word in words)
    holds_all = statements.holds_for_care if may_read_all else statements.holds_for_units
    # No join: SQLite would be free to begin with the tickets.
    ticket_id = statements.ticket_id
    is_among = select(Ticket.id).where(Ticket.id == ticket_id, *among).correlate(ticket_id.table)
    return select(ticket_id).where(holds_all.bindparams(wanted=wanted), is_among.exists())


@dataclass(frozen=True)
class _Statements:
    ticket_id: ColumnClause[int]
    forget: TextClause
    write: TextClause
    holds_for_care: TextClause
    holds_for_units: TextClause


_PAGES_AT_ONCE = 500
_MERGE = text("INSERT INTO ticket_search (ticket_search, rank) VALUES ('merge', :pages)")
_CHANGES = text("SELECT total_changes()")
_HOLDS_IN_FTS5 = text("ticket_search MATCH :wanted")
# The tables differ by engine, and are unknown to the models.
_FTS5 = _Statements(
    ticket_id=table("ticket_search", column("rowid", Integer)).c.rowid,
    forget=text("DELETE FROM ticket_search WHERE rowid = :id"),
    write=text(
        "INSERT INTO ticket_search (rowid, care_words, unit_words) VALUES (:id, :care, :unit)"
    ),
    holds_for_care=_HOLDS_IN_FTS5,
    holds_for_units=_HOLDS_IN_FTS5,
)
_FULLTEXT = _Statements(
    ticket_id=table("ticket_search", column("ticket_id", Integer)).c.ticket_id,
    forget=text("DELETE FROM ticket_search WHERE ticket_id = :id"),
    write=text(
        "INSERT INTO ticket_search (ticket_id, care_words, unit_words) VALUES (:id, :care, :unit)"
    ),
    holds_for_care=text("MATCH(care_words) AGAINST (:wanted IN BOOLEAN MODE)"),
    holds_for_units=text("MATCH(unit_words) AGAINST (:wanted IN BOOLEAN MODE)"),
)


def _statements() -> _Statements:
    return _FTS5 if db.engine.dialect.name == "sqlite" else _FULLTEXT
