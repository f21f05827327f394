"""One clock, one commit, one writer of status, and no fault swallowed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import (
    FLOORS,
    Source,
    dotted,
    floor_of,
    product,
    room_of,
)

CLOCK = "helpdesk/lib/clock.py"
DATABASE = "helpdesk/lib/database.py"
WORKFLOW = "helpdesk/tickets/workflow.py"
NOW = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today",
    "datetime.date.today", "time.time", "time.time_ns", "time.localtime", "time.gmtime",
    "func.now", "func.current_timestamp", "func.utc_timestamp", "func.sysdate",
}  # fmt: skip


def test_only_the_clock_knows_the_hour() -> None:
    wrong = [
        f"{source.where(node)}: {name}"
        for source in product()
        if source.path != CLOCK
        for node, name in _asks_the_hour(source)
    ]
    assert not wrong, "use helpdesk.lib.clock.now():\n" + "\n".join(wrong)


def _asks_the_hour(source: Source) -> Iterator[tuple[ast.AST, str]]:
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and dotted(node) in NOW:
            yield node, dotted(node)
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (
                (node, f"time.{alias.name}") for alias in node.names if f"time.{alias.name}" in NOW
            )


def test_only_the_unit_of_work_commits() -> None:
    wrong = [
        source.where(call)
        for source in product()
        if source.path != DATABASE
        for call in source.calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    assert not wrong, "use helpdesk.lib.database.unit_of_work:\n" + "\n".join(wrong)


def test_no_fault_is_swallowed() -> None:
    wrong = [source.where(node) for source in product() for node in source.nodes if _swallows(node)]
    assert not wrong, "\n".join(wrong)


def _swallows(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return _is_everything(node.type) and all(_does_nothing(line) for line in node.body)
    if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "suppress":
        return any(_is_everything(argument) for argument in node.args)
    return False


def _is_everything(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(one is None or dotted(one) in {"Exception", "BaseException"} for one in kinds)


def _does_nothing(line: ast.stmt) -> bool:
    return isinstance(line, ast.Pass | ast.Continue) or (
        isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    )


# --- the one writer of status -----------------------------------------------------------------------------------


def test_only_advance_assigns_the_status_of_a_ticket() -> None:
    """On the floors which know tickets, ``.status`` of a ticket is written in workflow.py alone.

    Other rows (dispositions, inbox rows, messages) have a status of their own; their variables carry the row's
    name, and nothing but that name is looked at, so a ticket hidden behind another name is caught by review.
    """
    wrong = [
        f"{source.where(node)}: {what}"
        for source in product()
        if source.path != WORKFLOW and _knows_tickets(source)
        for node, what in _status_writes(source.tree)
        if _is_of_a_ticket(what, source)
    ]
    assert not wrong, "call workflow.advance:\n" + "\n".join(wrong)


def test_workflow_writes_it_in_advance_or_below() -> None:
    """Nobody can call a writer of status but through ``advance``: the others in the file are private."""
    written_by = {
        function.name
        for source in product()
        if source.path == WORKFLOW
        for function in source.functions()
        if any(_status_writes(function))
    }
    assert {name for name in written_by if not name.startswith("_")} <= {"advance"}


def _knows_tickets(source: Source) -> bool:
    room = room_of(source.module)
    floor = floor_of(room) if room else None
    return floor is None or floor >= FLOORS["tickets"]


def _status_writes(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Each write of a status, with the name of what it is written to."""
    for node in ast.walk(tree):
        for target in _targets(node):
            if isinstance(target, ast.Attribute) and target.attr == "status":
                yield node, dotted(target.value)
        if isinstance(node, ast.Call):
            if dotted(node.func) == "setattr" and _says_status(node.args[1:2]):
                yield node, dotted(node.args[0])
            # update(Ticket).values(status=...), .update({"status": ...})
            elif isinstance(node.func, ast.Attribute) and node.func.attr in {"values", "update"}:
                keys = [
                    key for pair in node.args if isinstance(pair, ast.Dict) for key in pair.keys
                ]
                if any(word.arg == "status" for word in node.keywords) or _says_status(keys):
                    yield node, _table_named_in(node.func)


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return [
            part
            for target in node.targets
            for part in (target.elts if isinstance(target, ast.Tuple) else [target])
        ]
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def _says_status(nodes: list[ast.expr | None] | list[ast.expr]) -> bool:
    return any(
        (isinstance(node, ast.Constant) and node.value == "status")
        or (isinstance(node, ast.Attribute) and dotted(node) == "Ticket.status")
        for node in nodes
    )


def _table_named_in(node: ast.AST) -> str:
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return "Ticket" if names & {"Ticket", "tickets"} else ""


def _is_of_a_ticket(name: str, source: Source) -> bool:
    last = name.split(".")[-1].lower()
    if "ticket" in last:
        return True
    # in the heart, whoever writes a status says whose: only the rows below have one besides the ticket
    others = ("disposition", "question", "clock", "message", "attachment")
    return room_of(source.module) == "tickets" and not any(other in last for other in others)


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("ticket.status = 'closed'", True),
        ("row.ticket.status = 'closed'", True),
        ("ticket.status, x = 'closed', 1", True),
        ("setattr(ticket, 'status', 'closed')", True),
        ("session.execute(update(Ticket).where(Ticket.id == 1).values(status='closed'))", True),
        ("t.status = 'closed'", True),
        ("disposition.status = 'accepted'", False),
        ("if ticket.status == 'closed': pass", False),
    ],
)
def test_the_law_sees(line: str, caught: bool) -> None:
    verb = Source("helpdesk/tickets/closing.py")
    found = [what for _, what in _status_writes(ast.parse(line)) if _is_of_a_ticket(what, verb)]
    assert bool(found) is caught


def test_a_ticket_is_born_in_opening_alone() -> None:
    """A Ticket made elsewhere could be born with any status."""
    wrong = [
        source.where(call)
        for source in product()
        if source.path != "helpdesk/tickets/opening.py"
        for call in source.calls()
        if dotted(call.func).split(".")[-1] == "Ticket"
    ]
    assert not wrong, "\n".join(wrong)
