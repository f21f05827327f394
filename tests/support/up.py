"""``flask up`` in a process of its own, read line by line."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from config import ROOT, Settings
from tests.support.databases import SqliteTemplate

WITHIN = 90.0  # seconds, on a busy machine
READY = "Ctrl-C stops everything."


def free_port() -> int:
    """A port at which nobody listens, and nobody at the next one, where the demo has its simulator."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            with socket.socket() as beside:
                beside.bind(("127.0.0.1", port + 1))
            return port


class Up:
    """The command on an instance; *environment* beside what it needs anyway."""

    def __init__(self, instance: Path, **environment: str) -> None:
        self.port = free_port()
        clean = {name: os.environ[name] for name in os.environ if not name.startswith("TANGGAP_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "up"],
            cwd=ROOT,
            env={
                **clean,
                "DEMO": "0",
                "PORT": str(self.port),
                "INSTANCE_PATH": str(instance),
                "RUNTIME_DIRECTORY": str(instance),
                "DATABASE_URL": "",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []

    def read_until(self, words: str) -> None:
        """Wait until it says this; fails with all that it said when it ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if words in line:
                return
        pytest.fail("".join(self.said))

    def children(self) -> dict[str, int]:
        """Process ids by what they run."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        named = {}
        for pid in map(int, listed.split()):
            line = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
            word = line.rpartition(" ")[2]
            named[{"work": "worker", "simulator": "simulator"}.get(word, "web")] = pid
        return named

    def end(self) -> tuple[int, str]:
        """Wait until it has ended; its code and all that it said."""
        rest, _ = self.process.communicate(timeout=WITHIN)
        return self.process.returncode, "".join(self.said) + rest

    def stop(self) -> None:
        """End it if it has not ended by itself."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=WITHIN)


def load_small_demo(template: SqliteTemplate, instance: Path) -> None:
    """The demo with a dozen tickets, for ``flask up`` to find."""
    from helpdesk.app import create_app
    from helpdesk.demo.load import load_demo
    from helpdesk.lib.database import db

    template.copy_to(instance / "demo.db")
    environment = {"INSTANCE_PATH": str(instance), "DEMO": "1", "LOG_LEVEL": "ERROR"}
    app = create_app(Settings.from_environment(environment))
    with app.app_context():
        load_demo(count=12)
        db.session.remove()
        db.engine.dispose()
