"""``kill -9`` of the web server, as a machine does that runs out of memory."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

from tests.support.live import Live

WITHIN = 60.0  # seconds


def workers_of(live: Live) -> list[int]:
    """The processes of gunicorn that answer requests."""
    assert live.server is not None
    return [
        int(pid)
        for pid in Path(f"/proc/{live.server.pid}/task/{live.server.pid}/children")
        .read_text()
        .split()
    ]


def kill_everything(live: Live) -> None:
    """``kill -9`` of master and workers, as when the machine's memory runs out."""
    assert live.server is not None
    ends = [os.pidfd_open(pid) for pid in workers_of(live)]
    live.server.kill()
    for end in ends:
        signal.pidfd_send_signal(end, signal.SIGKILL)
    live.server.wait(WITHIN)
    for end in ends:  # only then is the port free again
        assert select.select([end], [], [], WITHIN)[0]
        os.close(end)


def kill_one_worker(live: Live) -> None:
    """``kill -9`` of one worker; gunicorn starts another by itself."""
    os.kill(workers_of(live)[0], signal.SIGKILL)
