"""A backup that an administrator asks for: begun by one worker, told on the page, never made twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from config import Settings
from helpdesk import backup_alarm
from helpdesk.audit.trail import AuditEntry
from helpdesk.backup import nightly, on_request
from helpdesk.backup.making import verify_backup
from helpdesk.backup.record import DEAD_AFTER, BackupRun, Outcome
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.web.filters import filesize
from tests.support.cast import Cast
from tests.support.processes import together
from tests.web.workbench import person

HOME = "/admin/"
ASK = "/admin/cadangan"


def runs() -> list[BackupRun]:
    db.session.rollback()
    return list(db.session.scalars(select(BackupRun).order_by(BackupRun.id)))


def ask(cast: Cast) -> bool:
    return unit_of_work(lambda: on_request.request_backup(by=cast.actor("ayu")))


def serve() -> None:
    """The worker's turn."""
    on_request.back_up_when_asked(clock.now())


def test_nothing_is_made_unasked(cast: Cast, settings: Settings) -> None:
    serve()
    assert runs() == []


def test_asked_for_it_is_made_once_and_stands_in_the_trail(
    cast: Cast, number: str, settings: Settings
) -> None:
    assert ask(cast)
    assert not ask(cast), "it is waited for already"
    serve()
    serve()
    (run,) = runs()
    assert (run.outcome, run.occasion) == (Outcome.WHOLE, "asked")
    assert verify_backup(Path(run.folder))[1] == []
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "backup_requested"))
    assert (entry.actor_id, entry.subject_id) == (cast.user_ids["ayu"], run.id)
    assert ask(cast), "and once more, when one is wanted again"


def test_two_workers_make_one(cast: Cast, number: str, settings: Settings) -> None:
    ask(cast)
    together(settings, [serve, serve, serve])
    assert [run.outcome for run in runs()] == [Outcome.WHOLE]
    assert len(list(settings.backup_dir.glob("nightly-*"))) == 1


def test_it_goes_when_the_nightly_ones_of_its_age_go(
    cast: Cast, number: str, settings: Settings
) -> None:
    with time_machine.travel(clock.now(), tick=False) as traveller:
        ask(cast)
        serve()
        traveller.shift(timedelta(days=settings.backup_keep_days + 1))
        nightly.back_up_when_due(clock.now())
        backup_alarm.read_back_when_due(clock.now())
    assert len(list(settings.backup_dir.glob("nightly-*"))) == 1


def test_one_whose_worker_died_does_not_stand_in_the_way_for_ever(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_folder: Path) -> None:
        raise SystemExit

    with time_machine.travel(clock.now(), tick=False) as traveller:
        ask(cast)
        with monkeypatch.context() as patch:
            patch.setattr(nightly, "make_backup", killed)
            with pytest.raises(SystemExit):
                serve()
        assert not ask(cast)
        traveller.shift(DEAD_AFTER + timedelta(minutes=1))
        assert ask(cast)


def test_the_page_asks_and_tells(
    app: Flask, cast: Cast, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ayu = person(app, cast, "ayu")
    app.config["WTF_CSRF_ENABLED"] = False
    assert f'action="{ASK}"' in ayu.get(HOME).get_data(as_text=True)
    assert ayu.post(ASK).location == f"{HOME}#backup"
    page = ayu.get(HOME).get_data(as_text=True)
    assert f'action="{ASK}"' not in page, "one is enough"
    assert f'data-live="{ASK}/kini"' in page
    assert "#i-clock" in ayu.get(f"{ASK}/kini").get_data(as_text=True)
    serve()
    made = ayu.get(f"{ASK}/kini").get_data(as_text=True)
    assert "#i-check" in made
    assert filesize(runs()[0].size) in made
    (Path(runs()[0].folder) / "secret_key").unlink()
    backup_alarm.read_back_when_due(clock.now())
    assert "#i-check" not in ayu.get(f"{ASK}/kini").get_data(as_text=True), "it is bad after all"
    assert ayu.get(ASK).status_code == 405

    def full(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nightly, "make_backup", full)
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        ask(cast)
        with pytest.raises(OSError, match="No space"):
            serve()
        told = ayu.get(HOME).get_data(as_text=True)
    assert "No space left on device" in told
    assert f'action="{ASK}"' in told


def test_it_can_be_asked_for_where_the_nightly_one_is_off(
    app: Flask, cast: Cast, number: str, settings: Settings
) -> None:
    app.extensions["settings"] = replace(settings, backup_nightly=False)
    ask(cast)
    serve()
    assert [run.outcome for run in runs()] == [Outcome.WHOLE]
