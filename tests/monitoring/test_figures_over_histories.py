"""Whatever happens to several tickets, the figures are those that somebody would count from their timelines."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from sqlalchemy import select, text, update

from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import HouseError
from helpdesk.monitoring.conditions import Figure, Question, condition_of
from helpdesk.monitoring.day_fact import CountedDay, DayFact
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.figures import figures_of, trend
from helpdesk.monitoring.period import Period, PeriodKind
from helpdesk.tickets import access, merging
from helpdesk.tickets.following import has_followers
from helpdesk.tickets.moves import Move
from helpdesk.tickets.ticket import Ticket
from tests.monitoring.by_hand import ByHand, received_on
from tests.monitoring.lives import all_lives
from tests.support.cast import Cast
from tests.tickets.test_histories import History

BEGINS = datetime(2026, 9, 21, 3, tzinfo=UTC)  # Monday, 10.00 WIB
TICKETS = 5
TURNS = 30
RANDOM = settings(
    phases=[Phase.reuse, Phase.generate],  # no shrinking, which takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
APART = (timedelta(0), timedelta(hours=9), timedelta(days=3), timedelta(days=40))
OUTCOMES = {
    Figure.KEPT: "kept",
    Figure.MISSED: "missed",
    Figure.PENDING: "pending",
    Figure.LEFT: "left",
}
ROUNDS = {Figure.HOP_KEPT: "kept", Figure.HOP_MISSED: "missed", Figure.HOP_PENDING: "pending"}
LATER = (timedelta(0), timedelta(hours=30), timedelta(days=8))


class Tale(History):
    """A history that is looked at by counting."""

    def look(self) -> None:
        db.session.rollback()

    def may_meet_refusal(self, move: Move) -> bool:
        """A complaint that others follow does not leave, nor does it become praise."""
        is_bound = move in (Move.EXIT, Move.RECLASSIFY) and has_followers(
            db.session.get_one(Ticket, self.ticket_id)
        )
        return is_bound or super().may_meet_refusal(move)

    def join(self, other: str) -> None:
        """Customer care lets it follow the *other*, or separates it where it follows one, if that may be."""

        def unit() -> None:
            by = self.cast.actor("dimas")
            ticket = access.find_to_change(by, self.number)
            if ticket.merged_into_id:
                merging.split_ticket(ticket, "Ternyata lain.", by=by)
            else:
                leading = access.find_to_change(by, other)
                merging.merge_ticket(ticket, leading, "Hal yang sama.", by=by)

        with suppress(HouseError):
            unit_of_work(unit)


def must_agree(cast: Cast, at: datetime, turn: int) -> None:
    """The figures of the present month, quarter and year, of the house and of two units, and what they open.

    What they open is most of the work, so at each *turn* each period opens the tickets of one of the three.
    """
    db.session.rollback()
    db.session.expire_all()
    day = at.date()
    lives = all_lives()
    units = [None, cast.unit_ids["farmasi"], cast.unit_ids["keuangan"]]
    for opened, kind in enumerate(PeriodKind, turn):
        period = Period.containing(day, kind)
        for place, unit_id in enumerate(units):
            by_hand = ByHand(lives, period, at, unit_id)
            by_hand.must_equal(figures_of(period, at, unit_id=unit_id))
            for point in trend(period, at, unit_id=unit_id):
                expected = ByHand(lives, point.period, at, unit_id).promise_by_grade()
                assert point.by_grade == expected
            if (place - opened) % len(units) == 0:
                must_open_its_tickets(by_hand)


def must_open_its_tickets(by_hand: ByHand) -> None:
    """Every figure that counts tickets opens just those."""
    at, period, unit_id = by_hand.at, by_hand.period, by_hand.unit_id

    def opens(figure: Figure, key: str = "") -> set[int]:
        question = Question(figure, period, unit_id=unit_id, key=key)
        return set(db.session.scalars(select(Ticket.id).where(condition_of(question, at))))

    ids = by_hand.ids
    for figure, outcome in OUTCOMES.items():
        assert opens(figure) == ids(by_hand.has_outcome(outcome)), figure
    assert opens(Figure.RECEIVED) == ids(lambda life: True)
    assert opens(Figure.ANSWERED) == ids(lambda life: life.answered_at is not None)
    assert opens(Figure.OPEN) == ids(lambda life: life.is_open)
    assert opens(Figure.EXIT) == ids(lambda life: bool(life.exit))
    assert opens(Figure.CLOSING) == ids(lambda life: bool(life.closing))
    assert opens(Figure.RATED, "5") == ids(lambda life: life.score == 5)
    assert opens(Figure.REOPENED) == ids(lambda life: life.reopenings > 0)
    assert opens(Figure.RESTRICTED) == ids(lambda life: life.access == "restricted")
    assert opens(Figure.DISPOSED) == ids(lambda life: bool(life.units))
    assert opens(Figure.CHANNEL, "web") == ids(lambda life: life.ticket.channel == "web")
    assert opens(Figure.HOUR, "10") == ids(
        lambda life: life.ticket.received_at.astimezone().hour == 3
    )
    assert opens(Figure.WEEKDAY, "0") == ids(lambda life: received_on(life).weekday() == 0)
    assert opens(Figure.WEEKDAY_HOUR, "4-10") == ids(
        lambda life: (
            received_on(life).weekday() == 4 and life.ticket.received_at.astimezone().hour == 3
        )
    )
    assert opens(Figure.CATEGORY, "1") == ids(lambda life: life.category_id == 1)
    assert opens(Figure.PLACE, "1") == ids(lambda life: life.place_id == 1)
    assert opens(Figure.PLACE, "0") == ids(lambda life: life.place_id is None)
    assert opens(Figure.AGAIN, "1") == ids(by_hand.came_again)
    for figure, outcome in ROUNDS.items():
        assert opens(figure) == ids(by_hand.has_round(outcome)), figure


def forget_everything() -> None:
    """One database serves all histories: what the last one left is swept out."""
    gone = {Ticket.__tablename__, DayFact.__tablename__, CountedDay.__tablename__}
    tables = db.metadata.sorted_tables
    for table in tables:
        if any(key.column.table.name in gone for key in table.foreign_keys):
            gone.add(table.name)
    # Or they could not go before each other
    db.session.execute(update(Ticket).values(merged_into_id=None))
    for table in reversed(tables):
        if table.name in gone:
            db.session.execute(table.delete())
    db.session.execute(text("DELETE FROM ticket_search"))


@pytest.mark.engines("sqlite")
@settings(RANDOM, max_examples=8)
@given(data=st.data())
def test_figures_are_what_the_timelines_tell(cast: Cast, data: DataObject) -> None:
    live_and_count(cast, data)


@pytest.mark.engines("mariadb")
@settings(
    RANDOM, max_examples=3
)  # of the same statements, each of which is asked many times in one
@given(data=st.data())
def test_they_are_no_others_on_mariadb(cast: Cast, data: DataObject) -> None:
    live_and_count(cast, data)


def live_and_count(cast: Cast, data: DataObject) -> None:
    """One random history of several tickets, counted now and then."""
    with time_machine.travel(BEGINS, tick=False) as travels:
        unit_of_work(forget_everything)
        tales: list[Tale] = []
        for turn in range(TURNS):
            travels.shift(timedelta(minutes=7))
            if len(tales) < TICKETS and data.draw(st.booleans(), label="another complains"):
                travels.shift(data.draw(st.sampled_from(APART), label="some time later"))
                tales.append(Tale(cast, data, travels))
            elif tales and data.draw(st.integers(0, 4), label="the same as another?") == 0:
                one, other = (data.draw(st.sampled_from(tales)) for _ in range(2))
                one.join(other.number)
            elif tales:
                data.draw(st.sampled_from(tales), label="whose turn").go_on()
            if data.draw(st.integers(0, 5), label="count?") == 0:
                settle_days(clock.now())
                later = data.draw(st.sampled_from(LATER), label="asked so much later")
                must_agree(cast, clock.now() + later, turn)
