"""Programs started without their imports: ``python -m module`` in a process forked from where they were done.

Importing the product takes two seconds of a processor in every process, and gunicorn has three. What follows is the
program's own: its environment, arguments, streams, signals and exit code. That it starts from nothing is shown where
that is the point: ``flask up`` and the logs of a story.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from config import ROOT
from tests.support.live import Live, environment_of
from tests.support.processes import context

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """What would stand on the command line after ``python -m``, and the environment around it."""

    module: str
    arguments: tuple[str, ...]
    environment: dict[str, str]


class Forked:
    """A program at work, to be handled like a ``subprocess.Popen``.

    What it says goes to the file *said*, its complaints to *faults* where they are to be kept apart. The socket *kept*
    is handed over open.
    """

    def __init__(
        self,
        program: Program,
        said: Path,
        faults: Path | None = None,
        kept: socket.socket | None = None,
    ) -> None:
        life = (program, said, faults or said, kept)
        self._process: BaseProcess = context.Process(target=_become, args=life)
        self._process.start()
        assert self._process.pid
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, or the signal that ended it as a negative number; None while it lives."""
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if (code := self.returncode) is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run_to_end(program: Program, within: float) -> subprocess.CompletedProcess[str]:
    """Let a program run to its end, and read what it said. Raises subprocess.TimeoutExpired."""
    line = [program.module, *program.arguments]
    with TemporaryDirectory() as folder:
        said, faults = Path(folder, "said"), Path(folder, "faults")
        process = Forked(program, said, faults)
        try:
            code = process.wait(within)
        finally:
            process.kill()
        return subprocess.CompletedProcess(line, code, said.read_text(), faults.read_text())


class ForkedLive(Live):
    """A running installation of which only the imports were done elsewhere."""

    def _start(  # type: ignore[override]
        self, module: str, *arguments: str, keep: int | None = None
    ) -> Forked:
        program = Program(module, arguments, environment_of(self.settings))
        log = self.folder / "live.log"
        if keep is None:
            return Forked(program, log)
        with socket.socket(fileno=os.dup(keep)) as kept:
            return Forked(program, log, kept=kept)


def _become(program: Program, said: Path, faults: Path, kept: socket.socket | None) -> None:
    """The whole life of the process, as if the program had been started by a shell."""
    # It ends with the one it was forked from, and that one with the tests, even when they are killed
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(program.environment)
    os.chdir(ROOT)
    _connect(said, faults)
    arguments = program.arguments
    if kept is not None:
        kept.set_inheritable(True)
        arguments = tuple(
            f"fd://{kept.fileno()}" if word.startswith("fd://") else word for word in arguments
        )
    sys.argv = [program.module, *arguments]
    runpy.run_module(program.module, run_name="__main__", alter_sys=True)


def _connect(said: Path, faults: Path) -> None:
    """Its three streams, line by line, so that nothing is lost when it is killed."""
    for number, file in enumerate((Path(os.devnull), said, faults)):
        where = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        os.dup2(where, number)
        os.close(where)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
