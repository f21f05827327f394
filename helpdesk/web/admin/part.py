"""One line of the page "Is everything well?"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Part:
    """How one part is. *advice* is what to do, and only shown when *is_well* is not; *endpoint* with *values*: where.

    Of a part that is not *is_known* nobody has looked, or is meant to: no reason to worry, and none to say "well".
    """

    name: str
    picture: str
    is_well: bool
    state: str
    last: str = ""
    advice: str = ""
    endpoint: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    is_known: bool = True
