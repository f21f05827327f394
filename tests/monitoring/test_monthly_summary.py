"""The monthly summary comes once, on its day, and is told once to each person who is named."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.templates import render_message
from helpdesk.monitoring.summaries import schedule
from helpdesk.monitoring.summaries.building import build_due
from helpdesk.monitoring.summaries.schedule import Schedule, ask_monthly, change_schedule
from helpdesk.monitoring.summaries.summary import Summary
from tests.support.cast import Cast

SECOND = "2026-11-02T01:00:00+00:00"  # 08.00 WIB
AYU = Actor.system("Ayu")


def choose(cast: Cast, *readers: str, version: int = 1, **facts: Any) -> None:
    chosen = Schedule(**({"is_monthly": True, "day": 2, "hour": 8} | facts))
    ids = [cast.user_ids[name] for name in readers]
    unit_of_work(lambda: change_schedule(chosen, ids, version=version, by=AYU))


def asked() -> list[Summary]:
    db.session.rollback()
    return list(db.session.scalars(select(Summary).order_by(Summary.id)))


def told() -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.event == "monthly_summary")
    return list(db.session.scalars(query.order_by(OutboxMessage.id)))


def test_it_waits_for_its_day_and_hour(cast: Cast) -> None:
    for moment, is_due in (
        ("2026-11-01T23:00:00+00:00", False),  # the 2nd, 06.00 WIB
        ("2026-11-02T00:59:59+00:00", False),
        (SECOND, True),
    ):
        with time_machine.travel(moment, tick=False):
            if not asked() and moment == "2026-11-01T23:00:00+00:00":
                choose(cast, "hanifah")
            assert ask_monthly(clock.now()) is is_due
    (summary,) = asked()
    assert (summary.period, summary.scheduled_for, summary.unit_id) == ("2026-10", "2026-10", None)


def test_two_workers_ask_once_and_tell_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(SECOND, tick=False):
        choose(cast, "hanifah", "ratih")
        assert ask_monthly(clock.now()) is True
        assert ask_monthly(clock.now() + timedelta(days=3)) is False
        # the second worker looked before the first one's commit: the unique key decides
        looks = iter([False, False, True])
        monkeypatch.setattr(schedule, "_is_asked", lambda _month: next(looks))
        assert ask_monthly(clock.now()) is False
        assert len(asked()) == 1
        assert build_due(clock.now()) == 1
        ids = sorted(message.recipient_id or 0 for message in told())
        assert ids == sorted(cast.user_ids[name] for name in ("hanifah", "ratih"))
        (summary,) = asked()
        unit_of_work(lambda: schedule.tell_readers(summary))
        assert len(told()) == 2


def test_the_message_leads_to_the_page_in_the_readers_language(cast: Cast) -> None:
    with time_machine.travel(SECOND, tick=False):
        unit_of_work(
            lambda: db.session.execute(
                update(User).where(User.username == "ratih").values(locale="en")
            )
        )
        choose(cast, "hanifah", "ratih")
        ask_monthly(clock.now())
        build_due(clock.now())
        (summary,) = asked()
        ids = {user_id: name for name, user_id in cast.user_ids.items()}
        said = {ids[one.recipient_id or 0]: render_message(one) for one in told()}
    assert said["hanifah"].subject == "Laporan pengaduan Oktober 2026 sudah siap"
    assert said["ratih"].subject == "Complaint summary for October 2026 is ready"
    assert f"/pimpinan/ringkasan/{summary.id}" in said["hanifah"].body
    assert summary.number in said["hanifah"].body


def test_nobody_is_told_of_a_summary_that_somebody_made_by_hand(cast: Cast) -> None:
    with time_machine.travel(SECOND, tick=False):
        choose(cast, "hanifah")
        ask_monthly(clock.now())
        build_due(clock.now())
        before = len(told())
        (summary,) = asked()
        summary.scheduled_for = None
        unit_of_work(lambda: schedule.tell_readers(summary))
        assert len(told()) == before


def test_a_month_that_was_slept_through_is_made_up_for(cast: Cast) -> None:
    with time_machine.travel(SECOND, tick=False):
        choose(cast, "hanifah", day=28)
        assert ask_monthly(clock.now()) is False
        choose(cast, "hanifah", day=1, version=2)
        assert ask_monthly(datetime.fromisoformat("2026-11-20T13:00:00+00:00")) is True


@pytest.mark.parametrize(
    ("readers", "facts", "field"),
    [
        (["budi"], {}, "readers"),  # the page would be shut to him
        ([], {}, "readers"),
        (["hanifah"], {"day": 29}, "day"),
        (["hanifah"], {"hour": 24}, "hour"),
        (["hanifah"], {"language": "fr"}, "language"),
    ],
)
def test_what_cannot_be_is_refused(
    cast: Cast, readers: list[str], facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        choose(cast, *readers, **facts)
    assert list(refused.value.fields) == [field]


def test_the_second_to_save_is_told_so(cast: Cast) -> None:
    choose(cast, "hanifah")
    with pytest.raises(Conflict):
        choose(cast, "ratih")
    assert schedule.reader_ids() == {cast.user_ids["hanifah"]}
