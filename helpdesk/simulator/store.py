"""The mails of the simulator in one small SQLite file, which several threads use; the oldest go when it grows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from helpdesk.lib import clock

MOST_MAILS = 2_000
MOST_BYTES = 200_000_000  # of all mails together
BUSY_FOR = 10.0  # seconds that one thread waits for another
_TABLES = """
CREATE TABLE IF NOT EXISTS mails (
  id INTEGER PRIMARY KEY AUTOINCREMENT, box TEXT NOT NULL, way TEXT NOT NULL, correspondent TEXT NOT NULL,
  subject TEXT NOT NULL, at TEXT NOT NULL, raw BLOB NOT NULL, outcome TEXT NOT NULL DEFAULT '{}',
  is_read INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS ix_mails_box ON mails (box, id);
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY);
"""
_MAILS_OF = """
SELECT id, box, way, correspondent, subject, at, outcome, is_read FROM mails
WHERE box = ? AND (? IS NULL OR id = ?) ORDER BY id DESC LIMIT 100
"""


class Way(StrEnum):
    """Whether the owner of a mailbox received a mail or sent it."""

    IN = "in"
    OUT = "out"


class Switch(StrEnum):
    """What a visitor may let go wrong."""

    PROVIDER_DOWN = "provider_down"


@dataclass(frozen=True)
class Mail:
    """One mail in the mailbox of *box*, an address in lower case. *outcome* is what the product said of one it got."""

    id: int
    box: str
    way: Way
    correspondent: str
    subject: str
    at: datetime
    is_read: bool
    outcome: dict[str, Any] = field(default_factory=dict)


class MailStore:
    """The file; made with its folder when it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._opened() as wire:
            wire.execute("PRAGMA journal_mode=WAL")
            wire.executescript(_TABLES)

    def put(self, box: str, way: Way, correspondent: str, subject: str, raw: bytes) -> int:
        """Keep one mail and let the oldest go; its id."""
        row = (box.lower(), way, correspondent, subject, clock.now().isoformat(), raw)
        with self._opened() as wire:
            mail_id = wire.execute(
                "INSERT INTO mails (box, way, correspondent, subject, at, raw, is_read)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*row, way is Way.OUT),
            ).lastrowid
            wire.execute(
                "DELETE FROM mails WHERE id <= (SELECT MAX(id) FROM mails) - ? OR id IN (SELECT id FROM"
                " (SELECT id, SUM(LENGTH(raw)) OVER (ORDER BY id DESC) AS weight FROM mails) WHERE weight > ?)",
                (MOST_MAILS, MOST_BYTES),
            )
        return int(mail_id or 0)

    def note_outcome(self, mail_id: int, outcome: dict[str, Any]) -> None:
        """Keep what the product said when it was handed the mail."""
        with self._opened() as wire:
            wire.execute(
                "UPDATE mails SET outcome = ? WHERE id = ?", (json.dumps(outcome), mail_id)
            )

    def mails_of(self, box: str) -> list[Mail]:
        """What lies in a mailbox, the newest first."""
        return self._mails(box)

    def find(self, box: str, mail_id: int) -> Mail | None:
        """One mail of a mailbox."""
        found = self._mails(box, mail_id)
        return found[0] if found else None

    def open_mail(self, mail: Mail) -> bytes:
        """The bytes of a mail, which counts as read from now on."""
        with self._opened() as wire:
            wire.execute("UPDATE mails SET is_read = 1 WHERE id = ?", (mail.id,))
            row = wire.execute("SELECT raw FROM mails WHERE id = ?", (mail.id,)).fetchone()
        return bytes(row[0]) if row else b""

    def boxes(self) -> dict[str, int]:
        """Every address that has mail, the newest first, with how many it has not read."""
        with self._opened() as wire:
            rows = wire.execute(
                "SELECT box, SUM(1 - is_read) FROM mails GROUP BY box ORDER BY MAX(id) DESC"
            ).fetchall()
        return {str(box): int(unread) for box, unread in rows}

    def is_on(self, switch: Switch) -> bool:
        """Is this going wrong now?"""
        with self._opened() as wire:
            found = wire.execute("SELECT 1 FROM switches WHERE name = ?", (switch,)).fetchone()
        return found is not None

    def turn(self, switch: Switch, *, on: bool) -> None:
        """Let it go wrong, or be well again."""
        statement = (
            "INSERT OR IGNORE INTO switches VALUES (?)"
            if on
            else "DELETE FROM switches WHERE name = ?"
        )
        with self._opened() as wire:
            wire.execute(statement, (switch,))

    def _mails(self, box: str, mail_id: int | None = None) -> list[Mail]:
        with self._opened() as wire:
            rows = wire.execute(_MAILS_OF, (box.lower(), mail_id, mail_id)).fetchall()
        return [
            Mail(
                id=row[0],
                box=row[1],
                way=Way(row[2]),
                correspondent=row[3],
                subject=row[4],
                at=datetime.fromisoformat(row[5]),
                outcome=json.loads(row[6]),
                is_read=bool(row[7]),
            )
            for row in rows
        ]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """One short transaction on a connection of its own: threads share none."""
        wire = sqlite3.connect(self._path, timeout=BUSY_FOR)
        try:
            with wire:
                yield wire
        finally:
            wire.close()
