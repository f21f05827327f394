"""Child processes that live and die together."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

POLL_EVERY = 0.2  # seconds
STOP_WITHIN = 20.0  # seconds that the children have to finish what they are at

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ChildDied(Exception):
    """A child ended although nobody asked it to; the message says which."""


class Children:
    """Starts children, watches them, and never leaves one behind.

    Each has a process group of its own, so that Ctrl-C in the terminal reaches only us and we end
    them in order. Where ``setpriv`` exists the kernel ends them even when we are killed.
    """

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.is_asked_to_stop = False

    @contextmanager
    def until_asked_to_stop(self) -> Iterator[None]:
        """Within it SIGINT, SIGTERM and SIGHUP only leave a note; at its end every child is
        ended.
        """
        before = {name: signal.signal(name, self._note_stop) for name in _STOP_SIGNALS}
        try:
            yield
        finally:
            self._stop_all()
            for name, handler in before.items():
                signal.signal(name, handler)

    def start(
        self, name: str, command: Sequence[str], *, cwd: Path, env: Mapping[str, str]
    ) -> None:
        """Start one child; *name* is what people call it."""
        wrapped = [*_end_with_us(), *command]
        self._running[name] = subprocess.Popen(wrapped, cwd=cwd, env=dict(env), process_group=0)

    def wait_for(self, is_ready: Callable[[], bool], *, within: float) -> bool:
        """Wait until *is_ready*; False when asked to stop before, or when *within* seconds passed.

        Raises ChildDied.
        """
        deadline = time.monotonic() + within
        while not self.is_asked_to_stop and time.monotonic() < deadline:
            self._refuse_death()
            if is_ready():
                return True
            time.sleep(POLL_EVERY)
        return False

    def watch(self) -> None:
        """Return when asked to stop. Raises ChildDied when a child ends before."""
        while not self.is_asked_to_stop:
            self._refuse_death()
            time.sleep(POLL_EVERY)

    def _refuse_death(self) -> None:
        for name, process in self._running.items():
            code = process.poll()
            if code is not None:
                raise ChildDied(f"The {name} stopped by itself (exit code {code}).")

    def _stop_all(self) -> None:
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _note_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_asked_to_stop = True


def _end_with_us() -> list[str]:
    program = shutil.which("setpriv")
    return [program, "--pdeathsig", "TERM"] if program else []
