"""One complaint, the whole way, at the level of the domain."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from helpdesk.accounts.actor import Actor
from helpdesk.intake.submission import Wish
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets import answering, closing, dispositions, follow_ups, questions
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.dispositions import Instruction, UnitAnswer
from helpdesk.tickets.escalating import escalate_due
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.states import Access, Grade, Root, Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import Verdict, guard_ticket, regrade_ticket
from tests.support.cast import Cast

FRIDAY = "2026-11-20T03:00:00+00:00"  # 10.00 WIB


def dispose(cast: Cast, number: str, *units: str, **facts: object) -> None:
    instructions = [Instruction(unit_id=cast.unit_ids[unit], **facts) for unit in units]  # type: ignore[arg-type]
    cast.act("sari", number, lambda t, by: dispositions.dispose_ticket(t, instructions, by=by))


def submit(cast: Cast, number: str, who: str) -> None:
    def verb(ticket: Ticket, by: Actor) -> None:
        mine = next(d for d in ticket.dispositions if d.unit_id in by.unit_ids and d.is_open)
        answer = UnitAnswer(
            findings="Stok dipindahkan.", root_cause=Root.SUPPLY, draft_answer="Obat sudah ada."
        )
        dispositions.submit_answer(mine, answer, by=by)

    cast.act(who, number, verb)


def approve(cast: Cast, number: str) -> None:
    def verb(ticket: Ticket, by: Actor) -> None:
        for disposition in ticket.dispositions:
            if disposition.status == "submitted":
                answering.approve_answer(disposition, by=by)

    cast.act("sari", number, verb)


def answer(cast: Cast, number: str) -> None:
    cast.act(
        "sari", number, lambda t, by: answering.answer_ticket(t, "Obat sudah tersedia.", by=by)
    )


def as_complainant(number: str, cast: Cast, verb):  # type: ignore[no-untyped-def]
    def unit() -> None:
        ticket = cast.ticket(number)
        verb(ticket, Actor.complainant(ticket.id, "Wati"))

    unit_of_work(unit)


def clock_of(ticket: Ticket, kind: str):  # type: ignore[no-untyped-def]
    return [c for c in ticket.clocks if c.kind == kind][-1]


@time_machine.travel(FRIDAY, tick=False)
def test_a_complaint_goes_all_the_way_and_every_promise_is_kept(cast: Cast) -> None:
    number = cast.complain().number
    assert number.startswith("KLH-26-00001-")
    assert cast.ticket(number).needs == "triage"
    cast.triage(number)
    assert (cast.ticket(number).status, cast.ticket(number).needs) == ("triaged", "dispose")
    dispose(cast, number, "farmasi")
    assert (cast.ticket(number).status, cast.ticket(number).needs) == ("in_progress", "")
    submit(cast, number, "budi")
    assert (cast.ticket(number).status, cast.ticket(number).needs) == ("in_review", "review")
    approve(cast, number)
    assert (cast.ticket(number).status, cast.ticket(number).needs) == ("in_review", "answer")
    answer(cast, number)
    ticket = cast.ticket(number)
    assert (ticket.status, ticket.is_open) == ("answered", True)
    as_complainant(number, cast, lambda t, by: closing.confirm_solved(t, by=by))
    ticket = cast.ticket(number)
    assert (ticket.status, ticket.closing, ticket.is_open) == ("closed", "confirmed", False)
    assert {(c.kind, c.verdict) for c in ticket.clocks} == {
        (kind, "met") for kind in ("triage", "dispose", "hop", "answer", "resolve", "confirm")
    }
    events = [
        m.event for m in messages_about("ticket", ticket.id) if m.recipient_kind == "complainant"
    ]
    assert events == ["received", "answered", "closed_confirmed"]


@time_machine.travel(FRIDAY, tick=False)
def test_two_units_work_in_parallel_and_the_gate_waits_for_both(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi", "keuangan")
    submit(cast, number, "budi")
    assert (cast.ticket(number).status, cast.ticket(number).needs) == ("in_progress", "review")
    approve(cast, number)
    with pytest.raises(Conflict):
        answer(cast, number)
    submit(cast, number, "tono")
    approve(cast, number)
    answer(cast, number)
    assert cast.ticket(number).status == "answered"


@time_machine.travel(FRIDAY, tick=False)
def test_a_return_closes_one_disposition_and_the_other_unit_goes_on(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi", "keuangan")

    def send_back(ticket: Ticket, by: Actor) -> None:
        mine = next(d for d in ticket.dispositions if d.unit_id in by.unit_ids)
        dispositions.send_back(mine, "Ini urusan Keperawatan.", by=by)

    cast.act("tono", number, send_back)
    ticket = cast.ticket(number)
    assert (ticket.status, ticket.needs, ticket.was_returned) == ("in_progress", "dispose", True)
    with pytest.raises(NotFound):
        cast.ticket(number, by="tono")
    assert cast.ticket(number, by="budi").id == ticket.id
    dispose(cast, number, "keperawatan")
    assert cast.ticket(number).was_returned is False


@time_machine.travel(FRIDAY, tick=False)
def test_everybody_monitors_only_what_is_their_own(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    for name in ("sari", "dimas", "ratih", "budi", "lestari", "hanifah"):
        assert cast.ticket(number, by=name)
    for name in ("tono", "ayu", "joko"):
        with pytest.raises(NotFound):
            cast.ticket(number, by=name)
    with pytest.raises(Refused):
        cast.act("hanifah", number, lambda t, by: answering.reply_interim(t, "Halo", by=by))


def test_a_question_lets_pausable_clocks_rest_but_never_the_national_one(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "farmasi")
        answer_due = clock_of(cast.ticket(number), "answer").due_at
        cast.act(
            "sari",
            number,
            lambda t, by: questions.ask_complainant(t, "Resep dari dokter siapa?", by=by),
        )
        ticket = cast.ticket(number)
        assert ticket.is_waiting
        assert clock_of(ticket, "hop").due_at is None
        assert clock_of(ticket, "answer").due_at == answer_due
        traveller.shift(timedelta(days=1))
        as_complainant(number, cast, lambda t, by: questions.add_message(t, "dr. Rina", by=by))
        ticket = cast.ticket(number)
        assert not ticket.is_waiting
        assert clock_of(ticket, "hop").due_at > clock.now()
        assert clock_of(ticket, "answer").due_at == answer_due
        assert list(wrong_clocks()) == []


def test_belum_reopens_and_the_first_answer_stays_frozen(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "farmasi")
        submit(cast, number, "budi")
        approve(cast, number)
        answer(cast, number)
        frozen = clock_of(cast.ticket(number), "answer").stopped_at
        traveller.shift(timedelta(days=2))
        as_complainant(
            number, cast, lambda t, by: closing.object_to_answer(t, "Obatnya belum ada.", by=by)
        )
        ticket = cast.ticket(number)
        assert (ticket.status, ticket.needs, ticket.reopenings) == ("in_progress", "dispose", 1)
        assert clock_of(ticket, "answer").stopped_at == frozen
        assert [c.cycle for c in ticket.clocks if c.kind == "resolve"] == [1, 2]
        dispose(cast, number, "farmasi")
        submit(cast, number, "budi")
        approve(cast, number)
        answer(cast, number)
        assert cast.ticket(number).status == "answered"


def test_silence_closes_as_assumed_and_no_contact_apart(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        reachable = cast.complain().number
        silent = cast.complain(name="", whatsapp="").number
        for number in (reachable, silent):
            cast.triage(number)
            answer(cast, number)
        traveller.shift(timedelta(days=30))
        while escalate_due(clock.now()):
            pass
        assert (cast.ticket(reachable).status, cast.ticket(reachable).closing) == (
            "closed",
            "assumed",
        )
        assert cast.ticket(silent).closing == "no_contact"


def test_a_breach_carries_the_moment_that_was_due_and_climbs_the_ladder(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain().number
        cast.triage(number, Grade.RED)
        dispose(cast, number, "farmasi")
        due_at = clock_of(cast.ticket(number), "answer").due_at
        traveller.shift(timedelta(days=3))
        escalate_due(clock.now())
        assert escalate_due(clock.now()) == 0
        late = clock_of(cast.ticket(number), "answer")
        assert late.breached_at == due_at
        told = {(m.event, m.recipient_id) for m in messages_about("ticket", late.ticket_id)}
        assert ("escalated", cast.user_ids["hanifah"]) in told
        assert ("late_apology", cast.ticket(number).complainant_id) in told
        follow = follow_ups.record_follow_up
        cast.act("sari", number, lambda t, by: follow(t, "Ditelepon.", by=by))


@time_machine.travel(FRIDAY, tick=False)
def test_a_confidential_case_is_for_its_named_readers_only(cast: Cast) -> None:
    number = cast.complain("Jadwal jaga kurang orang.", wish=Wish.CONFIDENTIAL).number
    assert cast.ticket(number, by="dimas")  # before triage customer care may read it
    cast.triage(
        number,
        access=Access.RESTRICTED,
        reader_ids=[cast.user_ids["ratih"]],
        reported_unit_ids=[cast.unit_ids["keuangan"]],
    )
    for name in ("sari", "ratih"):
        assert cast.ticket(number, by=name)
    for name in ("dimas", "hanifah", "ayu", "budi", "tono"):
        with pytest.raises(NotFound):
            cast.ticket(number, by=name)
    with pytest.raises(Invalid):
        dispose(cast, number, "keuangan", officer_id=cast.user_ids["tono"])
    with pytest.raises(Invalid):
        dispose(cast, number, "farmasi")
    dispose(cast, number, "farmasi", officer_id=cast.user_ids["budi"])
    assert cast.ticket(number, by="budi")
    with pytest.raises(NotFound):
        cast.ticket(number, by="lestari")


@time_machine.travel(FRIDAY, tick=False)
def test_of_an_anonymous_person_nothing_is_stored(cast: Cast) -> None:
    number = cast.complain(
        "Ada yang minta uang.", wish=Wish.ANONYMOUS, email="wati@example.com"
    ).number
    ticket = cast.ticket(number)
    assert (ticket.complainant_id, ticket.reply_channel, ticket.reply_address) == (None, "", "")
    assert messages_about("ticket", ticket.id) == []


@time_machine.travel(FRIDAY, tick=False)
def test_solved_on_the_spot_is_graded_and_counted(cast: Cast) -> None:
    recorder = cast.actor("joko")
    number = cast.complain(
        "Kursi roda tidak ada.", solution="Kursi roda diambilkan.", grade=Grade.GREEN
    )
    assert number.ticket.status == "received"  # the public cannot close anything
    from helpdesk.intake.admission import admit
    from helpdesk.intake.submission import Submission
    from helpdesk.tickets.states import Channel

    spot = Submission(
        text="Kursi roda tidak ada.",
        channel=Channel.COUNTER,
        solution="Kursi roda diambilkan.",
        grade=Grade.GREEN,
        recorded_by_id=recorder.user_id,
    )
    admitted = unit_of_work(lambda: admit(spot, by=cast.actor("joko")))
    ticket = cast.ticket(admitted.number, by="joko")
    assert (ticket.status, ticket.closing, ticket.grade) == ("closed", "on_the_spot", "hijau")
    assert clock_of(ticket, "answer").verdict == "met"


@time_machine.travel(FRIDAY, tick=False)
def test_a_regrading_moves_the_deadline_and_keeps_the_start(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number, Grade.GREEN)
    before = clock_of(cast.ticket(number), "answer")
    started, due = before.started_at, before.due_at
    cast.act(
        "sari", number, lambda t, by: regrade_ticket(t, Grade.RED, "Menyangkut keselamatan.", by=by)
    )
    after = clock_of(cast.ticket(number), "answer")
    assert after.started_at == started
    assert after.due_at < due


@time_machine.travel(FRIDAY, tick=False)
def test_an_exit_needs_a_reason_and_voids_the_clocks(cast: Cast) -> None:
    number = cast.complain().number
    with pytest.raises(Invalid):
        cast.act("sari", number, lambda t, by: leave_by_exit(t, Status.NOT_OURS, " ", by=by))
    cast.act(
        "sari", number, lambda t, by: leave_by_exit(t, Status.NOT_OURS, "Urusan kelurahan.", by=by)
    )
    ticket = cast.ticket(number)
    assert (ticket.status, ticket.is_open) == ("not_ours", False)
    assert {c.verdict for c in ticket.clocks} == {"void"}
    _ = db, Verdict, guard_ticket
