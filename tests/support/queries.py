"""Counting what a request asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from helpdesk.lib.database import db


@dataclass
class Queries:
    """The statements that were sent, oldest first."""

    statements: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        return "\n".join(" ".join(statement.split())[:160] for statement in self.statements)

    def steps(self) -> list[str]:
        """What SQLite says that it does for them, in its words: which index it enters, and what it must go through."""
        found: list[str] = []
        with db.engine.connect() as connection:
            for statement in self.statements:
                nothing = (None,) * statement.count("?")
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", nothing)
                found += [row.detail for row in plan]
        return found


@contextmanager
def counted() -> Iterator[Queries]:
    """Note every statement but BEGIN, COMMIT and ROLLBACK; needs an application context for the engine."""
    engine, queries = db.engine, Queries()

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _x: Any, _many: bool) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            queries.statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield queries
    finally:
        event.remove(engine, "before_cursor_execute", note)
