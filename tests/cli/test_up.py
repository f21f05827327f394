"""``flask up``: one command from an empty folder to a system that answers, and nothing left
behind.
"""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import click
import pytest

from config import Settings
from helpdesk.cli.up import bind_host, refuse_taken_port
from tests.support.databases import settings_for
from tests.support.up import READY, Up

EVERYWHERE = "0.0.0.0"  # noqa: S104 - compared, not bound


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    started = Up(
        tmp_path, TANGGAP_ORGANISATION="RSIA Contoh", TANGGAP_ADMIN_PASSWORD="satu-kata-sandi-lama"
    )
    yield started
    started.stop()


@pytest.mark.slow
def test_it_answers_until_ctrl_c(up: Up) -> None:
    up.read_until(READY)
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
    up.read_until(READY)
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
