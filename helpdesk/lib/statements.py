"""Statements that are built once and kept, because building takes longer than running."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter, literal


def values_of(values: Iterable[object]) -> list[BindParameter[Any]]:
    """*values* for ``in_``: a plain list would be written into the statement's words anew at every run."""
    return [literal(value) for value in values]
