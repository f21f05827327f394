"""Children live and die together."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from helpdesk.cli import children
from helpdesk.cli.children import ChildDied, Children

FOREVER = [sys.executable, "-c", "import signal; signal.pause()"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, pathlib; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "pathlib.Path('deaf').touch(); signal.pause(); signal.pause()",
]
WITHIN = 30.0


@pytest.fixture
def family() -> Children:
    return Children()


def start(family: Children, name: str, command: list[str], folder: Path) -> int:
    family.start(name, command, cwd=folder, env=os.environ)
    return family._running[name].pid


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_all_and_leaves_none(family: Children, tmp_path: Path, name: str) -> None:
    with family.until_asked_to_stop():
        pids = [start(family, child, FOREVER, tmp_path) for child in ("web server", "worker")]
        os.kill(os.getpid(), signal.Signals[name])
        family.watch()
        assert all(is_alive(pid) for pid in pids)
    assert not any(is_alive(pid) for pid in pids)


def test_when_one_dies_the_other_is_ended(family: Children, tmp_path: Path) -> None:
    pids: list[int] = []

    def live() -> None:
        with family.until_asked_to_stop():
            pids.append(start(family, "web server", FOREVER, tmp_path))
            os.kill(start(family, "worker", FOREVER, tmp_path), signal.SIGKILL)
            family.watch()

    with pytest.raises(ChildDied, match=r"The worker stopped by itself \(exit code -9\)"):
        live()
    assert not is_alive(pids[0])


def test_waiting_ends_with_a_child_that_dies(family: Children, tmp_path: Path) -> None:
    def live() -> None:
        with family.until_asked_to_stop():
            start(family, "web server", [sys.executable, "-c", "raise SystemExit(3)"], tmp_path)
            family.wait_for(lambda: False, within=WITHIN)

    with pytest.raises(ChildDied, match="exit code 3"):
        live()


def test_waiting_has_an_end(family: Children, tmp_path: Path) -> None:
    with family.until_asked_to_stop():
        start(family, "web server", FOREVER, tmp_path)
        assert not family.wait_for(lambda: False, within=0.01)
        assert family.wait_for(lambda: True, within=WITHIN)


def test_a_child_that_will_not_listen_is_ended_all_the_same(
    family: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "STOP_WITHIN", 0.2)
    with family.until_asked_to_stop():
        pid = start(family, "worker", STUBBORN, tmp_path)
        assert family.wait_for((tmp_path / "deaf").exists, within=WITHIN)
    assert not is_alive(pid)


def test_the_signals_are_ours_only_meanwhile(family: Children) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with family.until_asked_to_stop():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
