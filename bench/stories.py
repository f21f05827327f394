"""The lives that tickets in the bench have had: each lived once through the real verbs, then copied by the thousand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import time_machine

from helpdesk.accounts.actor import Actor
from helpdesk.intake.admission import admit
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.tickets import answering, closing, dispositions, follow_ups, questions
from helpdesk.tickets.dispositions import Instruction, UnitAnswer
from helpdesk.tickets.escalating import escalate_due
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.states import Channel, Grade, Root, Status
from helpdesk.tickets.ticket import Disposition, Ticket
from tests.support.cast import Cast

Verb = Callable[[Ticket, Actor], object]
LONG_AGO = timedelta(days=40)  # before now; the copies of finished lives are spread around it
_HOUR = timedelta(hours=1)


@dataclass
class Life:
    """One ticket on its way. Every act takes some time, so that the copies have a believable story."""

    cast: Cast
    traveller: time_machine.Traveller
    number: str = field(default="", init=False)

    def wait(self, length: timedelta) -> None:
        """Let time pass, and let the sweep do what became due."""
        self.traveller.shift(length)
        while escalate_due(clock.now()):
            pass

    def complain(self, **facts: object) -> None:
        self.number = self.cast.complain("Obat tidak ada, disuruh beli di luar.", **facts).number

    def triage(self, grade: Grade = Grade.YELLOW) -> None:
        self.traveller.shift(_HOUR)
        self.cast.triage(self.number, grade)

    def dispose(self, *units: str) -> None:
        self.traveller.shift(_HOUR)
        orders = [Instruction(unit_id=self.cast.unit_ids[unit]) for unit in units]
        self.act("sari", lambda ticket, by: dispositions.dispose_ticket(ticket, orders, by=by))

    def accept(self, who: str) -> None:
        self.act(who, lambda t, by: dispositions.accept_disposition(_own(t, by), by=by))
        self.act(who, lambda t, by: follow_ups.record_follow_up(t, "Stok diperiksa.", by=by))

    def submit(self, who: str) -> None:
        answer = UnitAnswer(
            findings="Kiriman terlambat; stok dipindahkan dari gudang.",
            root_cause=Root.SUPPLY,
            draft_answer="Obat sudah tersedia dan dapat diambil.",
        )
        self.traveller.shift(4 * _HOUR)
        self.act(who, lambda t, by: dispositions.submit_answer(_own(t, by), answer, by=by))

    def approve(self) -> None:
        def verb(ticket: Ticket, by: Actor) -> None:
            for one in ticket.dispositions:
                if one.status == "submitted":
                    answering.approve_answer(one, by=by)

        self.act("sari", verb)

    def answer(self) -> None:
        self.act("sari", lambda t, by: answering.answer_ticket(t, "Obat sudah tersedia.", by=by))

    def ask(self) -> None:
        question = "Siapa nama dokter pada resepnya?"
        self.act("sari", lambda t, by: questions.ask_complainant(t, question, by=by))

    def says(self, verb: Verb) -> None:
        """The complainant acts."""

        def unit() -> None:
            ticket = self.cast.ticket(self.number)
            verb(ticket, Actor.complainant(ticket.id, "Wati"))

        self.traveller.shift(3 * _HOUR)
        unit_of_work(unit)

    def act(self, who: str, verb: Verb) -> None:
        self.cast.act(who, self.number, verb)


@dataclass(frozen=True)
class Story:
    """A way to live, how many in a thousand of its kind live it, and for open ones how long ago they began."""

    name: str
    share: int
    live: Callable[[Life], None]
    began: timedelta = LONG_AGO

    @property
    def is_open(self) -> bool:
        return self.began != LONG_AGO


def live(story: Story, cast: Cast, now: datetime) -> str:
    """Live *story* up to *now* at the latest; gives the number of its ticket."""
    with time_machine.travel(now - story.began, tick=False) as traveller:
        life = Life(cast, traveller)
        story.live(life)
        return life.number


def _own(ticket: Ticket, by: Actor) -> Disposition:
    return next(one for one in ticket.dispositions if one.unit_id in by.unit_ids and one.is_open)


def _at_unit(life: Life) -> None:
    life.complain()
    life.triage()
    life.dispose("farmasi")


def _answered(life: Life) -> None:
    _at_unit(life)
    life.submit("budi")
    life.approve()
    life.answer()


def _confirmed(life: Life) -> None:
    _answered(life)
    life.says(lambda t, by: closing.confirm_solved(t, by=by))


def _assumed(life: Life) -> None:
    life.complain(channel=Channel.COUNTER)
    life.triage(Grade.GREEN)
    life.dispose("keperawatan")
    life.act(
        "sari", lambda t, by: dispositions.recall_disposition(t.dispositions[0], "Keliru.", by=by)
    )
    life.answer()
    life.wait(timedelta(days=12))


def _by_two_units(life: Life) -> None:
    life.complain()
    life.triage()
    life.dispose("farmasi", "keuangan")
    life.accept("budi")
    life.submit("budi")
    life.submit("tono")
    life.approve()
    life.answer()
    life.says(lambda t, by: closing.confirm_solved(t, by=by))
    life.says(lambda t, by: closing.rate_handling(t, 4, "Cukup cepat.", by=by))


def _asked_and_reopened(life: Life) -> None:
    _at_unit(life)
    life.ask()
    life.says(lambda t, by: questions.add_message(t, "dr. Rina", by=by))
    life.submit("budi")
    life.approve()
    life.answer()
    life.says(lambda t, by: closing.object_to_answer(t, "Obatnya belum ada.", by=by))
    life.dispose("farmasi")
    life.submit("budi")
    life.approve()
    life.answer()
    life.says(lambda t, by: closing.confirm_solved(t, by=by))


def _on_the_spot(life: Life) -> None:
    recorder = life.cast.user_ids["joko"]
    spot = Submission(
        text="Kursi roda tidak ada.",
        channel=Channel.COUNTER,
        name="Wati",
        phone="0812-3456-0172",
        solution="Kursi roda diambilkan.",
        grade=Grade.GREEN,
        recorded_by_id=recorder,
    )
    by = life.cast.actor("joko")
    life.number = unit_of_work(lambda: admit(spot, by=by)).number


def _not_ours(life: Life) -> None:
    life.complain(channel=Channel.WHATSAPP)
    life.act("sari", lambda t, by: leave_by_exit(t, Status.NOT_OURS, "Urusan kelurahan.", by=by))


def _anonymous(life: Life) -> None:
    life.complain(wish=Wish.ANONYMOUS)
    life.triage()
    life.dispose("keuangan")
    life.submit("tono")
    life.approve()
    life.answer()
    life.wait(timedelta(days=12))


def _received(life: Life) -> None:
    life.complain()


def _triaged(life: Life) -> None:
    life.complain(channel=Channel.FACEBOOK)
    life.triage(Grade.GREEN)


def _accepted(life: Life) -> None:
    _at_unit(life)
    life.accept("budi")


def _in_review(life: Life) -> None:
    life.complain(wish=Wish.CONFIDENTIAL)
    life.triage()
    life.dispose("farmasi", "keuangan")
    life.submit("budi")
    life.submit("tono")


def _waiting(life: Life) -> None:
    _at_unit(life)
    life.ask()


def _late(life: Life) -> None:
    _accepted(life)
    life.wait(timedelta(days=6))


CLOSED = (
    Story("confirmed", 300, _confirmed),
    Story("closed by silence", 120, _assumed),
    Story("two units", 130, _by_two_units),
    Story("asked, reopened", 30, _asked_and_reopened),
    Story("on the spot", 220, _on_the_spot),
    Story("not ours", 140, _not_ours),
    Story("anonymous", 60, _anonymous),
)
OPEN = (
    Story("received", 200, _received, timedelta(hours=2)),
    Story("triaged", 150, _triaged, timedelta(days=1)),
    Story("with a unit", 200, _at_unit, timedelta(days=2)),
    Story("being worked on", 150, _accepted, timedelta(days=2)),
    Story("in review", 100, _in_review, timedelta(days=2)),
    Story("waiting", 50, _waiting, timedelta(days=2)),
    Story("answered", 100, _answered, timedelta(days=3)),
    Story("late", 50, _late, timedelta(days=8)),
)
