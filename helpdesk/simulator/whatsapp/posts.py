"""The POSTs that the house has not taken yet: on disk, so that a house that was away gets them later."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass

from helpdesk.lib import clock
from helpdesk.simulator.whatsapp.file import PhoneFile

OFFERED_FOR = 7 * 24 * 60 * 60.0  # seconds, as the provider does it
# Seconds; the real one waits longer, and nobody would wait for it
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


@dataclass(frozen=True)
class Post:
    """One POST. *wamid* names the message of a person that it brings, if it brings one."""

    id: int
    body: bytes
    wamid: str
    made_at: float
    attempts: int


class PostQueue:
    """The queue in the *file*. *added* wakes whoever delivers."""

    def __init__(self, file: PhoneFile) -> None:
        self._file = file
        self.added = threading.Event()

    def put(self, body: bytes, *, wamid: str = "", after: float = 0.0) -> None:
        """Let the house have it, *after* so many seconds."""
        now = _now()
        with self._file.opened() as wire:
            wire.execute(
                "INSERT INTO posts (body, wamid, made_at, due_at) VALUES (?, ?, ?, ?)",
                (body, wamid, now, now + after),
            )
        self.added.set()

    def waiting(self, *, only_due: bool = False) -> list[Post]:
        """What the house has not taken, in the order of its turn."""
        with self._file.opened() as wire:
            rows = wire.execute(
                "SELECT * FROM posts WHERE due_at <= ? ORDER BY due_at, id LIMIT 50",
                (_now() if only_due else float("inf"),),
            ).fetchall()
        return [
            Post(row["id"], row["body"], row["wamid"], row["made_at"], row["attempts"])
            for row in rows
        ]

    def seconds_until_next(self) -> float | None:
        """How long until something is due; None: nothing waits."""
        with self._file.opened() as wire:
            row = wire.execute("SELECT MIN(due_at) AS next FROM posts").fetchone()
        return None if row["next"] is None else max(0.0, row["next"] - _now())

    def settle(self, post: Post) -> None:
        """It was taken."""
        with self._file.opened() as wire:
            wire.execute("DELETE FROM posts WHERE id = ?", (post.id,))

    def put_off(self, post: Post) -> None:
        """It was not taken: offer it again after a pause that grows, for seven days."""
        now = _now()
        if now - post.made_at > OFFERED_FOR:
            self.settle(post)
            return
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**post.attempts) * random.uniform(0.8, 1.2)
        with self._file.opened() as wire:
            wire.execute(
                "UPDATE posts SET attempts = attempts + 1, due_at = ? WHERE id = ?",
                (now + pause, post.id),
            )

    def hurry(self) -> None:
        """Offer everything at once: a visitor does not wait for the pause to end."""
        with self._file.opened() as wire:
            wire.execute("UPDATE posts SET due_at = MIN(due_at, ?) WHERE attempts > 0", (_now(),))
        self.added.set()


def _now() -> float:
    return clock.now().timestamp()
