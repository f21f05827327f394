"""Processes of their own that act on one database at the same moment, and can be killed in the middle.

What they run is a module's function (or a ``partial`` of one), since it travels by name. Each has an application
of its own and waits at the start line until everybody has come.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from typing import Any, Generic, TypeVar

from config import Settings

T = TypeVar("T")
WITHIN = 60.0  # seconds for anything to happen on a busy machine

# The imports are paid once: every process is forked from a server that has done them.
context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(
    [
        "pytest",
        "time_machine",
        "flask_migrate",
        "pymysql",
        "helpdesk.app",
        "gunicorn.app.wsgiapp",
        "gunicorn.workers.gthread",
        "flask.cli",
        "helpdesk.cli",
        "helpdesk.models",
        "helpdesk.web.account",
        "helpdesk.web.admin",
        "helpdesk.web.health",
        "helpdesk.web.leadership",
        "helpdesk.web.public",
        "helpdesk.web.staff",
        "tests.support.cast",
        "tests.support.databases",
        "tests.support.preloaded",
    ]
)


class DiedInTheAct(AssertionError):
    """A process raised, or was killed although the test did not mean it to be; says what it said last."""


@dataclass
class Act(Generic[T]):
    """What one process does."""

    process: BaseProcess
    line: Connection

    def result(self) -> T:
        """What it returned. Raises DiedInTheAct."""
        if not self.line.poll(WITHIN):
            raise DiedInTheAct(f"{self.process.name} is still at work")
        try:
            is_well, said = self.line.recv()
        except EOFError:
            self.process.join(WITHIN)
            raise DiedInTheAct(f"{self.process.name} ended with {self.process.exitcode}") from None
        if not is_well:
            raise DiedInTheAct(said)
        found: T = said
        return found

    def kill(self) -> None:
        """``kill -9``, and wait until it is gone."""
        self.process.kill()
        self.process.join(WITHIN)

    @property
    def was_killed(self) -> bool:
        """Did it end by ``kill -9``, its own or ours? Waits for the end."""
        self.process.join(WITHIN)
        return self.process.exitcode == -signal.SIGKILL


_start_line: Barrier | None = None


def meet() -> None:
    """Wait, inside a process, until all of its crew have come to this point."""
    assert _start_line is not None, "only processes of a crew can meet"
    _start_line.wait(WITHIN)


@contextmanager
def crew(settings: Settings, jobs: Sequence[Callable[[], T]]) -> Iterator[list[Act[T]]]:
    """One process per job, all at work; whoever is left at the end is killed."""
    line = context.Barrier(len(jobs))
    acts = [_start(settings, job, line) for job in jobs]
    try:
        yield acts
    finally:
        for act in acts:
            act.kill()
            act.line.close()


def together(settings: Settings, jobs: Iterable[Callable[[], T]]) -> list[T]:
    """Run the *jobs* at the same moment, each in a process of its own; what they returned, in order."""
    with crew(settings, list(jobs)) as acts:
        return [act.result() for act in acts]


def _start(settings: Settings, job: Callable[[], T], line: Barrier) -> Act[T]:
    ours, theirs = context.Pipe(duplex=False)
    life = (settings, job, line, theirs, dict(os.environ))
    process = context.Process(target=_live, args=life, daemon=True)
    process.start()
    theirs.close()  # so that the end of the process is the end of the line
    return Act(process, ours)


def _live(
    settings: Settings,
    job: Callable[[], Any],
    line: Barrier,
    told: Connection,
    environment: dict[str, str],
) -> None:
    """The whole life of a process. Its environment is the test's own, not the one of the first test that forked."""
    global _start_line
    _start_line = line
    os.environ.update(environment)
    try:
        told.send((True, _act(settings, job)))
    except BaseException:
        told.send((False, traceback.format_exc()))
        raise


def _act(settings: Settings, job: Callable[[], Any]) -> Any:
    from helpdesk.app import create_app
    from helpdesk.lib.database import db

    app = create_app(settings)
    with app.app_context():
        meet()
        try:
            return job()
        finally:
            db.session.remove()
            db.engine.dispose()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Look again and again at what another process does, with a deadline."""
    deadline = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
