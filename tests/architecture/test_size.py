"""Size and names: files, functions and views that fit on a screen, modules named after what they do."""

from __future__ import annotations

import ast
import re

from config import ROOT
from tests.architecture.source import Source, product, sources, without_docstring

FILE, TEST_FILE, FUNCTION, VIEW = 300, 500, 40, 15
SHAPELESS = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "data", "misc"}
ROUTES = {"route", "get", "post", "put", "patch", "delete"}


def test_files_fit() -> None:
    long = [
        f"{path}: {lines} lines, at most {limit}"
        for path, lines, limit in _measured_files()
        if lines > limit
    ]
    assert not long, "\n".join(long)


def _measured_files() -> list[tuple[str, int, int]]:
    python = [
        (source.path, len(source.text.splitlines()), TEST_FILE if _is_test(source) else FILE)
        for source in (*product(), *sources("bench", "deploy", "tests"))
    ]
    other = [
        (str(file.relative_to(ROOT)), len(file.read_text(encoding="utf-8").splitlines()), FILE)
        for pattern in ("templates/**/*.html", "static/css/*.css", "static/js/*.js")
        for file in sorted(ROOT.glob(pattern))
    ]
    return python + other


def _is_test(source: Source) -> bool:
    return source.path.startswith("tests/")


def test_functions_fit() -> None:
    """Lines from ``def`` to the end; the docstring is not counted, since words should cost nothing."""
    long = [
        f"{source.where(function)}: {function.name} has {lines} lines, at most {FUNCTION}"
        for source in (*product(), *sources("bench"))
        for function in source.functions()
        if (lines := _lines(function)) > FUNCTION
    ]
    assert not long, "\n".join(long)


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    if len(without_docstring(function.body)) == len(function.body):
        return whole
    docstring = function.body[0]
    return whole - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def test_views_fit() -> None:
    """A view fetches, validates, calls one verb and redirects; what is longer is a rule in the wrong place."""
    long = [
        f"{source.where(function)}: {function.name} has {count} statements, at most {VIEW}"
        for source in sources("helpdesk/web", "helpdesk/api")
        for function in source.functions()
        if _is_view(function) and (count := _statements(function)) > VIEW
    ]
    assert not long, "\n".join(long)


def _is_view(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in ROUTES
        for decorator in function.decorator_list
    )


def _statements(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return sum(
        isinstance(node, ast.stmt)
        for statement in without_docstring(function.body)
        for node in ast.walk(statement)
    )


def test_modules_are_named_after_a_capability() -> None:
    shapeless = [
        source.path
        for source in (*product(), *sources("bench", "tests"))
        for part in source.module.split(".")
        if part in SHAPELESS or re.match(r"process_|part_?\d", part)
    ]
    assert not shapeless


def test_every_package_says_what_belongs_there() -> None:
    silent = [
        source.path
        for source in sources("helpdesk")
        if source.path.endswith("/__init__.py") and not ast.get_docstring(source.tree)
    ]
    assert not silent


def test_every_room_names_its_floor() -> None:
    unplaced = [
        source.path
        for source in sources("helpdesk")
        if source.path.count("/") == 2 and source.path.endswith("/__init__.py")
        if not re.search(r"\bfloor\b", ast.get_docstring(source.tree) or "", re.IGNORECASE)
    ]
    assert not unplaced


def test_the_map_of_the_tickets_shows_every_module() -> None:
    """Whoever comes new finds the one of eighty that they need in the docstring of the package."""
    package = ROOT / "helpdesk/tickets"
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    shown = set(re.findall(r"\w+", ast.get_docstring(tree) or ""))
    assert {module.stem for module in package.glob("*.py")} - shown == {"__init__"}
