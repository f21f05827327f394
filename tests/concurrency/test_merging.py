"""Two people join the same two tickets crosswise at one moment: one is joined, and there is never a circle."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import select

from config import Settings
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.tickets import access
from helpdesk.tickets.merging import merge_ticket
from helpdesk.tickets.ticket import Ticket
from tests.concurrency.wholeness import whole_tickets
from tests.support.cast import Cast
from tests.support.processes import meet, together

PAIRS = 8


def join(cast: Cast, name: str, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Join the first of each pair to the second, at the moment the other does it the other way round."""
    told = []
    for follower, leading in pairs:
        meet()
        told.append(attempt(cast, name, follower, leading))
        meet()
    return told


def attempt(cast: Cast, name: str, follower: str, leading: str) -> str:
    def unit() -> None:
        by = cast.actor(name)
        ticket = access.find_to_change(by, follower)
        merge_ticket(ticket, access.find_to_change(by, leading), "Sama.", by=by)

    try:
        unit_of_work(unit)
    except (Conflict, Invalid):
        return "refused"
    return name


def test_crosswise_one_follows_and_one_leads(cast: Cast, settings: Settings) -> None:
    pairs = [(cast.complain().number, cast.complain().number) for _ in range(PAIRS)]
    swapped = [(second, first) for first, second in pairs]
    sari, dimas = together(
        settings, [partial(join, cast, "sari", pairs), partial(join, cast, "dimas", swapped)]
    )
    for one, other in zip(sari, dimas, strict=True):
        assert sorted((one, other), key=len)[1] == "refused" or {one, other} == {"refused", one}
        assert (one == "refused") is not (other == "refused")
    tickets = whole_tickets()
    for first, second in pairs:
        follows = [tickets[number].merged_into_id for number in (first, second)]
        assert follows.count(None) == 1
    chains = select(Ticket.id).where(
        Ticket.merged_into_id.in_(select(Ticket.id).where(Ticket.merged_into_id.is_not(None)))
    )
    assert db.session.scalars(chains).all() == []
