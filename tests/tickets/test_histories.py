"""Random histories: whatever people do, in whatever order, a ticket never contradicts itself.

In each turn somebody takes a step that is open to them, or tries one that is not, or time passes and the worker
sweeps. After every turn the ticket, its dispositions, questions, clocks, events and readers must agree.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.intake.admission import Admitted, admit
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, HouseError, Invalid, NotFound
from helpdesk.tickets import access
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.escalating import climb
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import Question, SlaClock
from helpdesk.tickets.states import STILL_THEIRS, Channel
from helpdesk.tickets.unanswered import look_at_question
from helpdesk.tickets.workflow import moves_open_to
from tests.support.cast import Cast
from tests.tickets.agreement import Chronicle, must_agree
from tests.tickets.histories import ACTS, NothingToDo, Turn

BEGINS = datetime(2026, 11, 16, 3, tzinfo=UTC)  # Monday, 10.00 WIB
STAFF = ("sari", "dimas", "ratih", "budi", "lestari", "tono", "hanifah", "ayu", "joko")
COMPLAINANT = "the complainant"
EVERYBODY = (COMPLAINANT, *STAFF)
ONLY_A_TELEPHONE = {"whatsapp": "", "phone": "0751-555123"}
TURNS = 14
RANDOM = settings(
    # no shrinking, which takes minutes: a failure tells its history
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TIMES = tuple(timedelta(hours=hours) for hours in (1, 5, 30, 100, 400))


class History:
    """One ticket and what happens to it."""

    def __init__(self, cast: Cast, data: DataObject, travels: time_machine.Traveller) -> None:
        self.cast, self.data, self.travels = cast, data, travels
        wish = data.draw(st.sampled_from(list(Wish)), label="wish")
        is_solved = data.draw(st.sampled_from([False] * 5 + [True]), label="solved on the spot")
        place_id = data.draw(st.sampled_from([None, *cast.place_ids.values()]), label="where")
        way = data.draw(st.sampled_from([{}, {}, ONLY_A_TELEPHONE]), label="way back")
        admitted = (
            self.solve_at_counter(wish)
            if is_solved
            else cast.complain(wish=wish, place_id=place_id, **way)
        )
        self.ticket_id, self.number = admitted.ticket.id, admitted.number
        self.chronicle = Chronicle(self.ticket_id)

    def solve_at_counter(self, wish: Wish) -> Admitted:
        """Recorded and solved in one screen, as is possible at no other moment."""
        by = self.cast.actor("joko")
        said = Submission(
            text="Antrean lama.",
            channel=Channel.COUNTER,
            wish=wish,
            recorded_by_id=by.user_id,
            solution="Dipanggil lebih dulu.",
        )
        return unit_of_work(lambda: admit(said, by=by))

    def go_on(self) -> None:
        """One more turn, and the look at everything after it."""
        turn = self.data.draw(st.sampled_from(["act", "act", "act", "try", "wait"]), label="turn")
        {"act": self.act, "try": self.try_what_is_closed, "wait": self.wait}[turn]()
        self.look()

    def act(self) -> None:
        """Somebody takes a step that is open to them: it works, but for what a button cannot know."""
        first = self.data.draw(st.integers(0, len(EVERYBODY) - 1), label="first asked")
        for who in EVERYBODY[first:] + EVERYBODY[:first]:
            if moves := sorted(self.open_to(who) & ACTS.keys()):
                break
        else:
            return
        move = self.data.draw(st.sampled_from(moves), label=f"step of {who}")
        may_meet_refusal = self.may_meet_refusal(move)
        try:
            self.take(who, move)
        except NothingToDo:
            return
        except (Conflict, Invalid):
            assert may_meet_refusal, f"{who} was offered {move} and refused it"

    def try_what_is_closed(self) -> None:
        """Somebody sends a step that is not open to them, as from an old page: refused, and nothing changes."""
        who = self.data.draw(st.sampled_from(EVERYBODY), label="who tries")
        moves = sorted(ACTS.keys() - self.open_to(who))
        move = self.data.draw(st.sampled_from(moves), label="closed step")
        before = self.chronicle.events()
        try:
            with pytest.raises(HouseError):
                self.take(who, move)
        except NothingToDo:
            return
        assert self.chronicle.events() == before

    def wait(self) -> None:
        """Time passes, and the worker sweeps."""
        self.travels.shift(self.data.draw(st.sampled_from(TIMES), label="time passes"))
        asked = select(Question.id).where(
            Question.ticket_id == self.ticket_id, Question.look_at <= clock.now()
        )
        for question_id in list(db.session.scalars(asked)):
            unit_of_work(partial(look_at_question, question_id, clock.now()))
        due = select(SlaClock.id).where(
            SlaClock.ticket_id == self.ticket_id, SlaClock.look_at <= clock.now()
        )
        for clock_id in list(db.session.scalars(due.order_by(SlaClock.look_at))):
            unit_of_work(partial(climb, clock_id, clock.now()))
        db.session.rollback()
        assert list(db.session.scalars(due)) == list(db.session.scalars(asked)) == []

    def look(self) -> None:
        db.session.rollback()
        db.session.expire_all()
        staff = [self.cast.actor(name) for name in STAFF]
        must_agree(self.ticket_id, staff)
        self.chronicle.must_have_only_grown(staff)

    def take(self, who: str, move: Move) -> None:
        def unit() -> None:
            by = self.actor(who)
            ticket = access.find_to_change(by, self.number)
            ACTS[move](Turn(self.cast, self.data, ticket, by))

        unit_of_work(unit)
        note(f"{clock.now():%a %d %H:%M} {who}: {move}")

    def open_to(self, who: str) -> set[Move]:
        """What the buttons on this person's page would be; none for whom there is no page."""
        db.session.rollback()
        by = self.actor(who)
        try:
            return moves_open_to(access.find_for(by, self.number), by)
        except NotFound:
            return set()

    def may_meet_refusal(self, move: Move) -> bool:
        """A unit that has the ticket may keep it from leaving or from being hidden; after the window nobody objects."""
        ticket = access.find_for(Actor.complainant(self.ticket_id), self.number)
        is_with_unit = {sent.status for sent in ticket.dispositions} & STILL_THEIRS
        return move is Move.OBJECT or (move in (Move.EXIT, Move.GUARD) and bool(is_with_unit))

    def actor(self, who: str) -> Actor:
        if who == COMPLAINANT:
            return Actor.complainant(self.ticket_id, "Wati")
        return self.cast.actor(who)


@pytest.mark.engines("sqlite")
@settings(RANDOM, max_examples=10)
@given(data=st.data())
def test_whatever_happens_a_ticket_agrees_with_itself(cast: Cast, data: DataObject) -> None:
    live_and_look(cast, data)


@pytest.mark.engines("mariadb")
@settings(RANDOM, max_examples=4)  # what may happen next is decided by no engine
@given(data=st.data())
def test_it_does_so_on_mariadb(cast: Cast, data: DataObject) -> None:
    live_and_look(cast, data)


def live_and_look(cast: Cast, data: DataObject) -> None:
    """One random history of a ticket, looked at after every turn."""
    with time_machine.travel(BEGINS, tick=False) as travels:
        history = History(cast, data, travels)
        history.look()
        for _ in range(TURNS):
            history.travels.shift(timedelta(minutes=7))
            history.go_on()
        assert list(wrong_clocks()) == []
