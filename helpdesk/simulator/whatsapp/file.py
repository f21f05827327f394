"""One small SQLite file in which the provider keeps everything; several threads use it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

BUSY_FOR = 10.0  # seconds that one thread waits for another
_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS owners (
  key TEXT PRIMARY KEY, wa_id TEXT UNIQUE, user_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, heard_at TEXT,
  is_absent INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, wamid TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, way TEXT NOT NULL,
  kind TEXT NOT NULL, content TEXT NOT NULL, at TEXT NOT NULL, status TEXT NOT NULL, reply_to TEXT,
  reaction TEXT NOT NULL DEFAULT '', is_deleted INTEGER NOT NULL DEFAULT 0, our_data TEXT NOT NULL DEFAULT '',
  category TEXT NOT NULL DEFAULT 'service', revision INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS ix_messages_owner ON messages (owner, id);
CREATE TABLE IF NOT EXISTS media (
  id TEXT PRIMARY KEY, media_type TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, content BLOB NOT NULL,
  at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS templates (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, language TEXT NOT NULL, category TEXT NOT NULL,
  components TEXT NOT NULL, parameter_format TEXT NOT NULL, status TEXT NOT NULL, approved_from TEXT NOT NULL,
  UNIQUE (name, language)
);
CREATE TABLE IF NOT EXISTS posts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL, wamid TEXT NOT NULL DEFAULT '', made_at REAL NOT NULL,
  due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS ix_posts_due ON posts (due_at, id);
"""


class Switch(StrEnum):
    """What a visitor may let go wrong on WhatsApp."""

    DUPLICATE = "duplicate"  # everything is handed over more than once, at the same moment
    OUT_OF_ORDER = "out_of_order"  # messages and receipts overtake each other
    MEDIA_EXPIRED = "media_expired"  # files cannot be fetched any more
    NO_NUMBER = "no_number"  # people come by their user id alone
    PROVIDER_DOWN = "provider_down"  # what the house sends is refused for now


class PhoneFile:
    """The file; made with its folder when it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.opened() as wire:
            wire.execute("PRAGMA journal_mode=WAL")
            wire.executescript(_TABLES)

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """One short transaction on a connection of its own: threads share none."""
        wire = sqlite3.connect(self._path, timeout=BUSY_FOR)
        wire.row_factory = sqlite3.Row
        try:
            with wire:
                yield wire
        finally:
            wire.close()

    def fact(self, name: str, otherwise: str) -> str:
        """What was once written down under *name*; *otherwise*, from now on, when it is the first time."""
        with self.opened() as wire:
            wire.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, otherwise))
            row = wire.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row["value"])

    def is_on(self, switch: Switch) -> bool:
        """Is this going wrong now?"""
        return switch in self.switched_on()

    def switched_on(self) -> set[str]:
        """Everything that is going wrong now."""
        with self.opened() as wire:
            return {row["name"] for row in wire.execute("SELECT name FROM switches")}

    def turn(self, switch: Switch, *, on: bool) -> None:
        """Let it go wrong, or be well again."""
        turned = (
            "INSERT OR IGNORE INTO switches VALUES (?)"
            if on
            else "DELETE FROM switches WHERE name = ?"
        )
        with self.opened() as wire:
            wire.execute(turned, (switch,))
