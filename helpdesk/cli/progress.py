"""A bar for work that takes a while, drawn only where somebody looks at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from helpdesk.backup import Progress

_WIDTH = 10  # of the longest name of a step


@contextmanager
def bars() -> Iterator[Progress]:
    """What to give to work that tells its progress: a bar for every step, one under the other.

    They go to stderr, so that what a command says on stdout can be kept.
    """
    shown: dict[str, Any] = {}

    def tell(step: str, done: int, total: int) -> None:
        if step not in shown:
            _end(shown)
            label = step.capitalize().ljust(_WIDTH)
            shown[step] = click.progressbar(length=100, label=label, file=sys.stderr)
            shown[step].__enter__()
        share = min(100, done * 100 // total) if total else 100
        shown[step].update(share - shown[step].pos)

    def silence(_step: str, _done: int, _total: int) -> None:
        """Nobody looks."""

    yield tell if sys.stderr.isatty() else silence
    _end(shown)


def _end(shown: dict[str, Any]) -> None:
    """Fill and close the last bar; a size that was only reckoned may have stopped it early."""
    for bar in list(shown.values())[-1:]:
        bar.update(100 - bar.pos)
        bar.__exit__(None, None, None)
