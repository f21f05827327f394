"""What people can do in a random history, each with arguments that a form would let through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.errors import Conflict
from helpdesk.lib.uploads import Received
from helpdesk.tickets import (
    access,
    amending,
    answering,
    closing,
    copies,
    dispositions,
    follow_ups,
    instructions,
    leaving,
    more_time,
    questions,
    reaching,
    triage,
    writing,
)
from helpdesk.tickets.dispositions import Instruction, UnitAnswer
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import LeaderInstruction
from helpdesk.tickets.states import (
    WITH_UNIT,
    Access,
    DispositionStatus,
    Grade,
    Kind,
    Phrase,
    Status,
)
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.triage import Verdict
from helpdesk.tickets.workflow import unsettled
from tests.support.cast import Cast

T = TypeVar("T")
OFFICERS = {"farmasi": ("budi", "lestari"), "keuangan": ("tono",)}
PHOTOGRAPH = Received(
    original_digest=None,
    shown_digest="0" * 64,
    media_type="image/png",
    name="rak.png",
    size=1,
    sha256="0" * 64,
)
SUBMITTED = frozenset({DispositionStatus.SUBMITTED})
COPIED = frozenset({DispositionStatus.COPIED})


class NothingToDo(Exception):
    """The step needs a disposition or a unit that is not there."""


@dataclass(frozen=True)
class Turn:
    """One step: who takes it on which ticket, and the draws that choose the rest."""

    cast: Cast
    data: DataObject
    ticket: Ticket
    by: Actor

    def one_of(self, choices: Sequence[T]) -> T:
        return self.data.draw(st.sampled_from(choices))

    def is_for(self, instruction: LeaderInstruction) -> bool:
        return access.is_addressed_to(self.by, instruction, self.ticket)

    def disposition(self, wanted: frozenset[DispositionStatus], *, is_own: bool) -> Disposition:
        """One with a *wanted* status, of the actor's own unit where asked; any where there is none such."""
        fitting = [
            sent
            for sent in self.ticket.dispositions
            if sent.status in wanted and (not is_own or sent.unit_id in self.by.unit_ids)
        ]
        if not self.ticket.dispositions:
            raise NothingToDo
        return self.one_of(fitting or self.ticket.dispositions)

    def later(self, work: Disposition) -> datetime:
        """A moment ahead, and after the unit's deadline."""
        ends = max(filter(None, (work.due_at, clock.now())))
        return ends + timedelta(days=self.one_of([1, 30]))

    def asked_for_time(self) -> Disposition:
        """One whose unit waits for more time."""
        waiting = [sent for sent in self.ticket.dispositions if sent.wants_until]
        if not waiting:
            raise NothingToDo
        return self.one_of(waiting)

    def verdict(self) -> Verdict:
        """Who may read: everybody, or some, with or without a unit that is reported."""
        is_restricted = self.one_of([False, False, True])
        reported = self.one_of(["", "", "keuangan"]) if is_restricted else ""
        return Verdict(
            grade=self.one_of(list(Grade)),
            category_id=self.cast.category_ids["obat"],
            kind=Kind(self.ticket.kind),
            access=Access.RESTRICTED if is_restricted else Access.ORDINARY,
            reader_ids=[self.cast.user_ids[self.one_of(["ratih", "hanifah"])]],
            reported_unit_ids=[self.cast.unit_ids[reported]] if reported else [],
        )


_UNDECIDED = WITH_UNIT | {DispositionStatus.SUBMITTED}


def dispose(turn: Turn) -> None:
    at_work = {sent.unit_id for sent in turn.ticket.dispositions if sent.status in _UNDECIDED}
    free = [code for code in OFFICERS if turn.cast.unit_ids[code] not in at_work]
    if not free:
        raise NothingToDo
    if turn.ticket.access == Access.RESTRICTED:
        free = [code for code in free if code == "farmasi"]
        if not free:
            raise NothingToDo
    chosen = free if turn.one_of([False, True]) else [turn.one_of(free)]
    named = turn.ticket.access == Access.RESTRICTED or turn.one_of([False, True])
    instructions = [
        Instruction(
            unit_id=turn.cast.unit_ids[code],
            officer_id=turn.cast.user_ids[turn.one_of(OFFICERS[code])] if named else None,
            phrases=(turn.one_of([Phrase.SOLVE, Phrase.SOLVE, Phrase.FOR_INFORMATION]),),
        )
        for code in chosen
    ]
    dispositions.dispose_ticket(turn.ticket, instructions, by=turn.by)


def assign(turn: Turn) -> None:
    sent = turn.disposition(WITH_UNIT, is_own=True)
    budi = turn.cast.user_ids["budi"]
    dispositions.assign_officer(sent, budi, by=turn.by)


def accept(turn: Turn) -> None:
    sent = turn.disposition(frozenset({DispositionStatus.SENT}), is_own=True)
    dispositions.accept_disposition(sent, by=turn.by)


def ask_for_time(turn: Turn) -> None:
    sent = turn.disposition(WITH_UNIT, is_own=True)
    if sent.is_open and sent.wants_until:
        raise NothingToDo
    more_time.ask_for_time(sent, turn.later(sent), "Teknisi belum datang.", by=turn.by)


def set_deadline(turn: Turn) -> None:
    sent = turn.disposition(WITH_UNIT, is_own=False)
    more_time.set_deadline(sent, turn.later(sent), "Suku cadang dipesan.", by=turn.by)


def submit(turn: Turn) -> None:
    answer = UnitAnswer(findings="Stok dipindahkan.")
    evidence = [PHOTOGRAPH] if turn.ticket.grade == Grade.RED else []
    sent = turn.disposition(WITH_UNIT, is_own=True)
    dispositions.submit_answer(sent, answer, by=turn.by, evidence=evidence)


def leave(turn: Turn) -> None:
    ways = [Status.NOT_OURS, Status.ARCHIVED, Status.SPAM, Status.WITHDRAWN]
    exit_to = turn.one_of([way for way in ways if leaving.may_leave(turn.ticket, way, turn.by)])
    leaving.leave_by_exit(turn.ticket, exit_to, "Bukan wewenang kami.", by=turn.by)


def reply(turn: Turn) -> None:
    waiting = questions.open_questions(turn.ticket)
    if not waiting:
        raise Conflict("no question is open")
    questions.answer_question(turn.ticket, turn.one_of(waiting).id, "Ya.", by=turn.by)


def call(turn: Turn) -> None:
    """Nobody calls but whoever is asked to: the button is there for no other."""
    outcome = turn.one_of(list(reaching.CallOutcome))
    reaching.note_call(turn.ticket, outcome, "Dibacakan lewat telepon.", by=turn.by)


def instruct(turn: Turn) -> None:
    units = [unit.id for unit in instructions.units_with(turn.ticket)]
    whom = turn.one_of([None, *units])
    instructions.give_instruction(turn.ticket, "Selesaikan.", unit_id=whom, by=turn.by)


def settle(turn: Turn, move: Move) -> None:
    mine = [one for one in unsettled(turn.ticket, move) if turn.is_for(one)]
    if not mine:
        raise NothingToDo
    if move is Move.ACKNOWLEDGE_INSTRUCTION:
        instructions.acknowledge_instruction(mine[0].id, turn.ticket, by=turn.by)
    else:
        instructions.answer_instruction(mine[0].id, turn.ticket, "Sudah selesai.", by=turn.by)


ACTS: dict[Move, Callable[[Turn], object]] = {
    Move.TRIAGE: lambda t: triage.triage_ticket(t.ticket, t.verdict(), by=t.by),
    Move.REGRADE: lambda t: triage.regrade_ticket(
        t.ticket, t.one_of(list(Grade)), "Ternyata lain.", by=t.by
    ),
    Move.RECLASSIFY: lambda t: triage.reclassify_ticket(
        t.ticket, category_id=None, kind=t.one_of(list(Kind)), title="", by=t.by
    ),
    Move.AMEND: lambda t: amending.amend_ticket(
        t.ticket,
        {
            "place_id": t.one_of([None, *t.cast.place_ids.values()]),
            "place_text": "" if t.ticket.place_text else "Lobi",
        },
        by=t.by,
    ),
    Move.GUARD: lambda t: triage.guard_ticket(t.ticket, t.verdict(), by=t.by),
    Move.REDACT: lambda t: triage.redact_ticket(t.ticket, "Disingkat.", (), by=t.by),
    Move.TAKE: lambda t: triage.take_ticket(t.ticket, by=t.by),
    Move.DISPOSE: dispose,
    Move.TAKE_NOTE: lambda t: copies.take_note(t.disposition(COPIED, is_own=True), by=t.by),
    Move.RECALL: lambda t: dispositions.recall_disposition(
        t.disposition(WITH_UNIT | COPIED, is_own=False), "Salah kirim.", by=t.by
    ),
    Move.ASSIGN: assign,
    Move.ACCEPT: accept,
    Move.SEND_BACK: lambda t: dispositions.send_back(
        t.disposition(WITH_UNIT, is_own=True), "Bukan tugas kami.", by=t.by
    ),
    Move.ASK_TIME: ask_for_time,
    Move.SET_DEADLINE: set_deadline,
    Move.DECLINE_TIME: lambda t: more_time.decline_time(t.asked_for_time(), "Mendesak.", by=t.by),
    Move.FOLLOW_UP: lambda t: follow_ups.record_follow_up(t.ticket, "Sudah ditelepon.", by=t.by),
    Move.SUBMIT: submit,
    Move.APPROVE: lambda t: answering.approve_answer(
        t.disposition(SUBMITTED, is_own=False), by=t.by
    ),
    Move.RETURN_ANSWER: lambda t: answering.return_answer(
        t.disposition(SUBMITTED, is_own=False), "Belum lengkap.", by=t.by
    ),
    Move.ASK: lambda t: questions.ask_complainant(t.ticket, "Obat yang mana?", by=t.by),
    Move.REPLY_TO_QUESTION: reply,
    Move.CALLED: call,
    Move.ADD_MESSAGE: lambda t: questions.add_message(t.ticket, "Satu lagi.", by=t.by),
    Move.NOTE: lambda t: follow_ups.write_note(t.ticket, "Catatan.", by=t.by),
    Move.INTERIM_REPLY: lambda t: answering.reply_interim(t.ticket, "Sedang diurus.", by=t.by),
    Move.WRITE: lambda t: writing.write_to_complainant(t.ticket, "Silakan datang.", by=t.by),
    Move.ANSWER: lambda t: answering.answer_ticket(
        t.ticket, "Sudah ada.", by=t.by, text_for_followers="Sudah ada lagi."
    ),
    Move.CONFIRM: lambda t: closing.confirm_solved(t.ticket, by=t.by, words="Beres."),
    Move.OBJECT: lambda t: closing.object_to_answer(t.ticket, "Belum.", by=t.by),
    Move.RATE: lambda t: closing.rate_handling(t.ticket, t.one_of([1, 5]), "", by=t.by),
    Move.CLOSE_UNILATERALLY: lambda t: closing.close_unilaterally(
        t.ticket, "Tidak dapat dihubungi.", by=t.by, text_for_followers="Sudah ditutup."
    ),
    Move.EXIT: leave,
    Move.REVIVE: lambda t: leaving.revive_ticket(t.ticket, "Keliru.", by=t.by),
    Move.CONTEST: lambda t: leaving.contest_exit(t.ticket, "Tolong ditangani.", by=t.by),
    Move.INSTRUCT: instruct,
    Move.ACKNOWLEDGE_INSTRUCTION: lambda t: settle(t, Move.ACKNOWLEDGE_INSTRUCTION),
    Move.ANSWER_INSTRUCTION: lambda t: settle(t, Move.ANSWER_INSTRUCTION),
}
