"""Imports and foreign keys only go down."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.schema import owners, tables
from tests.architecture.source import (
    FLOORS,
    FORBIDDEN,
    NEIGHBOURS,
    Source,
    floor_of,
    product,
    room_of,
)

# app.py wires the demo in when settings say so; nobody else knows that a demo or a simulator exists.
STAGE = {"demo", "simulator"}
MAY_IMPORT_STAGE = {"app", "cli"}
# The one list of doors, which app.py reads: it names them, and takes nothing else from them.
NAMES_THE_DOORS = "helpdesk.web.doors"


def may_know(importer: str, imported: str) -> bool:
    """May a line in one room name another room?"""
    if importer == imported:
        return True
    if (importer, imported) in FORBIDDEN:
        return False
    if imported in STAGE and importer not in MAY_IMPORT_STAGE:
        return False
    if (importer, imported) in NEIGHBOURS:
        return True
    above, below = floor_of(importer), floor_of(imported)
    return above is not None and below is not None and above > below


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("tickets", "registry", True),
        ("registry", "tickets", False),
        ("registry", "catalogue", False),
        ("accounts", "audit", True),
        ("audit", "accounts", False),
        ("outreach", "queueing", True),
        ("queueing", "outreach", False),
        ("web/staff", "web/public", False),
        ("web/staff", "web", True),
        ("web/staff", "demo", False),
        ("cli", "demo", True),
        ("app", "web/staff", True),
        ("lib", "audit", False),
    ],
)
def test_the_table_itself(importer: str, imported: str, allowed: bool) -> None:
    assert may_know(importer, imported) is allowed


def test_every_room_is_in_the_table() -> None:
    unknown = {
        room for source in product() if (room := room_of(source.module)) and floor_of(room) is None
    }
    assert not unknown, (
        f"nobody gave these rooms a floor: {sorted(unknown)}; known are {sorted(FLOORS)}"
    )


def test_imports_go_down() -> None:
    wrong = [
        f"{source.where(node)}: {importer} must not know {imported}"
        for source in product()
        if (importer := room_of(source.module))
        for node, module in imports_of(source)
        if (imported := room_of(module))
        and not may_know(importer, imported)
        and not (source.module == NAMES_THE_DOORS and imported.startswith("web/"))
    ]
    assert not wrong, "\n".join(wrong)


def imports_of(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Every module a file names, also inside functions and for type checkers only."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from helpdesk.web import filters` names a module or a name; the longer path tells the room
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def test_foreign_keys_go_down() -> None:
    owner = owners()
    wrong = [
        f"{table.name}.{key.parent.name} → {key.column.table.name}: {here} must not point at {there}"
        for table in tables()
        for key in table.foreign_keys
        if (here := room_of(owner[table.name])) and (there := room_of(owner[key.column.table.name]))
        if not may_know(here, there)
    ]
    assert not wrong, "\n".join(wrong)
