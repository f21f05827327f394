"""The source as the laws read it: every file parsed once, with its place in the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from config import ROOT

# Which room stands on which floor: imports and foreign keys only go down.
FLOORS: dict[str, float] = {
    "app": 7,
    "models": 7,  # names every model, for migrations
    "web/*": 6,  # one door per audience
    "api": 6,
    "cli": 6,
    "worker": 6,
    "housekeeping": 6,  # the worker's broom
    "backup_alarm": 6,  # reads backups back for the worker, and tells administrators
    "demo": 6,
    "simulator": 6,
    "web": 5.5,  # what the doors share
    "monitoring": 5,
    "intake": 4,
    "queueing": 3.5,
    "outreach": 3.5,
    "referrals": 3.5,
    "improvements": 3.5,
    "tickets": 3,
    "registry": 2,
    "catalogue": 2,
    "sla": 2,
    "messaging": 2,
    "letters": 2,
    "backup": 2,
    "accounts": 1,
    "audit": 1,
    "lib": 0,
}
# Neighbours do not know each other, but for these.
NEIGHBOURS = {
    ("outreach", "queueing"),
    ("accounts", "audit"),
    ("cli", "demo"),
    ("cli", "simulator"),
    ("cli", "worker"),  # `flask work` starts it
    ("worker", "housekeeping"),
    ("worker", "backup_alarm"),
}
FORBIDDEN = {
    # audit stores the actor's id and label, so that it needs no other domain
    ("audit", "accounts"),
}


@dataclass(frozen=True)
class Source:
    """One Python file, named by its path from the root, such as ``helpdesk/tickets/workflow.py``."""

    path: str

    @cached_property
    def text(self) -> str:
        return (ROOT / self.path).read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Everything in it, walked through once for all laws."""
        return list(ast.walk(self.tree))

    @property
    def module(self) -> str:
        """The dotted name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def where(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}"

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def calls(self) -> Iterator[ast.Call]:
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield node


def room_of(module: str) -> str | None:
    """The room a module of the house belongs to: ``tickets``, ``web``, ``web/staff``; None for the house itself."""
    parts = module.split(".")
    if parts[0] != "helpdesk" or len(parts) < 2:
        return None
    if parts[1] == "web" and len(parts) > 2 and (ROOT / "helpdesk" / "web" / parts[2]).is_dir():
        return f"web/{parts[2]}"
    return parts[1]


def floor_of(room: str) -> float | None:
    """The floor of a room, None where it was given none."""
    return FLOORS.get("web/*" if room.startswith("web/") else room)


@lru_cache
def sources(*tops: str) -> tuple[Source, ...]:
    """Every Python file under the named folders, and the named files, that exist."""
    found = []
    for top in tops:
        place = ROOT / top
        files = [place] if place.is_file() else sorted(place.rglob("*.py"))
        found += [Source(str(file.relative_to(ROOT))) for file in files]
    return tuple(found)


def product() -> tuple[Source, ...]:
    """What is installed and run."""
    return sources("helpdesk", "config.py", "wsgi.py")


def templates() -> tuple[Path, ...]:
    return tuple(sorted(file for file in (ROOT / "templates").rglob("*") if file.is_file()))


def dotted(node: ast.AST) -> str:
    """``a.b.c`` for a chain of names, '' for anything else at its root."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        root = dotted(node.value)
        return f"{root}.{node.attr}" if root else node.attr
    return ""


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return body[1:]
    return body
