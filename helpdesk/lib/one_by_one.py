"""Many small pieces of work of one round, each in a unit of its own, so that a faulty one never holds up the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from helpdesk.lib.database import unit_of_work
from helpdesk.lib.logs import WORDLESS

log = logging.getLogger(__name__)


def one_by_one(
    what: str,
    ids: Sequence[int],
    handle: Callable[[int], object],
    set_aside: Callable[[int], object],
) -> int:
    """*handle* each; returns how many there were. One that cannot be handled is logged, as *what*, and *set_aside*."""
    for id_ in ids:
        try:
            unit_of_work(partial(handle, id_))
        except Exception:  # whatever it was: the others must not wait for it
            log.exception(
                "%s %s could not be handled and is set aside", what, id_, extra={WORDLESS: True}
            )
            unit_of_work(partial(set_aside, id_))
    return len(ids)
