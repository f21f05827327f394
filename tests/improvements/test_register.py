"""The improvement register: who begins, sees and changes what, who is told and reminded, and what stays hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.leaves import enter_leave
from helpdesk.accounts.roles import Role
from helpdesk.accounts.staff import Holding, set_grants
from helpdesk.accounts.standing_in import with_leave
from helpdesk.accounts.user import Grant
from helpdesk.audit.trail import AuditEntry
from helpdesk.improvements import access, linking, planning, progress
from helpdesk.improvements.improvement import Improvement
from helpdesk.improvements.linking import history_of, improvements_of, tickets_of
from helpdesk.improvements.planning import Plan, begin_improvement
from helpdesk.improvements.register import (
    PAGE,
    Stage,
    count_stages,
    improvements_in,
    list_improvements,
)
from helpdesk.improvements.reminding import remind_due
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound, Refused
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets.states import Access
from tests.support.cast import Cast
from tests.tickets.steps import dispose, row_of

TODAY = date(2026, 11, 20)
DUE = date(2026, 12, 20)

pytestmark = pytest.mark.usefixtures("traveller")


def plan(cast: Cast, **facts: Any) -> Plan:
    farmasi = cast.unit_ids["farmasi"]
    given = Plan(
        "Stok minimum", "Batas dinaikkan.", cast.category_ids["obat"], farmasi, farmasi, DUE
    )
    return replace(given, **facts)


def begin(cast: Cast, who: str = "ratih", **facts: Any) -> int:
    return unit_of_work(lambda: begin_improvement(plan(cast, **facts), by=cast.actor(who))).id


def act(cast: Cast, who: str, id_: int, verb: Callable[[Improvement, Actor], object]) -> None:
    def unit() -> None:
        actor = cast.actor(who)
        verb(access.find_to_change(actor, id_), actor)

    unit_of_work(unit)


def link(cast: Cast, who: str, id_: int, number: str) -> None:
    def unit() -> None:
        actor = cast.actor(who)
        linking.link_ticket(access.lock_for(actor, id_), cast.ticket(number, who), by=actor)

    unit_of_work(unit)


def row(id_: int) -> Improvement:
    return db.session.get_one(Improvement, id_, populate_existing=True)


def told(cast: Cast, id_: int) -> list[tuple[str, str]]:
    names = {user_id: name for name, user_id in cast.user_ids.items()}
    said = messages_about("improvement", id_)
    return sorted((one.event, names[one.recipient_id or 0]) for one in said)


def kinds(id_: int, actor: Actor) -> list[str]:
    return [event.kind for event, _ticket in history_of(row(id_), actor)][::-1]


def test_from_plan_to_effect(cast: Cast) -> None:
    id_ = begin(cast, pic_id=cast.user_ids["budi"])
    assert told(cast, id_) == [("improvement_given", "budi"), ("improvement_given", "lestari")]
    moved = plan(cast, due_on=DUE + timedelta(days=7))
    act(cast, "lestari", id_, lambda one, by: planning.revise_improvement(one, moved, by=by))
    act(cast, "lestari", id_, lambda one, by: progress.start_improvement(one, by=by))
    with pytest.raises(Invalid):  # tomorrow has not come
        act(cast, "lestari", id_, lambda one, by: done(one, by, TODAY + timedelta(days=1)))
    act(cast, "lestari", id_, lambda one, by: done(one, by, TODAY - timedelta(days=2)))
    assert row(id_).done_on == date(2026, 11, 18)
    with pytest.raises(Conflict):  # what is done is not dropped
        act(cast, "ratih", id_, lambda one, by: progress.drop_improvement(one, "Batal.", by=by))
    with pytest.raises(Conflict):  # nor planned anew
        act(cast, "ratih", id_, lambda one, by: planning.revise_improvement(one, moved, by=by))
    act(
        cast,
        "hanifah",
        id_,
        lambda one, by: progress.judge_effect(one, "Dari 12 ke 3.", is_effective=True, by=by),
    )
    assert row(id_).state == "effective"
    happened = ["begin", "revise", "start", "finish", "judge"]
    assert kinds(id_, cast.actor("ratih")) == happened
    noted = select(AuditEntry.act).where(AuditEntry.subject_kind == "improvement")
    assert list(db.session.scalars(noted)) == [f"improvement_{kind}" for kind in happened]


def done(one: Improvement, by: Actor, on: date = TODAY) -> None:
    progress.finish_improvement(one, "Pemasok kedua.", on, by=by)


def test_a_unit_has_its_own_and_nothing_of_others(cast: Cast) -> None:
    own = begin(cast)
    other = begin(cast, unit_id=cast.unit_ids["keuangan"], about_unit_id=cast.unit_ids["keuangan"])
    seen = {
        name: {one.id for one in list_improvements(cast.actor(name), Stage.OPEN).rows}
        for name in ("sari", "hanifah", "budi", "lestari", "tono", "joko")
    }
    both = {own, other}
    assert seen == {
        "sari": both, "hanifah": both, "budi": {own}, "lestari": {own}, "tono": {other}, "joko": set()
    }  # fmt: skip
    with pytest.raises(NotFound):
        access.find_for(cast.actor("tono"), own)
    for name in ("budi", "sari"):  # an officer reads, customer care begins and links
        with pytest.raises(Refused):
            act(cast, name, own, lambda one, by: progress.start_improvement(one, by=by))
    with pytest.raises(Refused):  # a head gives nothing to others
        begin(cast, "lestari", unit_id=cast.unit_ids["keuangan"])
    with pytest.raises(Refused):  # nor reads there how others' complaints fare
        begin(cast, "lestari", about_unit_id=cast.unit_ids["keuangan"])
    with pytest.raises(Invalid):  # nor does somebody of elsewhere answer for the unit
        begin(cast, pic_id=cast.user_ids["tono"])
    assert begin(cast, "lestari")
    assert count_stages(cast.actor("tono"), None, TODAY)[0][Stage.OPEN] == 1


def test_nobody_sees_a_ticket_through_it(cast: Cast) -> None:
    id_ = begin(cast)
    open_one, secret = (
        cast.complain().number,
        cast.complain(name="Tini", whatsapp="081234560199").number,
    )
    cast.triage(open_one)
    dispose(cast, open_one, "farmasi")
    cast.triage(secret, access=Access.RESTRICTED, reader_ids=[cast.user_ids["ratih"]])
    for number in (open_one, secret):
        link(cast, "ratih", id_, number)
    with pytest.raises(Conflict):
        link(cast, "sari", id_, open_one)
    for name, rows in {"ratih": 2, "hanifah": 1, "dimas": 1, "lestari": 1, "budi": 1}.items():
        actor = cast.actor(name)
        assert len(tickets_of(row(id_), actor)) == rows, name
        assert kinds(id_, actor).count("link") == rows, name
    assert [one.id for one in improvements_of(row_of(open_one), cast.actor("lestari"))] == [id_]
    assert list(improvements_of(row_of(open_one), cast.actor("tono"))) == []


def test_the_unit_is_reminded_once_before_and_once_after(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    id_ = begin(cast)
    for day, said in ((12, 0), (13, 1), (14, 1), (20, 1), (21, 2), (25, 2)):
        traveller.move_to(datetime.fromisoformat(f"2026-12-{day}T01:30:00+00:00"))  # 08.30 WIB
        remind_due(clock.now())
        remind_due(clock.now())  # the second worker
        assert len(told(cast, id_)) == 1 + said, day
    assert [event for event, _who in told(cast, id_)] == [
        "improvement_due", "improvement_given", "improvement_late"
    ]  # fmt: skip
    finished = begin(cast, due_on=date(2027, 1, 3))
    act(cast, "lestari", finished, lambda one, by: done(one, by, date(2026, 12, 24)))
    traveller.move_to("2027-01-05T01:30:00+00:00")
    remind_due(clock.now())
    assert len(told(cast, finished)) == 1, "of what is done nobody is reminded"


def test_without_a_head_the_whole_unit_is_told_and_nobody_of_their_own_act(cast: Cast) -> None:
    by_head = begin(cast, "lestari")
    assert told(cast, by_head) == []
    heads = select(Grant).where(Grant.user_id == cast.user_ids["lestari"])
    unit_of_work(lambda: db.session.delete(db.session.scalars(heads).one()))
    assert told(cast, begin(cast)) == [("improvement_given", "budi")]


def test_for_a_head_who_is_away_the_deputy_hears_and_carries_it_on(cast: Cast) -> None:
    lestari, budi = cast.user_ids["lestari"], cast.user_ids["budi"]
    unit_of_work(lambda: enter_leave(lestari, TODAY, TODAY, budi, by=cast.actor("lestari")))
    id_ = begin(cast)
    assert told(cast, id_) == [("improvement_given", "budi")]
    deputy = with_leave(cast.actor("budi"))
    unit_of_work(lambda: progress.start_improvement(access.find_to_change(deputy, id_), by=deputy))
    assert row(id_).state == "under_way"
    signed = [event.actor_label for event, _ticket in history_of(row(id_), cast.actor("ratih"))]
    assert signed == ["Plh. Budi Santoso", "Ratih Kusuma"]


def test_for_a_head_away_without_a_deputy_the_unit_hears_and_then_the_supervisor(
    cast: Cast,
) -> None:
    heard = []
    for name in ("lestari", "budi", "ratih"):
        actor = cast.actor(name)
        unit_of_work(partial(enter_leave, cast.user_ids[name], TODAY, TODAY, None, by=actor))
        heard.append([who for _event, who in told(cast, begin(cast, "sari"))])
    assert heard == [["budi"], ["ratih"], ["lestari"]], "at last it waits for the head"


def test_the_unit_hears_of_another_day_or_person_and_who_left_it_hears_no_more(cast: Cast) -> None:
    id_ = begin(cast)
    sooner = plan(cast, due_on=DUE - timedelta(days=14))
    for moved in (sooner, sooner, replace(sooner, pic_id=cast.user_ids["budi"])):
        act(cast, "ratih", id_, partial(revise, moved))
    given = ("improvement_given", "lestari")
    assert told(cast, id_) == [("improvement_given", "budi"), given, given, given]
    assert kinds(id_, cast.actor("ratih")) == ["begin", "revise", "revise"], "nothing was changed"
    budi, lestari, ayu = cast.user_ids["budi"], cast.user_ids["lestari"], cast.actor("ayu")
    elsewhere = [Holding(Role.UNIT_OFFICER, cast.unit_ids["keuangan"])]
    unit_of_work(lambda: set_grants(budi, elsewhere, version=1, by=ayu))
    with time_machine.travel("2026-12-21T01:30:00+00:00", tick=False):
        remind_due(clock.now())
        assert ("improvement_late", "lestari") in told(cast, id_)
        assert ("improvement_late", "budi") not in told(cast, id_)
        unit_of_work(lambda: set_grants(lestari, elsewhere, version=1, by=ayu))
        moved = plan(cast, due_on=date(2027, 1, 9))
        act(cast, "hanifah", id_, partial(revise, moved))
    assert ("improvement_given", "ratih") in told(cast, id_), "nobody works in the unit any more"


def revise(to: Plan, one: Improvement, by: Actor) -> None:
    planning.revise_improvement(one, to, by=by)


def test_what_was_done_before_it_was_registered_is_in_the_summary_of_that_day(cast: Cast) -> None:
    act(cast, "lestari", begin(cast), lambda one, by: done(one, by, date(2026, 10, 20)))
    of_october = improvements_in(date(2026, 10, 1), date(2026, 10, 31))
    assert (len(of_october.open), len(of_october.done)) == (0, 1)


def test_the_soonest_comes_first_and_more_than_a_page_goes_on(cast: Cast) -> None:
    days = [DUE + timedelta(days=(7 * at) % 53) for at in range(PAGE + 3)]
    unit_of_work(
        lambda: [begin_improvement(plan(cast, due_on=day), by=cast.actor("ratih")) for day in days]
    )
    first = list_improvements(cast.actor("ratih"), Stage.OPEN)
    second = list_improvements(cast.actor("ratih"), Stage.OPEN, after=first.next_after)
    listed = [one.due_on for one in (*first.rows, *second.rows)]
    assert listed == sorted(days)
    assert second.next_after is None
    late = count_stages(cast.actor("ratih"), None, DUE + timedelta(days=1))[1]
    assert late == days.count(DUE)


def test_of_two_who_change_it_the_slower_is_told(cast: Cast) -> None:
    id_ = begin(cast)
    read = row(id_).version
    act(cast, "ratih", id_, lambda one, by: progress.start_improvement(one, by=by))
    with pytest.raises(Conflict):
        unit_of_work(lambda: access.find_to_change(cast.actor("lestari"), id_, version=read))
