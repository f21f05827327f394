"""A backup is read back and restored on trial, and a bad one is an alarm and never the reason that a good one goes."""

from __future__ import annotations

import getpass
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pymysql
import pytest
import time_machine
from click.testing import Result
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Connection, make_url, select, text

from config import Settings
from helpdesk import backup_alarm
from helpdesk.app import create_app
from helpdesk.backup import nightly, read_back, trial_place
from helpdesk.backup.making import database_file, make_backup
from helpdesk.backup.manifest import measure
from helpdesk.backup.reading import BackupReading, Reading
from helpdesk.backup.record import DEAD_AFTER, BackupRun
from helpdesk.backup.rehearsing import rehearse_backup
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.leisure import LAST
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets.newest import newest_number
from helpdesk.web.admin.machine import parts_of_machine
from helpdesk.web.admin.part import Part
from helpdesk.web.vital_signs import vital_signs
from tests.backup.test_nightly import TWO
from tests.support.cast import Cast
from tests.support.databases import settings_for
from tests.support.processes import crew, together
from tests.web.workbench import person

Harm = Callable[[Path], None]


def read_back_now() -> None:
    backup_alarm.read_back_when_due(clock.now())


def make(at: datetime) -> Path:
    """The backup of the night that begins at *at*, just made."""
    with time_machine.travel(at, tick=False):
        nightly.back_up_when_due(clock.now())
    db.session.rollback()
    newest = select(BackupRun.folder).order_by(BackupRun.id.desc())
    return Path(db.session.scalars(newest.limit(1)).one())


def read(at: datetime) -> BackupReading:
    """The worker's turn at *at*, and what is known of the newest backup after it."""
    with time_machine.travel(at, tick=False):
        read_back_now()
    db.session.rollback()
    db.session.expire_all()
    newest = select(BackupReading).order_by(BackupReading.backup_id.desc()).limit(1)
    return db.session.scalars(newest).one()


def backup_part(app: Flask, at: datetime) -> Part:
    with time_machine.travel(at, tick=False), app.test_request_context("/"), force_locale("en"):
        return next(one for one in parts_of_machine(at) if one.name == "Backup")


def alarms() -> list[OutboxMessage]:
    told = select(OutboxMessage).where(OutboxMessage.event == backup_alarm.UNREADABLE)
    return list(db.session.scalars(told))


def litter(place: Path) -> list[str]:
    """What a rehearsal left: beside the backups, and on the server."""
    left = [one.name for one in place.glob(".*")]
    if db.engine.dialect.name != "sqlite":
        ours = f"{db.engine.url.database}_trial_"
        names = db.session.scalars(text("SHOW DATABASES")).all()
        left += [name for name in names if name.startswith(ours)]
        db.session.rollback()
    return left


def redraw_manifest(backup: Path, **facts: object) -> None:
    """Let the manifest believe that its parts were always as they are now."""
    file = backup / "manifest.json"
    manifest = json.loads(file.read_text())
    parts = [vars(measure(backup, part["path"])) for part in manifest["parts"]]
    file.write_text(json.dumps({**manifest, "parts": parts, **facts}))


def test_last_night_was_read_back_and_restored_on_trial(
    app: Flask, cast: Cast, number: str, settings: Settings
) -> None:
    folder = make(TWO)
    before = sorted(folder.rglob("*"))
    cast.complain()  # after it was made
    reading = read(TWO + timedelta(minutes=3))
    assert (reading.state, reading.fault) == (Reading.RESTORED, "")
    assert (reading.complaints, reading.newest) == (1, number)
    assert (sorted(folder.rglob("*")), litter(settings.backup_dir)) == (before, [])
    assert alarms() == []
    assert backup_part(app, TWO + timedelta(hours=6)).is_well
    with time_machine.travel(TWO + timedelta(hours=6)):
        home = person(app, cast, "ayu").get("/admin/").get_data(as_text=True)
        signs = {sign.name: sign.value for sign in vital_signs(TWO + timedelta(hours=6))}
    assert "02.03" in home
    assert number in home
    assert signs["backup_unreadable"] == 0
    assert signs["backup_read_back_seconds"] == 6 * 3600 - 180


def _rot(folder: Path) -> None:
    """A bad sector under a photograph."""
    photo = next(file for file in folder.glob("files/*/*/*") if file.is_file())
    photo.chmod(0o600)
    damaged = b"rot" + photo.read_bytes()[3:]
    photo.unlink()  # the house keeps the same photograph under another name
    photo.write_bytes(damaged)


def _cut(folder: Path) -> None:
    """A dump that was cut, with a manifest that knows nothing else."""
    database = folder / database_file()
    database.write_bytes(database.read_bytes()[: database.stat().st_size * 2 // 3])
    redraw_manifest(folder)


def _lose_a_row(folder: Path) -> None:
    tables = json.loads((folder / "manifest.json").read_text())["tables"]
    redraw_manifest(folder, tables={**tables, "tickets": 2})


def _vanish(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


@pytest.mark.parametrize(
    ("harm", "because"),
    [
        (_rot, "is not what it was when the backup was made"),
        (_cut, "ends in the middle|SQLite"),
        (_lose_a_row, "table tickets: 1 rows here, 2 in the backup"),
        (_vanish, "is no whole backup"),
        (lambda folder: redraw_manifest(folder, revision="0001"), "its schema is"),
    ],
)
def test_a_bad_one_is_an_alarm_and_the_older_ones_stay(
    app: Flask, cast: Cast, number: str, settings: Settings, harm: Harm, because: str
) -> None:
    old, month = make(TWO), timedelta(days=30)
    assert read(TWO).is_well
    harm(make(TWO + month))
    reading = read(TWO + month)
    assert reading.state == Reading.UNREADABLE
    assert because.split("|")[0] in reading.fault or because.split("|")[-1] in reading.fault
    assert old.exists()
    assert litter(settings.backup_dir) == []
    part = backup_part(app, TWO + month + timedelta(hours=1))
    assert (part.is_well, part.state) == (False, "Not readable")
    assert reading.fault in part.advice
    (told,) = alarms()
    assert told.recipient_id == cast.user_ids["ayu"]
    signs = {sign.name: sign.value for sign in vital_signs(TWO + month)}
    assert signs["backup_unreadable"] == 1
    assert signs["backup_age_seconds"] == month.total_seconds(), "the old one is the last good one"
    make(TWO + month + timedelta(days=1))
    assert read(TWO + month + timedelta(days=1)).is_well
    assert not old.exists()
    assert backup_part(app, TWO + month + timedelta(days=1)).is_well


def test_without_room_it_is_read_and_said_to_be_no_more(
    app: Flask, cast: Cast, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(TWO)
    with monkeypatch.context() as patch:
        small = SimpleNamespace(free=100, total=200)
        patch.setattr("helpdesk.backup.room.shutil.disk_usage", lambda _place: small)
        reading = read(TWO)
    assert (reading.state, reading.complaints) == (Reading.READ, 1)
    assert "Not enough room" in reading.fault
    assert (alarms(), backup_part(app, TWO).is_well) == ([], True)
    with time_machine.travel(TWO):
        assert "Not enough room" in person(app, cast, "ayu").get("/admin/").get_data(as_text=True)


@pytest.fixture
def owner(app: Flask) -> Iterator[pymysql.cursors.Cursor]:
    """Whoever runs the server of the tests, and may give rights on it."""
    with app.app_context(), db.engine.connect() as connection:
        socket = connection.scalar(text("SELECT @@socket"))
    with closing(pymysql.connect(unix_socket=socket, user=getpass.getuser())) as connection:
        yield connection.cursor()


@pytest.fixture
def modest(owner: pymysql.cursors.Cursor, engine_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The house with an account that has every right on its own database, and none beside it."""
    url = make_url(engine_url)
    owner.execute("CREATE USER modest@'127.0.0.1' IDENTIFIED BY 'modest'")
    owner.execute(f"GRANT ALL ON `{url.database}`.* TO modest@'127.0.0.1'")
    theirs = url.set(username="modest", password="modest").render_as_string(hide_password=False)
    house = create_app(settings_for(theirs, tmp_path / "modest"))
    yield house
    with house.app_context():
        db.engine.dispose()
    owner.execute("DROP USER modest@'127.0.0.1'")


@pytest.mark.engines("mariadb")
def test_an_account_restores_on_trial_where_it_may_and_says_where_it_may_not(
    cast: Cast, number: str, backup: Path, modest: Flask, owner: pymysql.cursors.Cursor
) -> None:
    make_backup(backup)
    name = str(db.engine.url.database).replace("_", r"\_")
    with modest.app_context():
        refused = rehearse_backup(backup, newest_number)
        owner.execute(rf"GRANT ALL ON `{name}\_trial\_%`.* TO modest@'127.0.0.1'")
        db.engine.dispose()
        allowed = rehearse_backup(backup, newest_number)
    assert (refused.faults, refused.complaints, refused.newest) == ((), 1, "")
    assert "Access denied" in refused.why_not
    assert (allowed.faults, allowed.why_not, allowed.newest) == ((), "", number)


@pytest.mark.engines("mariadb")
def test_a_server_that_has_no_connection_left_says_nothing_about_the_backup(
    cast: Cast, number: str, backup: Path, modest: Flask, owner: pymysql.cursors.Cursor
) -> None:
    make_backup(backup)
    name = str(db.engine.url.database).replace("_", r"\_")
    owner.execute(rf"GRANT ALL ON `{name}\_trial\_%`.* TO modest@'127.0.0.1'")
    owner.execute("ALTER USER modest@'127.0.0.1' WITH MAX_USER_CONNECTIONS 1")
    with modest.app_context():
        found = rehearse_backup(backup, newest_number)
    assert (found.faults, "max_user_connections" in found.why_not) == ((), True)


@pytest.mark.engines("mariadb")
def test_what_a_killed_one_left_on_the_server_goes_even_where_another_has_no_room(
    cast: Cast, number: str, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_backup(backup)
    stamp = f"{clock.now() - timedelta(days=1):%Y%m%dt%H%M%Sz}"
    with db.engine.connect() as connection:
        connection.execute(
            text(f"CREATE DATABASE `{db.engine.url.database}_trial_{stamp}_0123abcd`")
        )
    with monkeypatch.context() as patch:
        small = SimpleNamespace(free=100, total=200)
        patch.setattr("helpdesk.backup.room.shutil.disk_usage", lambda _place: small)
        assert "Not enough room" in rehearse_backup(backup, newest_number).why_not
    assert litter(backup.parent) == []


def test_two_workers_read_it_once_and_let_everybody_pass(
    cast: Cast, number: str, settings: Settings
) -> None:
    make(clock.now())
    assert sorted(together(settings, [count_readings] * 3)) == [0, 0, 1]


def count_readings() -> int:
    """How often the backup is restored in this process, each time by a thread that the machine serves last."""
    mine: list[int] = []

    def look(connection: Connection) -> str:
        mine.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return newest_number(connection)

    read_back.read_back_when_due(clock.now(), newest=look, when_unreadable=lambda _run: None)
    assert all(niceness == LAST for niceness in mine)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < LAST
    return len(mine)


def die_over_it() -> None:
    def die(_connection: Connection) -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return ""

    read_back.read_back_when_due(clock.now(), newest=die, when_unreadable=lambda _run: None)


def test_a_worker_killed_over_it_is_replaced_and_its_litter_goes(
    app: Flask, cast: Cast, number: str, settings: Settings
) -> None:
    now = clock.now()
    make(now)
    with crew(settings, [die_over_it]) as (worker,):
        assert worker.was_killed
    assert len(litter(settings.backup_dir)) == 1, "killed in the midst of it"
    assert read(now + DEAD_AFTER).state == Reading.RUNNING, "it may be alive"
    assert backup_part(app, now + DEAD_AFTER + timedelta(minutes=1)).state == "Not read back"
    assert read(now + DEAD_AFTER + timedelta(minutes=2)).state == Reading.RESTORED
    later = now + timedelta(days=1)
    make(later)
    assert read(later).state == Reading.RESTORED
    assert litter(settings.backup_dir) == []


def test_it_is_rehearsed_by_hand(app: Flask, cast: Cast, number: str, backup: Path) -> None:
    make_backup(backup)
    run = app.test_cli_runner().invoke
    said = run(args=["backup", "--rehearse", str(backup)])
    assert said.exit_code == 0, said.output
    assert f"was read back whole: 1 complaints, the newest {number}, as of" in said.output
    assert "restored on trial" in said.output
    _lose_a_row(backup)
    said = run(args=["backup", "--rehearse", str(backup)])
    assert (said.exit_code, "table tickets: 1 rows here" in said.output) == (1, True)


def lose_a_category() -> None:
    """A ticket whose category is gone: both engines copy that without looking."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    switch = "PRAGMA foreign_keys = OFF" if is_sqlite else "SET foreign_key_checks = 0"
    connection = db.engine.raw_connection()
    for statement in (switch, "UPDATE tickets SET category_id = 987654"):
        connection.cursor().execute(statement)
    connection.commit()
    connection.invalidate()


def upgrade(app: Flask, at: datetime) -> Result:
    with time_machine.travel(at, tick=False):
        return app.test_cli_runner().invoke(args=["upgrade"])


def test_an_upgrade_rests_on_no_backup_that_cannot_be_read_back(
    app: Flask, cast: Cast, number: str
) -> None:
    _rot(make(TWO))
    assert "read back" not in upgrade(app, TWO).output, "nobody has looked yet"
    read(TWO)
    told = upgrade(app, TWO + timedelta(hours=1))
    assert "this one was, and is whole" in told.output
    lose_a_category()
    told = upgrade(app, TWO + timedelta(hours=2))
    assert told.exit_code == 1
    assert "1 rows refer to rows of categories that are gone" in told.output
    assert "Nothing was changed" in told.output


def test_somebody_elses_hidden_folder_stays(cast: Cast, number: str, backup: Path) -> None:
    theirs = backup.with_name(".photos.0123abcd.trial")
    theirs.mkdir()
    (theirs / "foto.jpg").write_bytes(b"mine")
    make_backup(backup)
    with time_machine.travel(clock.now() + 2 * trial_place.LEFT_AFTER):
        rehearse_backup(backup, newest_number)
    assert (theirs / "foto.jpg").exists()
