"""Is everything well? Backups and the clock, as the administrator reads of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import text, update

from config import Settings
from helpdesk.backup import nightly
from helpdesk.backup.record import BackupRun, Occasion, Outcome
from helpdesk.lib import clock, clock_watch
from helpdesk.lib.clock_watch import ClockJump
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.heartbeats import beat
from helpdesk.sla.models import Calendar
from helpdesk.web.admin.machine import parts_of_machine
from helpdesk.web.admin.part import Part
from tests.support.cast import Cast

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PartNamed = Callable[[str], Part]


@pytest.fixture
def part(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> PartNamed:
    """One line of the page, in English; the database's machine has the time that we travel in."""
    monkeypatch.setattr("helpdesk.web.admin.machine.clock_watch.ahead_of_database", lambda: None)

    def named(name: str) -> Part:
        db.session.rollback()
        with app.test_request_context("/"), force_locale("en"):
            return next(one for one in parts_of_machine(clock.now()) if one.name == name)

    return named


def backed_up(ago: timedelta, **facts: object) -> None:
    at = clock.now() - ago
    row = {
        "occasion": Occasion.NIGHTLY,
        "night": date(2026, 11, 20),
        "folder": "/srv/backups/nightly",
        "outcome": Outcome.WHOLE,
        "started_at": at - timedelta(seconds=12),
        "ended_at": at,
        "size": 1_800_000_000,
        **facts,
    }
    unit_of_work(lambda: db.session.add(BackupRun(**row)))


def test_the_last_backup_is_told_with_its_size_and_its_length(part: PartNamed) -> None:
    with time_machine.travel(NOW, tick=False):
        backed_up(timedelta(hours=8))
        backup = part("Backup")
        assert (backup.is_well, backup.state) == (True, "In order")
        assert backup.last.endswith("1.8 GB · 12 seconds")


def test_an_old_one_is_loud_after_a_day_and_a_half(part: PartNamed) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        backed_up(timedelta(hours=36))
        assert part("Backup").is_well
        traveller.shift(timedelta(hours=36))
        backup = part("Backup")
        assert (backup.is_well, backup.state) == (False, "3 days")
        assert "flask backup DIR" in backup.advice


def test_a_failed_one_says_what_it_said(part: PartNamed) -> None:
    fault = "[Errno 28] No space left on device"
    with time_machine.travel(NOW, tick=False):
        backed_up(timedelta(hours=8))
        backed_up(timedelta(hours=1), outcome=Outcome.FAILED, fault=fault, size=None)
        backup = part("Backup")
        assert (backup.is_well, backup.state) == (False, "Failed")
        assert fault in backup.advice
        assert "1.8 GB" in backup.last, "what there is to restore from"


def test_one_that_failed_by_hand_was_told_by_hand(part: PartNamed) -> None:
    with time_machine.travel(NOW, tick=False):
        backed_up(timedelta(hours=8))
        by_hand = {"occasion": Occasion.BY_HAND, "night": None}
        backed_up(timedelta(hours=1), outcome=Outcome.FAILED, fault="x is there already", **by_hand)
        assert part("Backup").is_well


def test_one_that_was_cut_off_is_not_running_for_ever(part: PartNamed) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        backed_up(timedelta(hours=8))
        backed_up(timedelta(0), outcome=Outcome.RUNNING, ended_at=None, size=None)
        assert part("Backup").is_well
        traveller.shift(timedelta(hours=4))
        assert part("Backup").state == "Failed"


def test_lost_files_are_counted(part: PartNamed) -> None:
    with time_machine.travel(NOW, tick=False):
        backed_up(timedelta(hours=8), outcome=Outcome.INCOMPLETE, missing_files=2)
        backup = part("Backup")
        assert (backup.is_well, backup.state) == (False, "2 files lost")
        assert "flask check files" in backup.advice


def test_a_new_house_is_given_its_first_night(part: PartNamed) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        assert (part("Backup").is_well, part("Backup").last) == (True, "None yet")
        traveller.shift(timedelta(hours=37))
        assert (part("Backup").is_well, part("Backup").state) == (False, "None")


def test_who_backs_up_otherwise_is_not_nagged(
    app: Flask, settings: Settings, part: PartNamed
) -> None:
    app.extensions["settings"] = replace(settings, backup_nightly=False)
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        assert (part("Backup").is_well, part("Backup").state) == (True, "Not by Tanggap")
        assert not part("Backup").is_known


def test_what_nobody_looked_at_is_not_called_well(part: PartNamed) -> None:
    certificate = part("HTTPS certificate")
    assert (certificate.state, certificate.is_well, certificate.is_known) == (
        "Not checked",
        True,
        False,
    )


def test_what_the_worker_made_is_what_the_page_shows(part: PartNamed) -> None:
    nightly.back_up_when_due(clock.now())
    assert part("Backup").is_well
    assert part("Backup").last != "None yet"


def test_a_failing_backup_is_told_once(app: Flask, cast: Cast) -> None:
    from helpdesk.web.admin.wellness import all_parts

    with pytest.raises(OSError, match="full"), beat(nightly.JOB):
        raise OSError("full")
    with app.test_request_context("/"), force_locale("en"):
        assert not [
            one for one in all_parts(clock.now(), cast.actor("ayu")) if "full" in one.advice
        ]


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2027, 10, 31), []),
        (date(2027, 11, 2), [2028]),
        (date(2028, 6, 1), [2028]),
        (date(2028, 12, 1), [2028, 2029]),
    ],
)
def test_a_year_without_holidays_is_told_before_deadlines_reach_it(
    app: Flask, cast: Cast, today: date, missing: list[int]
) -> None:
    with time_machine.travel(datetime.combine(today, time(3), UTC), tick=False):
        ayu = cast.sign_in(app.test_client(), "ayu")
        page = ayu.get("/admin/").get_data(as_text=True)
        for year in range(2026, 2030):
            assert (f"/admin/kalender/libur?tahun={year}" in page) == (year in missing)


def test_who_keeps_no_holidays_misses_none(app: Flask, cast: Cast) -> None:
    always_open = update(Calendar).values(observes_holidays=False)
    unit_of_work(lambda: db.session.execute(always_open))
    with time_machine.travel(datetime(2028, 6, 1, tzinfo=UTC), tick=False):
        ayu = cast.sign_in(app.test_client(), "ayu")
        assert "/admin/kalender/libur?tahun" not in ayu.get("/admin/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("seconds", "words"), [(-7200.0, "set back by 2 hours"), (30.0, "set forward by 30 seconds")]
)
def test_a_clock_that_was_set_is_told_for_a_day(
    part: PartNamed, seconds: float, words: str
) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        assert part("Clock and time zone").is_well
        jump = ClockJump(noticed_at=NOW, seconds=seconds)
        unit_of_work(lambda: db.session.add(jump))
        told = part("Clock and time zone")
        assert (told.is_well, told.state) == (False, "Wrong")
        assert words in told.advice
        assert "timedatectl" in told.advice
        traveller.shift(timedelta(hours=25))
        assert part("Clock and time zone").is_well


def test_two_machines_must_agree_on_the_time(
    part: PartNamed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ahead, is_well in ((0.1, True), (-4.0, True), (-360.0, False)):
        offset = timedelta(seconds=ahead)
        monkeypatch.setattr(clock_watch, "ahead_of_database", lambda offset=offset: offset)
        told = part("Clock and time zone")
        assert told.is_well is is_well, ahead
        assert f"{abs(ahead):.1f}".removesuffix(".0") in told.last
    assert "disagree by 6 minutes" in told.advice


def test_an_entry_from_the_future_gives_the_clock_away(cast: Cast, part: PartNamed) -> None:
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        cast.complain()
    with time_machine.travel(NOW, tick=False):
        told = part("Clock and time zone")
        assert not told.is_well
        assert "2 days in the future" in told.advice


def test_another_schema_is_said_on_the_page_too(part: PartNamed) -> None:
    assert part("Database").is_well
    before = unit_of_work(
        lambda: db.session.scalar(text("SELECT version_num FROM alembic_version"))
    )
    set_it = text("UPDATE alembic_version SET version_num = :to")
    unit_of_work(lambda: db.session.execute(set_it, {"to": "9999"}))
    try:
        told = part("Database")
        assert (told.is_well, told.state) == (False, "Another schema")
        assert "Install the newer program again" in told.advice
    finally:
        unit_of_work(lambda: db.session.execute(set_it, {"to": before}))


def test_backups_on_a_disk_of_their_own_have_a_line(
    app: Flask, settings: Settings, part: PartNamed
) -> None:
    own = settings.instance_path.stat().st_dev
    places = (Path("/dev/shm"), Path("/tmp"))  # the tests themselves may be at work on either
    elsewhere = next((place for place in places if place.stat().st_dev != own), None)
    if elsewhere is None:
        pytest.skip("this machine has one disk")
    app.extensions["settings"] = replace(settings, backup_dir=elsewhere)
    assert part("Disk of the backups").last.endswith("free")
