"""What is written about the house and its people has the length that its column has, whichever way it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, inspect

from helpdesk.lib.database import Model


def too_long(table: type[Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """A sentence for each of the *values* that has more characters than the column of its name."""
    columns = inspect(table).columns
    problems = {}
    for name, value in values.items():
        kind = columns[name].type
        most = kind.length if isinstance(kind, String) else None
        if isinstance(value, str) and most is not None and len(value) > most:
            problems[name] = _l("Write at most %(most)d characters.", most=most)
    return problems
