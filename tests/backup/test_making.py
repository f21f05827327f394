"""A backup: whole, private, proved by its manifest, and never half there."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, func, or_, select
from sqlalchemy.engine import Engine

from config import Settings
from helpdesk.backup import CannotBackUp, CannotRestore
from helpdesk.backup.making import database_file, make_backup, verify_backup
from helpdesk.backup.record import BackupRun, Occasion, Outcome, recorded
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.named_files import named_digests
from helpdesk.lib.storage import get_storage
from helpdesk.lib.uploads import COMPLAINANT
from helpdesk.tickets.records import Attachment
from tests.support.cast import Cast
from tests.support.files import photograph

pytestmark = pytest.mark.usefixtures("number")


@contextmanager
def read_only(engine: Engine) -> Iterator[None]:
    """SQLite takes nothing from any connection, as from a disk that was mounted so."""

    def lock(connection: Any, *_rest: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    db.session.remove()
    event.listen(engine, "checkout", lock)
    try:
        yield
    finally:
        event.remove(engine, "checkout", lock)
        db.session.remove()
        engine.dispose()


def rows_of(table: str) -> int:
    found = db.session.scalar(select(func.count()).select_from(db.metadata.tables[table]))
    assert found is not None
    return found


def spoil(digest: str) -> None:
    """A bad sector: a few bytes of a stored file are others."""
    place = get_storage().path(digest)
    place.write_bytes(b"rot" + place.read_bytes()[3:])


def a_photograph() -> str:
    digest = db.session.scalars(select(Attachment.shown_digest)).first()
    assert digest is not None
    return digest


def test_the_manifest_counts_every_row_and_every_file(cast: Cast, backup: Path) -> None:
    made = make_backup(backup)
    manifest, damages = verify_backup(backup)
    assert damages == []
    assert manifest == made
    for table in ("tickets", "ticket_events", "attachments", "audit_entries", "outbox", "users"):
        assert manifest.tables[table] == rows_of(table) > 0, table
    assert manifest.tables["ticket_search"] == 1
    names = {part.path for part in manifest.parts}
    digest = a_photograph()
    assert names >= {database_file(), "secret_key", f"files/{digest[:2]}/{digest[2:4]}/{digest}"}
    assert manifest.missing == ()


def test_only_its_owner_can_read_it(cast: Cast, backup: Path) -> None:
    make_backup(backup)
    for place in (backup, *backup.rglob("*")):
        mode = stat.S_IMODE(place.stat().st_mode)
        assert mode == (0o700 if place.is_dir() else 0o600), (place, oct(mode))


def test_a_folder_in_use_is_refused_and_left_alone(cast: Cast, backup: Path) -> None:
    backup.mkdir()
    (backup / "foto.jpg").write_bytes(b"mine")
    with pytest.raises(CannotBackUp, match="is there already"):
        make_backup(backup)
    assert [file.name for file in backup.iterdir()] == ["foto.jpg"]


def test_an_empty_folder_will_do(cast: Cast, backup: Path) -> None:
    backup.mkdir()
    make_backup(backup)
    assert verify_backup(backup)[1] == []


def test_among_the_files_is_no_place(app: Flask, cast: Cast, settings: Settings) -> None:
    with pytest.raises(CannotBackUp, match="among the files"):
        make_backup(settings.instance_path / "files" / "backup")


def test_too_little_room_is_said_before_it_is_filled(
    cast: Cast, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        free = 1000

    monkeypatch.setattr("helpdesk.backup.room.shutil.disk_usage", lambda _place: Full)
    with pytest.raises(CannotBackUp, match="Not enough room"):
        make_backup(backup)
    assert not backup.exists()


def test_what_is_cut_off_leaves_nothing_that_looks_like_a_backup(
    cast: Cast, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: Path, _text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("helpdesk.backup.making._write_private", full)
    with pytest.raises(OSError, match="No space left"):
        recorded(lambda: make_backup(backup), occasion=Occasion.BY_HAND, folder=backup)
    assert list(backup.parent.glob("*backup*")) == []
    run = db.session.scalars(select(BackupRun)).one()
    assert (run.outcome, run.is_good) == (Outcome.FAILED, False)
    assert "No space left" in run.fault


def test_what_a_killed_one_left_goes_with_the_next_but_nothing_else(
    cast: Cast, backup: Path
) -> None:
    def left(name: str, part: str, *, for_days: int) -> Path:
        draft = backup.with_name(name)
        (draft / part).mkdir(parents=True)
        written_at = (clock.now() - timedelta(days=for_days)).timestamp()
        for place in (draft / part, draft):
            os.utime(place, (written_at, written_at))
        return draft

    killed = left(".backup.0a1b2c3d.part", "files", for_days=3)
    written_now = left(".other.0a1b2c3e.part", "files", for_days=1)
    begun_long_ago = left(".long.0a1b2c3f.part", "files/ab", for_days=3)
    os.utime(begun_long_ago / "files/ab")
    of_others = left(".film.0a1b2c40.part", "scenes", for_days=3)
    make_backup(backup)
    assert not killed.exists()
    for kept in (written_now, begun_long_ago, of_others):
        assert kept.exists(), kept.name


def test_a_lost_photograph_is_named_and_stops_nothing(cast: Cast, backup: Path) -> None:
    digest = a_photograph()
    spoil(digest)
    manifest = recorded(lambda: make_backup(backup), occasion=Occasion.BY_HAND, folder=backup)
    assert manifest.missing == (digest,)
    assert verify_backup(backup)[1] == []
    run = db.session.scalars(select(BackupRun)).one()
    assert (run.outcome, run.missing_files, run.size) == ("incomplete", 1, manifest.size)


def test_what_is_thrown_away_meanwhile_is_not_missed(cast: Cast, backup: Path) -> None:
    cast.complain("Antre lama.", files=[photograph("red", purpose=COMPLAINANT)])
    last = max(named_digests())

    def throw_away(stage: str, _done: int, _total: int) -> None:
        if stage == "files" and get_storage().exists(last):
            is_last = or_(Attachment.original_digest == last, Attachment.shown_digest == last)
            unit_of_work(lambda: db.session.execute(delete(Attachment).where(is_last)))
            get_storage().discard(last)

    assert make_backup(backup, throw_away).missing == ()


def test_damage_is_named(cast: Cast, backup: Path) -> None:
    make_backup(backup)
    database = backup / database_file()
    content = bytearray(database.read_bytes())
    content[len(content) // 2] ^= 1
    database.write_bytes(content)
    (backup / "secret_key").unlink()
    _manifest, damages = verify_backup(backup)
    assert damages == [
        f"{database_file()} is not what it was when the backup was made",
        "secret_key is gone",
    ]


@pytest.mark.parametrize("content", ["", "{}", '{"format": 1}', '{"format": 2}', '["x"]'])
def test_what_has_no_readable_manifest_is_no_backup(cast: Cast, backup: Path, content: str) -> None:
    make_backup(backup)
    (backup / "manifest.json").write_text(content)
    with pytest.raises(CannotRestore):
        verify_backup(backup)


def test_the_command_makes_one_and_proves_it(app: Flask, cast: Cast, backup: Path) -> None:
    runner = app.test_cli_runner()
    made = runner.invoke(args=["backup", str(backup)])
    assert made.exit_code == 0, made.output
    assert " rows in " in made.output
    proved = runner.invoke(args=["backup", "--verify", str(backup)])
    assert (proved.exit_code, "is whole" in proved.output) == (0, True), proved.output
    again = runner.invoke(args=["backup", str(backup)])
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    (backup / "secret_key").write_text("another")
    broken = runner.invoke(args=["backup", "--verify", str(backup)])
    assert (broken.exit_code, "secret_key is not what it was" in broken.output) == (1, True)
    with app.app_context():
        assert "backup_made" in set(
            db.session.scalars(select(db.metadata.tables["audit_entries"].c.act))
        )


@pytest.mark.engines("mariadb")
def test_the_password_is_in_no_argument_no_environment_and_no_backup(
    cast: Cast, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = db.engine.url.password
    assert password
    programs, seen = tmp_path / "programs", tmp_path / "seen"
    programs.mkdir()
    spy = programs / "mariadb-dump"
    spy.write_text(f'#!/bin/sh\n{{ echo "$@"; env; }} >{seen}\nexec /usr/bin/mariadb-dump "$@"\n')
    spy.chmod(0o700)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(programs), prepend=":")
        make_backup(backup)
    assert "--single-transaction" in seen.read_text()
    assert str(password) not in seen.read_text()
    assert str(password).encode() not in (backup / database_file()).read_bytes()
    options = next(word for word in seen.read_text().split() if "--defaults-file=" in word)
    assert not Path(options.partition("=")[2]).exists()


@pytest.mark.engines("mariadb")
def test_a_program_that_gives_up_is_quoted(
    cast: Cast, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "programs" / "mariadb-dump"
    broken.parent.mkdir()
    broken.write_text('#!/bin/sh\necho "-- only a beginning"\necho "Lost connection" >&2\nexit 3\n')
    broken.chmod(0o700)
    monkeypatch.setenv("PATH", str(broken.parent))
    with pytest.raises(CannotBackUp, match="Lost connection"):
        make_backup(backup)
    broken.unlink()
    with pytest.raises(CannotBackUp, match="apt-get install mariadb-client"):
        make_backup(backup)
    assert not backup.exists()


def test_the_manifest_is_for_people_too(cast: Cast, backup: Path) -> None:
    make_backup(backup)
    facts = json.loads((backup / "manifest.json").read_text())
    assert facts["engine"] in ("SQLite", "MariaDB")
    assert facts["revision"]
    assert facts["started_at"] <= facts["ended_at"]


@pytest.mark.engines("sqlite")
def test_a_house_that_takes_no_more_entries_is_copied_all_the_same(
    app: Flask, cast: Cast, number: str, backup: Path
) -> None:
    """A database that can only be read is when a copy is needed most."""
    with read_only(db.engine):
        answer = app.test_cli_runner().invoke(args=["backup", str(backup)])
    assert answer.exit_code == 0, answer.output
    assert "stands in no record" in answer.output
    assert verify_backup(backup)[1] == []
