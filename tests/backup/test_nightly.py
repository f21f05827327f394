"""Every night once, whoever comes first; a failure is tried again; old ones go after a new one that was read back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from config import Settings, WrongSetting
from helpdesk import backup_alarm
from helpdesk.backup import nightly
from helpdesk.backup.making import verify_backup
from helpdesk.backup.record import BackupRun, Outcome
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets.records import Attachment
from tests.support.cast import Cast
from tests.support.databases import settings_for
from tests.support.processes import together

JAKARTA = ZoneInfo("Asia/Jakarta")
TWO = datetime(2026, 11, 21, 2, 0, tzinfo=JAKARTA)


def runs() -> list[BackupRun]:
    db.session.rollback()
    return list(db.session.scalars(select(BackupRun).order_by(BackupRun.id)))


def folders(settings: Settings) -> list[Path]:
    place = settings.backup_dir
    return sorted(place.glob("nightly-*")) if place.exists() else []


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The disk of the backups is full, until it is undone."""

    def full(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nightly, "make_backup", full)
    yield monkeypatch
    monkeypatch.undo()


def turn(at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        backup_alarm.back_up_when_due(clock.now())
        backup_alarm.read_back_when_due(clock.now())


@pytest.mark.parametrize(
    ("at", "night"),
    [
        (TWO - timedelta(seconds=1), date(2026, 11, 20)),
        (TWO, date(2026, 11, 21)),
        (TWO + timedelta(hours=23, minutes=59), date(2026, 11, 21)),
    ],
)
def test_a_night_begins_at_the_hour_of_the_place(cast: Cast, at: datetime, night: date) -> None:
    assert nightly.night_of(at.astimezone(UTC), 2) == night


def test_one_each_night(cast: Cast, number: str, settings: Settings) -> None:
    turn(TWO)
    turn(TWO + timedelta(minutes=5))
    turn(TWO + timedelta(hours=23))
    (made,) = folders(settings)
    assert made.name == "nightly-20261120T190000Z"
    assert verify_backup(made)[1] == []
    (run,) = runs()
    assert (run.outcome, run.night, Path(run.folder)) == ("whole", date(2026, 11, 21), made)
    assert run.size == verify_backup(made)[0].size
    turn(TWO + timedelta(days=1))
    assert len(folders(settings)) == 2


def test_a_machine_that_was_off_catches_up(cast: Cast, settings: Settings) -> None:
    turn(TWO)
    turn(TWO + timedelta(days=3, hours=7))
    assert [run.night for run in runs()] == [date(2026, 11, 21), date(2026, 11, 24)]


def back_up_now() -> None:
    nightly.back_up_when_due(clock.now())


def test_two_workers_make_one(cast: Cast, number: str, settings: Settings) -> None:
    together(settings, [back_up_now, back_up_now, back_up_now])
    assert len(folders(settings)) == 1
    assert [run.outcome for run in runs()] == [Outcome.WHOLE]


def test_a_failure_is_recorded_and_tried_again_within_the_hour(
    cast: Cast, settings: Settings, fail: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OSError, match="No space left"):
        turn(TWO)
    turn(TWO + timedelta(minutes=55))  # too early: nothing is tried, nothing is raised
    assert [run.outcome for run in runs()] == ["failed"]
    assert "No space left" in runs()[0].fault
    fail.undo()
    turn(TWO + timedelta(hours=1))
    assert [run.outcome for run in runs()] == ["failed", "whole"]
    turn(TWO + timedelta(hours=3))
    assert len(runs()) == 2


def test_it_gives_up_for_this_night_but_not_for_the_next(
    cast: Cast, fail: pytest.MonkeyPatch
) -> None:
    for hour in range(nightly.ATTEMPTS):
        with pytest.raises(OSError, match="No space left"):
            turn(TWO + timedelta(hours=hour))
    turn(TWO + timedelta(hours=20))
    assert len(runs()) == nightly.ATTEMPTS
    (told,) = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.event == "backup_failed")
    )
    assert told.recipient_id == cast.user_ids["ayu"], "once, however often it was tried"
    fail.undo()
    turn(TWO + timedelta(days=1))
    assert runs()[-1].outcome == Outcome.WHOLE


def test_a_worker_that_was_killed_at_it_is_waited_for_and_then_replaced(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(folder: Path) -> None:
        folder.with_name(f".{folder.name}.ab12cd34.part").mkdir(parents=True)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(nightly, "make_backup", killed)
        with pytest.raises(SystemExit):
            turn(TWO)
    assert [run.outcome for run in runs()] == ["running"]
    turn(TWO + timedelta(hours=2))
    assert len(runs()) == 1
    turn(TWO + timedelta(hours=4))
    assert [run.outcome for run in runs()] == ["running", "whole"]
    turn(TWO + timedelta(days=3))
    assert not list(settings.backup_dir.glob(".*")), "what it left is swept away"


def test_what_killed_ones_left_goes_even_where_no_new_one_fits(
    cast: Cast, settings: Settings, fail: pytest.MonkeyPatch
) -> None:
    left = [
        settings.backup_dir / f".nightly-20261117T190000Z.ab12cd34.{what}"
        for what in ("part", "trial")
    ]
    for folder in left:
        folder.mkdir(parents=True)
        os.utime(folder, ((TWO - timedelta(days=1)).timestamp(),) * 2)
    with pytest.raises(OSError, match="No space left"):
        turn(TWO)
    assert not any(map(Path.exists, left)), "it may be the very thing that fills the disk"


def test_old_ones_go_after_a_good_new_one(
    cast: Cast, settings: Settings, fail: pytest.MonkeyPatch
) -> None:
    make = nightly.make_backup
    fail.undo()
    for day in (0, 1):
        turn(TWO + timedelta(days=day))
    kept = folders(settings)
    others = settings.backup_dir / "before-upgrade-from-0001-20200101T000000Z"
    others.mkdir()
    fail.setattr(nightly, "make_backup", make)
    with pytest.raises(OSError, match="No space left"):
        turn(TWO + timedelta(days=30))
    assert folders(settings) == kept, "no good new one, so nothing goes"
    fail.undo()
    turn(TWO + timedelta(days=30, hours=1))
    assert len(folders(settings)) == 1
    assert folders(settings)[0] not in kept
    assert others.exists(), "only what a nightly turn has named"


def test_a_lost_file_keeps_the_older_ones(cast: Cast, number: str, settings: Settings) -> None:
    turn(TWO)
    digest = db.session.scalars(select(Attachment.shown_digest)).first()
    assert digest
    place = get_storage().path(digest)
    place.rename(place.with_name("elsewhere"))
    turn(TWO + timedelta(days=30))
    assert [run.outcome for run in runs()] == ["whole", "incomplete"]
    assert len(folders(settings)) == 2


def test_the_copies_of_a_photograph_share_their_place_on_the_disk(
    cast: Cast, number: str, settings: Settings
) -> None:
    turn(TWO)
    digest = db.session.scalars(select(Attachment.shown_digest)).first()
    assert digest
    assert get_storage().path(digest).stat().st_nlink == 2
    shutil.rmtree(folders(settings)[0])
    assert get_storage().verify(digest)


def test_it_can_be_switched_off(app: Flask, cast: Cast, settings: Settings) -> None:
    app.extensions["settings"] = replace(settings, backup_nightly=False)
    turn(TWO)
    assert runs() == []


def test_what_the_environment_may_say(tmp_path: Path) -> None:
    said = {
        "BACKUP_DIR": "/srv/backups",
        "BACKUP_KEEP": "30",
        "BACKUP_HOUR": "23",
        "SECRET_KEY": "x",
    }
    settings = Settings.from_environment(said, instance_path=tmp_path)
    assert settings.backup_dir == Path("/srv/backups")
    assert (settings.backup_keep_days, settings.backup_hour) == (30, 23)
    assert settings.backup_nightly
    demo = settings_for("sqlite://", tmp_path, demo=True)
    assert demo.backup_dir != settings_for("sqlite://", tmp_path).backup_dir
    for wrong in ({"BACKUP_HOUR": "24"}, {"BACKUP_KEEP": "0"}, {"BACKUP_NIGHTLY": "often"}):
        with pytest.raises(WrongSetting):
            Settings.from_environment(wrong, instance_path=tmp_path)
