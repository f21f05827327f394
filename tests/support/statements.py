"""Statements compiled once: every test has an engine of its own, and would compile all its SQL again."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import Engine

from helpdesk.lib.database import db

_first: dict[str, Engine] = {}


def share_compiled_statements(app: Flask) -> None:
    """Let *app* know what earlier applications on the same kind of database have compiled, as on a server that runs.

    SQLAlchemy keeps compiled statements by engine and by dialect; our engines differ in their URL alone.
    """
    with app.app_context():
        engine = db.engine
    name = engine.dialect.name
    if name not in _first:
        engine.connect().close()  # only the first connection of an engine teaches its dialect which server it meets
        _first[name] = engine
    like = _first[name]
    engine.dialect = like.dialect
    engine._compiled_cache = like._compiled_cache
