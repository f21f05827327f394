"""A process that opens complaints with photographs, one after the other, until it is told to stop."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from helpdesk.intake.admission import admit
from helpdesk.intake.submission import Submission
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.uploads import COMPLAINANT, receive
from helpdesk.tickets.states import Channel
from tests.support.files import jpeg

MOST = 2000  # whatever happens to the test


def keep_complaining(folder: Path, writer: int) -> int:
    """Open complaints until ``folder/stop`` exists; each number is acknowledged in a line once it is committed."""
    with (folder / f"told-{writer}").open("a") as told:
        for turn in range(MOST):
            if (folder / "stop").exists():
                return turn
            photo = jpeg(f"#{writer:02x}{turn % 256:02x}{turn // 256:02x}")
            said = Submission(
                text=f"Antrean lama, {writer}/{turn}.",
                channel=Channel.WEB,
                name="Wati",
                whatsapp="0812-3456-0172",
                files=[receive(photo, "antrean.jpg", purpose=COMPLAINANT)],
            )
            admitted = unit_of_work(partial(admit, said))
            told.write(f"{admitted.number}\n")
            told.flush()
            os.fsync(told.fileno())
    return MOST


def told_so_far(folder: Path) -> set[str]:
    """The numbers that somebody was given."""
    return {line for file in folder.glob("told-*") for line in file.read_text().split("\n")[:-1]}
