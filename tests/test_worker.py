"""The worker: every job in turn, a failing one stops nothing, and a signal lets the running one
finish.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from config import Settings
from helpdesk import worker
from helpdesk.intake import examining
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.heartbeats import JobBeat
from helpdesk.messaging.message import OutboxMessage
from helpdesk.worker import JOBS, Job
from tests.messaging.builders import queue_one
from tests.support.forked import Forked, Program
from tests.support.live import environment_of
from tests.support.processes import wait_until

WITHIN = 60.0  # seconds, on a busy machine


def beat_of(job: str) -> JobBeat:
    db.session.rollback()
    return db.session.get_one(JobBeat, job)


def test_every_job_runs_on_an_empty_system_and_leaves_a_heartbeat(app: Flask) -> None:
    assert [worker.run_job(app, job) for job in JOBS] == [True] * len(JOBS)
    with app.app_context():
        for job in JOBS:
            assert beat_of(job.name).last_ok_at is not None
            assert not beat_of(job.name).is_failing


def test_the_postman_is_a_job(app: Flask) -> None:
    with app.app_context():
        message_id = queue_one()
    for job in JOBS:
        worker.run_job(app, job)
    with app.app_context():
        assert db.session.get_one(OutboxMessage, message_id).status == "sent"


def test_the_postman_goes_on_until_nothing_is_left(app: Flask) -> None:
    with app.app_context():
        ids = [queue_one(str(one)) for one in range(2 * worker.MESSAGES_PER_ROUND + 1)]
    (postman,) = (job for job in JOBS if job.name == worker.DELIVER)
    assert worker.run_job(app, postman)
    with app.app_context():
        assert {db.session.get_one(OutboxMessage, one).status for one in ids} == {"sent"}


def test_what_was_done_wakes_the_job_that_goes_on_with_it(app: Flask) -> None:
    turns: list[datetime] = []

    def do(_at: datetime) -> bool:
        wait_until(lambda: bool(turns))  # else both had their first turn at the same moment
        return True

    hour = timedelta(hours=1)
    jobs = Job("does", hour, do, wakes="goes on"), Job("goes on", hour, turns.append)
    scheduler = worker.make_scheduler(app, jobs)
    scheduler.start()
    try:
        wait_until(lambda: len(turns) == 2)
    finally:
        scheduler.shutdown()


def test_a_clock_that_is_set_back_does_not_stop_the_jobs(app: Flask) -> None:
    turns: list[datetime] = []
    often = Job("often", timedelta(seconds=1), turns.append)
    jobs = often, Job("seldom", timedelta(hours=1), lambda _at: None)
    with time_machine.travel(clock.now(), tick=True) as traveller:
        scheduler = worker.make_scheduler(app, jobs)
        scheduler.start()
        try:
            wait_until(lambda: bool(turns))
            traveller.shift(timedelta(minutes=-30))
            turns.clear()
            worker.bring_turns_near(scheduler, jobs)
            wait_until(lambda: len(turns) > 1)
            ahead = scheduler.get_job("seldom").next_run_time - clock.now()
        finally:
            scheduler.shutdown()
    assert ahead < timedelta(hours=1, seconds=1)


def test_who_did_nothing_wakes_nobody(app: Flask) -> None:
    woken: list[str] = []
    for done in (0, 3):
        job = Job("does", timedelta(seconds=1), lambda _at, done=done: done, wakes="goes on")
        assert worker.run_job(app, job, woken.append)
    assert woken == ["goes on"]


def test_only_jobs_that_there_are_are_woken() -> None:
    assert {job.wakes for job in JOBS if job.wakes} <= {job.name for job in JOBS}


def test_without_a_scanner_nothing_is_asked_of_it(settings: Settings) -> None:
    unwanted = {job.name for job in JOBS if not job.is_wanted(settings)}
    assert unwanted == set(examining.JOBS)
    assert all(job.is_wanted(replace(settings, clamd="/run/clamd")) for job in JOBS)


def test_a_failing_job_is_shown_and_comes_back(app: Flask) -> None:
    said: list[Exception] = [LookupError("Wati, 081234567890")]

    def run(_at: datetime) -> None:
        if said:
            raise said.pop()

    job = Job("fragile", timedelta(seconds=1), run)
    assert not worker.run_job(app, job)
    with app.app_context():
        assert beat_of("fragile").last_error.startswith("LookupError")
        assert "Wati" not in beat_of("fragile").last_error
    assert worker.run_job(app, job)
    with app.app_context():
        assert not beat_of("fragile").is_failing
        assert beat_of("fragile").runs == 2


def test_jobs_do_not_pile_up(app: Flask) -> None:
    scheduler = worker.make_scheduler(app, JOBS)
    scheduler.start(paused=True)
    try:
        planned = {job.id: job for job in scheduler.get_jobs()}
        assert set(planned) == {job.name for job in JOBS}
        for job in planned.values():
            assert job.coalesce
            assert job.max_instances == (2 if job.id in {one.wakes for one in JOBS} else 1)
            assert job.next_run_time <= clock.now()
    finally:
        scheduler.shutdown()


@pytest.fixture
def worker_process(settings: Settings, tmp_path: Path) -> Iterator[Forked]:
    program = Program("tests.worker_process", (str(tmp_path),), environment_of(settings))
    process = Forked(program, tmp_path / "said")
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_lets_the_running_job_finish(
    worker_process: Forked, tmp_path: Path, name: str
) -> None:
    wait_until((tmp_path / "begun").exists)
    worker_process.send_signal(signal.Signals[name])
    assert worker_process.poll() is None
    (tmp_path / "finish").touch()
    assert worker_process.wait(WITHIN) == 0
    assert (tmp_path / "finished").exists()
    assert (tmp_path / "stopped").exists()
