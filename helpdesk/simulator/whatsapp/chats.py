"""Who has a telephone, and what stands in each chat with the house; the oldest goes when it grows."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from helpdesk.lib import clock
from helpdesk.simulator.whatsapp.file import PhoneFile

WINDOW = timedelta(hours=24)
MOST_MESSAGES = 5_000
SHOWN = 200  # messages of one chat
LADDER = ("sent", "delivered", "read")


class Way(StrEnum):
    """Whether the owner of the telephone received a message or sent it."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True)
class Owner:
    """Somebody with a telephone. *wa_id* is the number without plus; None: they hide it behind a user name.

    *user_id* is business-scoped, so every owner has one; *key* is what the house knows them by.
    """

    name: str
    wa_id: str | None
    user_id: str
    is_absent: bool = False  # the number is not on WhatsApp, or does not want us

    @property
    def key(self) -> str:
        """The number, or the user id where there is none."""
        return self.wa_id or self.user_id


@dataclass(frozen=True)
class Message:
    """One message in the chat of *owner*, as the telephone shows it. *content* is the provider's JSON of its kind."""

    id: int
    wamid: str
    owner: str
    way: Way
    kind: str
    at: datetime
    status: str
    reply_to: str | None
    reaction: str
    is_deleted: bool
    our_data: str
    category: str
    content: dict[str, Any] = field(default_factory=dict)


def user_id_of(wa_id: str) -> str:
    """The business-scoped id of a number: always the same, and nothing can be read off it."""
    return f"ID.{int(hashlib.sha256(wa_id.encode()).hexdigest(), 16) % 10**16:016d}"


def new_wamid() -> str:
    """An id as the provider makes them."""
    return f"wamid.HBgN{base64.b64encode(secrets.token_bytes(33)).decode()}"


class Chats:
    """The chats in the *file*."""

    def __init__(self, file: PhoneFile) -> None:
        self._file = file

    def know(self, owner: Owner) -> None:
        """Give somebody a telephone."""
        with self._file.opened() as wire:
            wire.execute(
                "INSERT INTO owners (key, wa_id, user_id, name, is_absent) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET name = excluded.name, is_absent = excluded.is_absent",
                (owner.key, owner.wa_id, owner.user_id, owner.name, owner.is_absent),
            )

    def owner_of(self, address: str) -> Owner | None:
        """Whose number (with or without plus) or user id that is; every number is somebody's."""
        digits = address.lstrip("+")
        with self._file.opened() as wire:
            row = wire.execute(
                "SELECT name, wa_id, user_id, is_absent FROM owners WHERE wa_id = ? OR user_id = ?",
                (digits, address),
            ).fetchone()
        if row is not None:
            return Owner(row["name"], row["wa_id"], row["user_id"], bool(row["is_absent"]))
        if not digits.isdigit():
            return None
        stranger = Owner(f"+{digits}", digits, user_id_of(digits))
        self.know(stranger)
        return stranger

    def owners(self) -> dict[str, int]:
        """Everybody who has a chat, the newest first, with how many messages they have not read."""
        with self._file.opened() as wire:
            rows = wire.execute(
                "SELECT owner, SUM(way = 'in' AND status <> 'read') AS unread FROM messages"
                " GROUP BY owner ORDER BY MAX(id) DESC"
            ).fetchall()
        return {row["owner"]: row["unread"] for row in rows}

    def hear(self, key: str, at: datetime) -> None:
        """Somebody wrote to the house: from then on it may write freely for 24 hours."""
        with self._file.opened() as wire:
            wire.execute("UPDATE owners SET heard_at = ? WHERE key = ?", (at.isoformat(), key))

    def is_window_open(self, key: str) -> bool:
        """May the house write freely to them now?"""
        with self._file.opened() as wire:
            row = wire.execute("SELECT heard_at FROM owners WHERE key = ?", (key,)).fetchone()
        heard = row["heard_at"] if row else None
        return heard is not None and clock.now() - datetime.fromisoformat(heard) < WINDOW

    def add(
        self,
        owner: str,
        way: Way,
        kind: str,
        content: dict[str, Any],
        *,
        reply_to: str | None = None,
        our_data: str = "",
        category: str = "service",
    ) -> Message:
        """Put a message into a chat and let the oldest of all go."""
        values = (new_wamid(), owner, way, kind, json.dumps(content), clock.now().isoformat())
        with self._file.opened() as wire:
            row_id = wire.execute(
                "INSERT INTO messages (wamid, owner, way, kind, content, at, status, reply_to, our_data, category)"
                " VALUES (?, ?, ?, ?, ?, ?, 'sent', ?, ?, ?)",
                (*values, reply_to, our_data, category),
            ).lastrowid
            wire.execute(
                "DELETE FROM messages WHERE id <= (SELECT MAX(id) FROM messages) - ?",
                (MOST_MESSAGES,),
            )
            found = wire.execute("SELECT * FROM messages WHERE id = ?", (row_id,)).fetchone()
        return _message(found)

    def find(self, wamid: str) -> Message | None:
        """A message by the provider's id."""
        return self._one("wamid = ?", wamid)

    def find_in(self, owner: str, message_id: int) -> Message | None:
        """A message of one chat by our own number."""
        return self._one("owner = ? AND id = ?", owner, message_id)

    def chat_of(self, owner: str) -> list[Message]:
        """The newest messages of a chat, in order."""
        with self._file.opened() as wire:
            rows = wire.execute(
                "SELECT * FROM messages WHERE owner = ? ORDER BY id DESC LIMIT ?", (owner, SHOWN)
            ).fetchall()
        return [_message(row) for row in reversed(rows)]

    def revision_of(self, owner: str) -> str:
        """Changes whenever anything in the chat does."""
        with self._file.opened() as wire:
            row = wire.execute(
                "SELECT COALESCE(MAX(id), 0) AS newest, COALESCE(SUM(revision), 0) AS changes FROM messages"
                " WHERE owner = ?",
                (owner,),
            ).fetchone()
        return f"{row['newest']}.{row['changes']}"

    def climb(self, wamid: str, status: str) -> bool:
        """Let a message get as far as *status*, never back; did that change anything?"""
        below = LADDER[: LADDER.index(status)]
        marks = ", ".join("?" * len(below))
        return self._change(
            f"status = ? WHERE wamid = ? AND status IN ({marks})", status, wamid, *below
        )

    def fail(self, wamid: str) -> None:
        """It reached nobody."""
        self._change("status = 'failed' WHERE wamid = ?", wamid)

    def react(self, wamid: str, emoji: str) -> None:
        """Put a reaction under a message; an empty one takes it back."""
        self._change("reaction = ? WHERE wamid = ?", emoji, wamid)

    def delete(self, wamid: str) -> None:
        """Take a message back for everybody."""
        self._change("is_deleted = 1 WHERE wamid = ?", wamid)

    def _change(self, what: str, *values: object) -> bool:
        with self._file.opened() as wire:
            changed = wire.execute(
                f"UPDATE messages SET revision = revision + 1, {what}",  # noqa: S608 - our own words
                values,
            )
        return changed.rowcount > 0

    def _one(self, where: str, *values: object) -> Message | None:
        with self._file.opened() as wire:
            row = wire.execute(
                f"SELECT * FROM messages WHERE {where}",  # noqa: S608 - our own words
                values,
            ).fetchone()
        return _message(row) if row else None


def _message(row: sqlite3.Row) -> Message:
    return Message(
        id=row["id"],
        wamid=row["wamid"],
        owner=row["owner"],
        way=Way(row["way"]),
        kind=row["kind"],
        at=datetime.fromisoformat(row["at"]),
        status=row["status"],
        reply_to=row["reply_to"],
        reaction=row["reaction"],
        is_deleted=bool(row["is_deleted"]),
        our_data=row["our_data"],
        category=row["category"],
        content=json.loads(row["content"]),
    )
