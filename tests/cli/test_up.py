"""``flask up``: one command from an empty folder to a system that answers, and nothing left
behind.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import click
import pytest

from config import ROOT, Settings
from helpdesk.cli.up import bind_host, refuse_taken_port
from tests.support.databases import settings_for

EVERYWHERE = "0.0.0.0"  # noqa: S104 - compared, not bound
WITHIN = 90.0  # seconds, on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Up:
    """The command in a process of its own, on an empty instance."""

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
            line = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
            named["worker" if " work" in line and "gunicorn" not in line else "web"] = pid
        return named

    def end(self) -> tuple[int, str]:
        rest, _ = self.process.communicate(timeout=WITHIN)
        return self.process.returncode, "".join(self.said) + rest


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    started = Up(
        tmp_path, TANGGAP_ORGANISATION="RSIA Contoh", TANGGAP_ADMIN_PASSWORD="satu-kata-sandi-lama"
    )
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.communicate(timeout=WITHIN)


@pytest.mark.slow
def test_it_answers_until_ctrl_c(up: Up) -> None:
    up.read_until("Ctrl-C stops everything.")
    with urlopen(f"http://127.0.0.1:{up.port}/healthz", timeout=10) as answer:
        assert answer.status == 200
    assert set(up.children()) == {"web", "worker"}
    up.process.send_signal(signal.SIGINT)
    code, said = up.end()
    assert code == 0, said
    assert re.search(r"Tanggap is running: http://localhost:\d+\n", said)
    assert said.endswith("Stopped.\n")
    refuse_taken_port("127.0.0.1", up.port)  # nobody listens any more


@pytest.mark.slow
def test_when_one_dies_all_stop_with_a_clear_line(up: Up) -> None:
    up.read_until("Ctrl-C stops everything.")
    os.kill(up.children()["worker"], signal.SIGKILL)
    code, said = up.end()
    assert code == 1
    assert "The worker stopped by itself" in said
    refuse_taken_port("127.0.0.1", up.port)


def test_without_anybody_to_answer_it_names_what_is_missing(tmp_path: Path) -> None:
    code, said = Up(tmp_path).end()
    assert code == 1
    assert "Set TANGGAP_ORGANISATION" in said


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(click.ClickException, match=f"PORT={port + 1}"):
            refuse_taken_port("127.0.0.1", port)


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({"demo": True, "bind": EVERYWHERE}, "127.0.0.1"),
        ({"demo": True, "demo_public": True}, EVERYWHERE),
        ({}, "127.0.0.1"),
        ({"bind": "10.0.0.5"}, "10.0.0.5"),
    ],
)
def test_the_demo_stays_on_this_machine(
    settings: dict[str, object], host: str, tmp_path: Path
) -> None:
    made: Settings = settings_for("sqlite://", tmp_path, **settings)
    assert bind_host(made) == host
