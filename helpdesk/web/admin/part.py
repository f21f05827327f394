"""One line of the page "Is everything well?"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """How one part is. *advice* is what to do, and only shown when *is_well* is not.

    Of a part that is not *is_known* nobody has looked, or is meant to: no reason to worry, and none to say "well".
    """

    name: str
    picture: str
    is_well: bool
    state: str
    last: str = ""
    advice: str = ""
    endpoint: str = ""
    is_known: bool = True
