"""The schema as the laws read it: every model imported, every table with the module that owns it."""

from __future__ import annotations

import importlib
from functools import lru_cache

from sqlalchemy import Table

from tests.architecture.source import sources


@lru_cache
def tables() -> tuple[Table, ...]:
    """Every table of the house, once all its domains are imported."""
    from helpdesk.lib.database import db

    for source in sources("helpdesk"):
        if "mapped_column" in source.text or "db.Table" in source.text:
            importlib.import_module(source.module)
    return tuple(db.metadata.sorted_tables)


@lru_cache
def owners() -> dict[str, str]:
    """The module whose class maps each table."""
    from helpdesk.lib.database import db

    tables()
    return {
        mapper.local_table.name: mapper.class_.__module__
        for mapper in db.Model.registry.mappers
        if isinstance(mapper.local_table, Table)
    }
