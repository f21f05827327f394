"""Restoring: only into an empty place, only what is whole, and then everything is there."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from config import Settings
from helpdesk.app import create_app
from helpdesk.backup import CannotRestore
from helpdesk.backup.making import database_file, make_backup
from helpdesk.backup.record import Occasion, newest_good, recorded
from helpdesk.backup.restoring import restore_backup
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.database_file import tables_in
from helpdesk.lib.named_files import missing_files
from helpdesk.lib.storage import get_storage
from helpdesk.tickets import keys
from helpdesk.tickets.ticket import Ticket
from tests.concurrency.wholeness import whole_tickets
from tests.support.cast import Cast
from tests.support.databases import SECRET_KEY

SMALL_DISK = SimpleNamespace(free=100)
LEADING_OUT = {"path": "files/../../../etc/passwd", "size": 1, "sha256": "0" * 64}


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """A disk that takes no more, as the kernel can play it for this process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def is_untouched(app: Flask) -> bool:
    with app.app_context():
        return not tables_in(db.engine) and not list(get_storage().digests())


def command(app: Flask, *words: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(words))


def refuse(app: Flask, backup: Path, because: str) -> None:
    with app.app_context(), pytest.raises(CannotRestore, match=because):
        restore_backup(backup)


def edit_manifest(backup: Path, **facts: object) -> None:
    file = backup / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **facts}))


def test_everything_is_there_again(cast: Cast, number: str, backup: Path, empty: Flask) -> None:
    text_of_it = cast.ticket(number).text
    link = keys.link_token(cast.ticket(number))
    recorded(lambda: make_backup(backup), occasion=Occasion.BY_HAND, folder=backup)
    with empty.app_context():
        restored = restore_backup(backup)
        assert restored.faults == ()
        tickets = whole_tickets()
        assert tickets[number].text == text_of_it
        assert list(missing_files()) == []
        good = newest_good()
        assert good is not None
        assert good.ended_at == restored.manifest.ended_at
        with pytest.raises(DBAPIError, match="append-only"):
            unit_of_work(lambda: db.session.execute(text("DELETE FROM audit_entries")))
        acts = db.session.scalars(select(db.metadata.tables["audit_entries"].c.act))
        assert "backup_restored" in set(acts)
    visitor = empty.test_client()
    page = visitor.get(f"/k/{link}", follow_redirects=True)
    assert page.status_code == 200
    assert text_of_it in page.get_data(as_text=True)


def test_people_go_on_working_in_the_restored_house(
    cast: Cast, number: str, backup: Path, empty: Flask
) -> None:
    make_backup(backup)
    with empty.app_context():
        restore_backup(backup)
        following = cast.complain("Lift mati.").number
        assert sorted(whole_tickets()) == sorted([number, following])
    cast.sign_in(empty.test_client(), "sari")


def test_the_key_of_the_backup_becomes_the_key(
    app: Flask, number: str, backup: Path, empty_settings: Settings
) -> None:
    with app.app_context():
        make_backup(backup)
    keyless = Settings.from_environment(
        {},
        database_url=empty_settings.database_url,
        instance_path=empty_settings.instance_path,
        testing=True,
    )
    assert keyless.secret_key != SECRET_KEY
    place = create_app(keyless)
    with place.app_context():
        restore_backup(backup)
        db.session.remove()
        db.engine.dispose()
    file = empty_settings.instance_path / "secret_key"
    assert file.read_text() == SECRET_KEY
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_key_that_the_environment_insists_on_is_refused(
    cast: Cast, backup: Path, empty_settings: Settings
) -> None:
    make_backup(backup)
    stubborn = create_app(
        Settings(
            database_url=empty_settings.database_url,
            secret_key="another",
            instance_path=empty_settings.instance_path,
            testing=True,
        )
    )
    refuse(stubborn, backup, "SECRET_KEY is set to another key")
    assert is_untouched(stubborn)


def test_a_house_in_use_is_refused(app: Flask, cast: Cast, number: str, backup: Path) -> None:
    make_backup(backup)
    refuse(app, backup, "The database is not empty")
    assert list(whole_tickets()) == [number]


def test_files_of_another_house_are_refused(
    cast: Cast, number: str, backup: Path, empty: Flask
) -> None:
    make_backup(backup)
    with empty.app_context():
        get_storage().put(b"somebody else's")
    refuse(empty, backup, "files of another installation")


def test_an_interrupted_restore_is_begun_again(
    cast: Cast, number: str, backup: Path, empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_backup(backup)

    def cut(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("helpdesk.backup.restoring._restore_database", cut)
        with empty.app_context(), pytest.raises(KeyboardInterrupt):
            restore_backup(backup)
    with empty.app_context():
        assert restore_backup(backup).faults == ()
        assert list(whole_tickets()) == [number]


def _damage(backup: Path) -> None:
    database = backup / database_file()
    database.write_bytes(database.read_bytes()[:-100])


def _other_engine(backup: Path) -> None:
    here = json.loads((backup / "manifest.json").read_text())["engine"]
    edit_manifest(backup, engine="MariaDB" if here == "SQLite" else "SQLite")


@pytest.mark.parametrize(
    ("harm", "because"),
    [
        (_damage, "The backup is damaged: database"),
        (_other_engine, "Point DATABASE_URL to an empty"),
        (lambda backup: edit_manifest(backup, revision="9999"), "made by a newer program"),
        (lambda backup: (backup / "secret_key").unlink(), "secret_key is gone"),
        (lambda backup: (backup / "manifest.json").unlink(), "is no whole backup"),
        (lambda backup: edit_manifest(backup, parts=[LEADING_OUT]), "The manifest.json of"),
    ],
)
def test_what_cannot_be_trusted_is_refused(
    cast: Cast,
    number: str,
    backup: Path,
    empty: Flask,
    harm: Callable[[Path], None],
    because: str,
) -> None:
    make_backup(backup)
    harm(backup)
    refuse(empty, backup, because)
    assert is_untouched(empty)


def test_a_count_that_does_not_agree_is_told(
    cast: Cast, number: str, backup: Path, empty: Flask
) -> None:
    make_backup(backup)
    tables = json.loads((backup / "manifest.json").read_text())["tables"]
    edit_manifest(backup, tables={**tables, "tickets": tables["tickets"] + 1})
    answer = command(empty, "restore", str(backup))
    assert answer.exit_code == 1
    assert "table tickets: 1 rows here, 2 in the backup" in answer.output


def test_a_disk_without_room_is_said_before_anything_is_written(
    cast: Cast, number: str, backup: Path, empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_backup(backup)
    monkeypatch.setattr("helpdesk.backup.room.shutil.disk_usage", lambda _place: SMALL_DISK)
    refuse(empty, backup, r"Not enough room in .*, 100 bytes are free\. Nothing was changed")
    assert is_untouched(empty)


@pytest.mark.engines("sqlite")
def test_a_disk_that_fills_up_meanwhile_is_one_line_and_it_is_begun_again(
    cast: Cast, number: str, backup: Path, empty: Flask
) -> None:
    make_backup(backup)
    with files_no_larger_than(200_000):
        answer = command(empty, "restore", str(backup))
    assert answer.exit_code == 1
    (line,) = answer.output.splitlines()
    assert "The database could not be written" in line
    assert "begin again" in line
    assert command(empty, "restore", str(backup)).exit_code == 0


@pytest.mark.engines("mariadb")
def test_half_a_dump_leaves_an_empty_database(
    cast: Cast, number: str, backup: Path, empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_backup(backup)
    lines = (backup / database_file()).read_bytes().splitlines(keepends=True)
    (backup / database_file()).write_bytes(b"".join(lines[:-40]) + b"NO SQL AT ALL;\n")
    monkeypatch.setattr("helpdesk.backup.restoring._refuse_damaged", lambda *_arguments: None)
    refuse(empty, backup, "mariadb gave up")
    with empty.app_context():
        assert tables_in(db.engine) == []


def test_the_command_says_what_came_of_it(
    cast: Cast, number: str, backup: Path, empty: Flask
) -> None:
    make_backup(backup)
    answer = command(empty, "restore", str(backup))
    assert answer.exit_code == 0, answer.output
    assert "Every count agrees with the manifest, and the audit trail is whole." in answer.output
    with empty.app_context():
        assert db.session.scalars(select(Ticket.text)).one()
    again = command(empty, "restore", str(backup))
    assert (again.exit_code, "not empty" in again.output) == (1, True)
