"""Where our templates live: Flask's environment, with what every template knows in one plain dictionary."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class HouseEnvironment(Environment):
    """Globals are complete before the first template is loaded, so a copy of them serves as well as Jinja's chain.

    Each include and each import of a page looks through all of them, and a chain of dictionaries makes that dear.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows besides its context: *d* before what all know."""
        return {**self.globals, **(d or {})}
