"""What arrives: recorded late, other kinds than complaints, and the year in its number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.intake.admission import Outcome, admit
from helpdesk.intake.submission import Submission
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.templates import render_message
from helpdesk.tickets import access
from helpdesk.tickets.clocks import wrong_clocks
from helpdesk.tickets.papers import receipt_fields
from helpdesk.tickets.records import Escalation, TicketEvent
from helpdesk.tickets.states import Channel, Grade, Kind
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import reclassify_ticket
from tests.support.cast import Cast
from tests.tickets.steps import (
    FRIDAY,
    answer,
    as_complainant,
    ask,
    clocks_of,
    follow_up,
    row_of,
    sweep,
)

NOW = datetime.fromisoformat(FRIDAY)


def events(number: str) -> list[str]:
    story = select(TicketEvent.kind).where(TicketEvent.ticket_id == row_of(number).id)
    return list(db.session.scalars(story.order_by(TicketEvent.id)))


def told(number: str) -> list[tuple[str, str]]:
    return [(m.recipient_kind, m.event) for m in messages_about("ticket", row_of(number).id)]


def record(cast: Cast, **facts: object) -> str:
    facts = {
        "text": "Surat dari kotak saran.", "channel": Channel.BOX, "whatsapp": "081234560172",
        "name": "Wati", "recorded_by_id": cast.user_ids["joko"], **facts,
    }  # fmt: skip
    return unit_of_work(lambda: admit(Submission(**facts), by=cast.actor("joko"))).number  # type: ignore[arg-type]


@time_machine.travel(FRIDAY, tick=False)
def test_what_was_late_when_it_was_recorded_is_said_once(cast: Cast) -> None:
    number = record(cast, received_at=NOW - timedelta(days=9), late_reason="Kotak dibuka bulanan.")
    sweep()
    assert events(number) == ["open", "breach"]
    assert told(number) == [("complainant", "received_late"), ("staff", "breached")]
    for kind in ("triage", "answer"):
        late = clocks_of(number, kind)[0]
        assert late.breached_at == late.due_at
    steps = db.session.scalars(select(Escalation)).all()
    assert len({step.event_id for step in steps}) == 1 < len(steps)
    assert all(step.was_due_at <= NOW for step in steps)
    assert list(wrong_clocks()) == []


def test_what_comes_after_a_late_recording_is_told_as_always(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = record(cast, received_at=NOW - timedelta(days=6))
        sweep()
        assert events(number) == ["open", "breach"]  # triage is over, the answer's warning too
        traveller.shift(timedelta(days=2))
        sweep()
        assert clocks_of(number, "answer")[0].breached_at is not None
        assert ("complainant", "late_apology") in told(number)


@time_machine.travel(FRIDAY, tick=False)
def test_solved_on_the_spot_long_ago_nobody_is_late_and_one_message_goes_out(cast: Cast) -> None:
    number = record(
        cast,
        received_at=NOW - timedelta(days=40),
        late_reason="Buku keluhan lama.",
        solution="Kursi roda diambilkan.",
        grade=Grade.GREEN,
    )
    sweep()
    assert events(number) == ["open", "solve"]
    assert told(number) == [("complainant", "closed_on_the_spot")]
    ticket = row_of(number)
    assert {one.verdict for one in ticket.clocks} == {"met"}
    from helpdesk.tickets.closing import object_to_answer

    as_complainant(number, lambda t, by: object_to_answer(t, "Rusak lagi.", by=by))


def test_praise_asks_for_nothing_but_thanks(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        number = cast.complain("Perawatnya ramah.", kind=Kind.PRAISE).number
        assert [one.kind for one in row_of(number).clocks] == ["triage"]
        assert receipt_fields(row_of(number), say=lambda word, _kind: word).answer_due_at is None
        traveller.shift(timedelta(days=30))
        sweep()
        leader = cast.user_ids["hanifah"]
        assert leader not in {m.recipient_id for m in messages_about("ticket", row_of(number).id)}
        cast.triage(number, Grade.GREEN, kind=Kind.PRAISE)
        assert row_of(number).needs == "answer"
        answer(cast, number)
        assert {one.kind for one in row_of(number).clocks} == {"triage", "confirm"}
        traveller.shift(timedelta(days=60))
        sweep()
        assert row_of(number).status == "closed"
        about = messages_about("ticket", row_of(number).id)
        told = [one.event for one in about if one.recipient_kind == "complainant"]
        assert told == ["thanked", "replied"]  # nobody asks them whether it is solved


@time_machine.travel(FRIDAY, tick=False)
def test_a_question_is_promised_an_answer_but_no_more(cast: Cast) -> None:
    number = cast.complain("Jam besuk?", kind=Kind.INFORMATION).number
    assert [one.kind for one in row_of(number).clocks] == ["triage", "answer"]
    assert told(number)[-1] == ("complainant", "received"), "WhatsApp knows no other words yet"


@pytest.mark.parametrize(("language", "complaint"), [("id", "eluhan"), ("en", "omplaint")])
def test_a_question_is_called_none_in_what_is_said_on_its_way(
    cast: Cast, language: str, complaint: str
) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        way = {"whatsapp": "", "email": "wati@example.org", "language": language}
        number = cast.complain("Jam besuk?", kind=Kind.INFORMATION, **way).number
        cast.triage(number, kind=Kind.INFORMATION)
        ask(cast, number, "sari", "Bangsal yang mana?")
        answer(cast, number)
        for _week in range(3):
            traveller.shift(timedelta(days=7))
            sweep()
        about = messages_about("ticket", row_of(number).id)
        said = {one.event: render_message(one) for one in about if one.channel == "email"}
        for event in ("received", "question", "answered", "closed_assumed"):
            rendered = said[f"asked_{event}"]
            assert complaint not in rendered.subject + rendered.body


@time_machine.travel(FRIDAY, tick=False)
def test_a_suggestion_that_is_a_complaint_gets_its_clocks_from_receipt(cast: Cast) -> None:
    number = cast.complain("Sebaiknya jangan membentak.", kind=Kind.SUGGESTION).number
    cast.triage(number, Grade.RED, kind=Kind.COMPLAINT)
    due = clocks_of(number, "answer")[0]
    assert (due.started_at, due.due_at) == (NOW, NOW + timedelta(hours=24))
    assert clocks_of(number, "resolve")


@time_machine.travel(FRIDAY, tick=False)
def test_a_kind_that_changes_twice_leaves_one_statutory_clock(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number, Grade.RED)
    due_at = clocks_of(number, "answer")[0].due_at
    for kind in (Kind.PRAISE, Kind.COMPLAINT):

        def verb(ticket: Ticket, by: object, kind: Kind = kind) -> None:
            reclassify_ticket(ticket, category_id=None, kind=kind, title="", by=by)  # type: ignore[arg-type]

        cast.act("sari", number, verb)
        verdicts = [(one.verdict, one.due_at) for one in clocks_of(number, "answer")]
        assert verdicts == [("void" if kind is Kind.PRAISE else "", due_at)]
    follow_up(cast, number)
    answer(cast, number, "ratih")
    assert [one.verdict for one in clocks_of(number, "answer")] == ["met"]


def test_the_year_of_a_number_is_the_year_on_the_wall(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 12, 31, 16, 30, tzinfo=UTC), tick=False) as traveller:
        assert cast.complain().number.startswith("KLH-26-00001-")  # 23.30 WIB
        traveller.shift(timedelta(minutes=45))
        assert clock.now().year == 2026
        number = cast.complain().number
        assert number.startswith("KLH-27-00001-")
        found = access.find_candidates(cast.actor("sari"), "KLH 1")
        assert {one.number_year for one in found} == {2026, 2027}


@time_machine.travel(FRIDAY, tick=False)
def test_the_same_form_with_another_record_number_is_not_the_same(cast: Cast) -> None:
    facts = {"text": "Obat habis.", "channel": Channel.WEB, "key": "k" * 24, "session_id": "s"}
    first = unit_of_work(lambda: admit(Submission(**facts)))  # type: ignore[arg-type]
    changed = Submission(**facts, affected_record="00-12-34")  # type: ignore[arg-type]
    second = unit_of_work(lambda: admit(changed))
    assert (second.outcome, second.number) == (Outcome.CHANGED, first.number)


def test_whoever_names_somebody_elses_number_is_told_nothing_about_them(cast: Cast) -> None:
    record(cast, email="wati@example.org", address="Jl. Melati 3")
    curious = cast.complain("Parkir penuh.").number
    party = receipt_fields(row_of(curious), say=lambda code, kind: code).complainant
    assert (party.phone, party.email, party.address) == ("0812-3456-0172", "", "")
