"""The worker in a process of its own with one job that takes its time: ``python -m
tests.worker_process <folder>``.

The job leaves the file ``begun``, waits until the test leaves ``finish``, and then leaves
``finished``.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from helpdesk.app import create_app
from helpdesk.worker import Job, work


def main(folder: Path) -> None:
    def slow(_at: datetime) -> None:
        (folder / "begun").touch()
        deadline = time.monotonic() + 30
        while not (folder / "finish").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        (folder / "finished").touch()

    work(create_app(), [Job("slow", timedelta(hours=1), slow)])
    (folder / "stopped").touch()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
