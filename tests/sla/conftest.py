"""The domain with a database, an application context already pushed, and the shipped seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from helpdesk.lib.database import db, unit_of_work
from helpdesk.sla.seed import seed_sla
from tests.sla.hours import WIB

QueryCounter = Callable[[Callable[[], object]], int]


@pytest.fixture
def house(app: Flask) -> Iterator[Flask]:
    """An application context on an empty database."""
    with app.app_context():
        yield app


@pytest.fixture
def seeded(house: Flask) -> Flask:
    """The same after ``seed_sla``, in WIB."""
    unit_of_work(lambda: seed_sla(WIB))
    return house


@pytest.fixture
def queries(house: Flask) -> Iterator[QueryCounter]:
    """How many SELECTs a call sends."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    def count(call: Callable[[], object]) -> int:
        seen.clear()
        call()
        return len(seen)

    event.listen(db.engine, "before_cursor_execute", note)
    yield count
    event.remove(db.engine, "before_cursor_execute", note)
