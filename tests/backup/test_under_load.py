"""The whole way, as an operator goes it: back up while people complain, lose the machine, restore, compare."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from config import Settings
from helpdesk.audit import trail
from helpdesk.backup.manifest import read_manifest
from helpdesk.lib.database import db
from helpdesk.lib.named_files import missing_files
from helpdesk.tickets.records import Attachment
from tests.backup.writer import keep_complaining, told_so_far
from tests.concurrency.wholeness import whole_tickets
from tests.support.cast import Cast
from tests.support.forked import Program, run_to_end
from tests.support.live import environment_of
from tests.support.processes import WITHIN, crew, meet, wait_until

WRITERS = 3
BEFORE = 12  # complaints acknowledged before the backup begins
AFTER = 6  # and after it has ended, so that it was made in their midst


def write(folder: Path, writer: int) -> int:
    meet()
    return keep_complaining(folder, writer)


def flask(settings: Settings, *words: str) -> str:
    """A command in a process of its own, as somebody types it."""
    command = Program("flask", ("--app", "wsgi", *words), environment_of(settings))
    ended = run_to_end(command, WITHIN)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_a_backup_in_the_midst_of_work_brings_everything_back(
    cast: Cast,
    settings: Settings,
    empty_settings: Settings,
    empty: Flask,
    backup: Path,
    tmp_path: Path,
) -> None:
    jobs = [partial(write, tmp_path, writer) for writer in range(WRITERS)]
    with crew(settings, jobs) as writers:
        wait_until(lambda: len(told_so_far(tmp_path)) >= BEFORE)
        told_before = told_so_far(tmp_path)
        said = flask(settings, "backup", str(backup))
        told_meanwhile = told_so_far(tmp_path)
        wait_until(lambda: len(told_so_far(tmp_path)) >= len(told_meanwhile) + AFTER)
        (tmp_path / "stop").touch()
        assert sum(writer.result() for writer in writers) == len(told_so_far(tmp_path))
    assert len(told_meanwhile) > len(told_before), "nobody complained while it ran: no proof"
    assert str(backup) in said
    assert "is whole" in flask(settings, "backup", "--verify", str(backup))
    assert "the audit trail is whole" in flask(empty_settings, "restore", str(backup))
    assert "Every stored file is there" in flask(empty_settings, "check", "all")
    with empty.app_context():
        restored = whole_tickets()
        assert told_before <= set(restored)
        assert set(restored) <= told_so_far(tmp_path), (
            "every committed complaint was told in the end"
        )
        with_photo = set(db.session.scalars(select(Attachment.ticket_id)))
        assert all(restored[number].id in with_photo for number in restored)
        assert list(missing_files()) == []
        assert list(trail.broken_links()) == []
        manifest = read_manifest(backup)
        assert manifest.missing == ()
        for table in ("tickets", "attachments", "ticket_events", "outbox", "users"):
            counted = select(func.count()).select_from(db.metadata.tables[table])
            assert manifest.tables[table] == db.session.scalar(counted), table
