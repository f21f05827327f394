"""The loaded demo: believable, consistent, the same each time, and nobody else's database."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone
from helpdesk.accounts.roles import Role
from helpdesk.accounts.standing_in import away_today
from helpdesk.accounts.user import User
from helpdesk.audit import trail
from helpdesk.demo.cases import cases
from helpdesk.demo.cast import PASSWORD, STAFF
from helpdesk.demo.load import load_demo
from helpdesk.demo.marks import NotADemo, is_demo, is_loaded
from helpdesk.demo.reset import wipe_demo
from helpdesk.demo.showcase import SCENES
from helpdesk.improvements.improvement import Improvement
from helpdesk.letters.letter import Letter
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.message import OutboxMessage
from helpdesk.monitoring.summaries import building
from helpdesk.monitoring.summaries.shelf import content_of
from helpdesk.monitoring.summaries.summary import Summary
from helpdesk.sla.calendars import default_calendar
from helpdesk.tickets import access, clocks, keys, worklist
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import Attachment, SlaClock, TicketEvent
from helpdesk.tickets.states import Access, Channel, Grade, Identity, Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.worklist import DeskKind, View
from tests.demo.conftest import TICKETS, demo_app
from tests.support.cast import Cast
from tests.support.databases import SqliteTemplate


def actor(username: str) -> Actor:
    return db.session.scalars(select(User).where(User.username == username)).one().as_actor()


def count(of: type, *which: object) -> int:
    return db.session.scalar(select(func.count()).select_from(of).where(*which)) or 0


def test_it_is_complete_and_told_once(demo: Flask) -> None:
    assert is_loaded()
    assert count(Ticket) == TICKETS
    load_demo(count=TICKETS)
    assert count(Ticket) == TICKETS


def test_nothing_lies_in_the_future(demo: Flask) -> None:
    assert count(TicketEvent, TicketEvent.at > clock.now()) == 0
    assert count(TicketEvent, TicketEvent.recorded_at > clock.now()) == 0


def test_numbers_follow_the_order_of_recording(demo: Flask) -> None:
    rows = select(Ticket.recorded_at).order_by(Ticket.number_year, Ticket.number_seq)
    moments = list(db.session.scalars(rows))
    assert moments == sorted(moments)


def test_every_view_of_customer_care_has_something(demo: Flask) -> None:
    desks = worklist.desks_of(actor("sari"))
    found = worklist.count_views(actor("sari"), desks, clock.now())
    names = {view for (_, view), number in found.items() if number}
    assert names >= set(worklist.VIEWS[DeskKind.CARE]) - worklist.UNCOUNTED - {View.MINE}


@pytest.mark.parametrize("username", ["budi", "lestari"])
def test_every_view_of_the_pharmacy_has_something(demo: Flask, username: str) -> None:
    desks = [desk for desk in worklist.desks_of(actor(username)) if desk.kind is DeskKind.UNIT]
    assert all(worklist.count_views(actor(username), desks, clock.now()).values())


def test_a_dozen_are_late_and_one_of_them_red(demo: Flask) -> None:
    late = select(Ticket.grade).where(
        Ticket.is_open, Ticket.due_at < clock.now(), Ticket.status != Status.ANSWERED.value
    )
    grades = Counter(db.session.scalars(late))
    assert grades[Grade.RED] >= 1
    assert 12 <= grades.total() <= 20


def test_whoever_comes_or_calls_finds_the_desk_open(demo: Flask) -> None:
    at_the_desk = Ticket.channel.in_([Channel.COUNTER.value, Channel.PHONE.value])
    moments = list(db.session.scalars(select(Ticket.received_at).where(at_the_desk)))
    assert moments
    assert [moment for moment in moments if not default_calendar().is_open(moment)] == []


def test_some_were_forwarded_and_keep_their_number(demo: Flask) -> None:
    rows = select(Ticket.channel, Ticket.origin_number).where(Ticket.origin_number != "")
    found = [tuple(row) for row in db.session.execute(rows)]
    assert {channel for channel, _number in found} >= {Channel.LAPOR, Channel.BPJS}
    assert len({number for _channel, number in found}) == len(found)


def test_confidences_are_there_and_kept(demo: Flask) -> None:
    assert count(
        Ticket, Ticket.identity == Identity.ANONYMOUS.value, Ticket.complainant_id.is_(None)
    )
    restricted = db.session.scalars(
        select(Ticket).where(
            Ticket.access == Access.RESTRICTED.value, Ticket.status != Status.RECEIVED.value
        )
    ).all()
    assert restricted
    seen = set(db.session.scalars(select(Ticket.id).where(access.visible_to(actor("sari")))))
    assert not seen & {ticket.id for ticket in restricted}


def test_no_nik_could_be_anybodys(demo: Flask) -> None:
    texts = [
        *db.session.scalars(select(Ticket.text)),
        *db.session.scalars(select(TicketEvent.text)),
    ]
    found = [number for text in texts for number in re.findall(r"\b\d{16}\b", text)]
    assert all(number.endswith("0000") for number in found)


def test_clocks_and_trail_agree_with_themselves(demo: Flask) -> None:
    assert not list(clocks.wrong_clocks())
    assert not list(trail.broken_links())
    assert count(SlaClock, SlaClock.look_at <= clock.now()) == 0
    # What was promised to whoever follows another ticket is watched until that one is answered.
    ended = Ticket.status != Status.MERGED.value
    closed = select(Ticket.id).where(Ticket.is_open.is_(False), ended)
    assert count(SlaClock, SlaClock.stopped_at.is_(None), SlaClock.ticket_id.in_(closed)) == 0


def test_what_was_said_long_ago_has_arrived(demo: Flask) -> None:
    waiting = OutboxMessage.status == "queued"
    assert count(OutboxMessage, waiting, OutboxMessage.look_at < clock.now()) == 0
    assert (
        count(OutboxMessage, OutboxMessage.status != "queued", OutboxMessage.sent_at.is_(None)) == 0
    )
    assert count(OutboxMessage, waiting) < count(OutboxMessage) / 5


def test_evidence_lies_in_the_storage(demo: Flask) -> None:
    storage = demo.extensions["storage"]
    digests = list(db.session.scalars(select(Attachment.shown_digest)))
    assert digests
    assert all(storage.exists(digest) for digest in digests)


def test_a_visitor_may_follow_two_cases(demo: Flask) -> None:
    assert len(cases()) == len([scene for scene in SCENES if scene.key])
    for case in cases():
        ticket = access.find_for(actor("sari"), case.number)
        assert keys.check_pin(ticket, case.pin)


def test_two_complain_of_the_same_and_one_has_it_on_paper(demo: Flask) -> None:
    (second,) = db.session.scalars(select(Ticket).where(Ticket.status == Status.MERGED.value))
    leading = db.session.get_one(Ticket, second.merged_into_id)
    assert leading.is_open
    assert leading.category_id is not None
    (letter,) = db.session.scalars(select(Letter).where(Letter.number_seq.is_not(None)))
    answered = {access.find_for(actor("sari"), case.number).id for case in cases()}
    assert letter.subject_id in answered, "one that a visitor may follow"


def test_last_month_is_summed_up_at_the_workers_first_turn(demo: Flask) -> None:
    building.build_due(clock.now())
    (summary,) = db.session.scalars(select(Summary))
    assert (summary.period, summary.is_ready) == ("2026-10", True)
    assert content_of(summary, "pdf").startswith(b"%PDF")
    assert content_of(summary, "xlsx").startswith(b"PK")


def test_a_technician_is_ill_and_his_head_stands_in(demo: Flask) -> None:
    (ill,) = away_today().values()
    assert (ill.name, ill.deputy) == ("Rudi Hartono", "Agus Salim")


def test_every_role_is_held(demo: Flask) -> None:
    assert {role for person in STAFF for role, _ in person.posts} == set(Role)
    assert count(User, User.must_change_password) == 0
    assert PASSWORD not in list(db.session.scalars(select(User.password_hash)))


# ---------------------------------------------------------------- loading itself


@pytest.mark.slow
def test_the_same_moment_gives_the_same_hospital(
    loaded: tuple[Flask, datetime], sqlite_template: SqliteTemplate, tmp_path: Path
) -> None:
    """Everything but what must be random, such as PINs."""
    first, moment = loaded
    second = demo_app(sqlite_template, tmp_path)
    with time_machine.travel(moment, tick=False), second.app_context():
        load_demo(count=TICKETS)
    assert everything_told(first) == everything_told(second)


def everything_told(app: Flask) -> list[object]:
    with app.app_context():
        tickets = db.session.scalars(select(Ticket).order_by(Ticket.id))
        told = [(number_of(t), t.title, t.text, t.status, t.received_at) for t in tickets]
        facts = select(TicketEvent.kind, TicketEvent.at, TicketEvent.text).order_by(TicketEvent.id)
        told += [tuple(fact) for fact in db.session.execute(facts)]
        db.session.remove()
        return list(told)


def test_interrupted_half_way_it_begins_anew(app: Flask) -> None:
    class Lightning(Exception):
        pass

    def strike(done: int, total: int) -> None:
        if done == 3:
            raise Lightning

    with app.app_context():
        with pytest.raises(Lightning):
            load_demo(strike, count=5)
        assert not is_loaded()
        assert count(User) == count(Ticket) == 0
        heard: list[tuple[int, int]] = []
        load_demo(lambda done, total: heard.append((done, total)), count=5)
        assert heard == [(done, 5) for done in range(1, 6)]
        assert is_loaded()


def test_somebodys_database_is_left_alone(cast: Cast) -> None:
    unit_of_work(lambda: trail.record("user_added", by=Actor.system("flask setup")))
    with pytest.raises(NotADemo):
        load_demo(count=5)
    with pytest.raises(NotADemo):
        wipe_demo()
    assert count(User) == len(cast.user_ids)
    assert not is_demo()


def test_a_demo_can_be_wiped(sqlite_template: SqliteTemplate, tmp_path: Path) -> None:
    app = demo_app(sqlite_template, tmp_path)
    with app.app_context():
        load_demo(count=2)
        wipe_demo()
        assert db.inspect(db.engine).get_table_names() == []


def test_the_register_of_improvements_has_one_of_each_kind(demo: Flask) -> None:
    today = clock.now().astimezone(local_zone()).date()
    found = list(db.session.scalars(select(Improvement).order_by(Improvement.id)))
    assert [one.state for one in found] == ["effective", "under_way", "done", "planned"]
    assert [one.is_late(today) for one in found] == [False, False, False, True]
