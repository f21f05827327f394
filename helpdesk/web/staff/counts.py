"""Counts beside the views, kept for as long as nothing happens to any ticket.

Counting reads up to a thousand rows for each view; asking for the newest event reads one. So a count is kept, in this
process, under the newest event's id and the present ten seconds: the latter because deadlines pass without an event,
and because two events that commit at the same moment may become visible in the other order.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from flask import current_app

from helpdesk.accounts.actor import Actor
from helpdesk.tickets.worklist import Desk, View, count_views

Counts = dict[tuple[Desk, View], int]

EVERY = 10  # seconds; live.js asks as often
_KEPT = 500  # readers
_EXTENSION = "view_counts"


def counts_for(actor: Actor, desks: Sequence[Desk], at: datetime, newest_event_id: int) -> Counts:
    """What lies under each view, as of the newest event."""
    shelf: OrderedDict[Actor, tuple[str, Counts]]
    shelf = current_app.extensions.setdefault(_EXTENSION, OrderedDict())
    token = token_of(actor, at, newest_event_id)
    kept = shelf.get(actor)
    if kept is not None and kept[0] == token:
        return kept[1]
    counts = count_views(actor, desks, at)
    shelf[actor] = (token, counts)
    shelf.move_to_end(actor)
    while len(shelf) > _KEPT:
        shelf.popitem(last=False)
    return counts


def token_of(actor: Actor, at: datetime, newest_event_id: int, *more: object) -> str:
    """Changes whenever the counts might; names the reader, what they may see, and whatever else the answer shows."""
    slot = int(at.timestamp()) // EVERY
    seen = (
        newest_event_id,
        slot,
        actor.user_id,
        sorted(actor.roles),
        sorted(actor.unit_ids),
        *more,
    )
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:24]
