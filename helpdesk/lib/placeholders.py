"""Words with gaps: ``Keluhan Anda {number} kami terima.`` A gap is a plain name in braces."""

from __future__ import annotations

from collections.abc import Mapping, Set
from string import Formatter
from typing import Any

from flask_babel import lazy_gettext as _l


def placeholders_in(text: str) -> set[str]:
    """The names in braces. Raises ValueError for an attribute, an index or a format, and for a brace
    that stands alone.
    """
    names: set[str] = set()
    for _, name, format_spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        if format_spec or conversion or not name.isidentifier():
            raise ValueError(f"A placeholder is a plain name in braces, not {{{name}}}")
        names.add(name)
    return names


def fault_in(text: str, *, known: Set[str], required: Set[str] = frozenset()) -> Any:
    """A sentence on what is wrong with the gaps of *text*; None when every one can be filled.

    *required* are those that must not be left out.
    """
    try:
        used = placeholders_in(text)
    except ValueError:
        return _l(
            "Braces hold a plain name only, such as {number}. Look for one that stands alone."
        )
    if used - known:
        return _l(
            "Not known here: %(names)s. These are: %(known)s.",
            names=in_braces(used - known),
            known=in_braces(known),
        )
    if required - used:
        return _l("This must not be left out: %(names)s.", names=in_braces(required - used))
    return None


def in_braces(names: Set[str]) -> str:
    """The names as they are typed, in order: *{link}, {number}*."""
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def fill(text: str, values: Mapping[str, str]) -> str:
    """*text* with its gaps filled. Raises ValueError when a value is missing."""
    return text.format_map(_Strict(values))


class _Strict(dict[str, str]):
    """Values by name; a missing one is refused rather than left blank."""

    def __missing__(self, name: str) -> str:
        raise ValueError(f"no value for {name!r}")
