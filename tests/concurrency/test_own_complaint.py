"""Two officers make a complaint of one message at the same moment: there is one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import func, select

from config import Settings
from helpdesk.intake.own_complaint import make_own_complaint
from helpdesk.intake.submission import Submission
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Channel
from helpdesk.tickets.ticket import Ticket
from tests.concurrency.wholeness import whole_tickets
from tests.support.cast import Cast
from tests.support.processes import meet, together

MESSAGES = 4


def make_all(cast: Cast, name: str, said: Sequence[tuple[str, int]]) -> list[bool]:
    """Make one of each, at the moment the other does."""
    told = []
    for number, event_id in said:
        meet()
        told.append(attempt(cast, name, number, event_id))
    return told


def attempt(cast: Cast, name: str, number: str, event_id: int) -> bool:
    matter = Submission(text=f"AC mati, kata {name}.", channel=Channel.WEB)
    try:
        unit_of_work(lambda: make_own_complaint(number, event_id, matter, by=cast.actor(name)))
    except Conflict:
        return False
    return True


def test_one_of_two_officers_makes_it(cast: Cast, settings: Settings) -> None:
    numbers = [cast.complain(f"Hal ke-{place}.").number for place in range(MESSAGES)]
    opened = select(TicketEvent.id).where(TicketEvent.kind == "open").order_by(TicketEvent.id)
    said = list(zip(numbers, db.session.scalars(opened), strict=True))
    sari, dimas = together(
        settings, [partial(make_all, cast, name, said) for name in ("sari", "dimas")]
    )
    assert [one + other for one, other in zip(sari, dimas, strict=True)] == [1] * MESSAGES
    assert len(whole_tickets()) == db.session.scalar(select(func.count(Ticket.id))) == 2 * MESSAGES
