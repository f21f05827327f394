"""The files that people sent: fetched by the house in two steps, the address of the second good for minutes only."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.lib import clock
from helpdesk.simulator.whatsapp.file import PhoneFile

KEPT_FOR = timedelta(days=7)  # as long as an id in a webhook is good
MOST_BYTES = 200_000_000  # of all files together


@dataclass(frozen=True)
class Media:
    """One file. *sha256* is hexadecimal."""

    id: str
    media_type: str
    name: str
    sha256: str
    content: bytes
    at: datetime

    @property
    def sha256_in_base64(self) -> str:
        """As webhooks write it."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


class MediaShelf:
    """The files in the *file*."""

    def __init__(self, file: PhoneFile) -> None:
        self._file = file

    def put(self, content: bytes, media_type: str, name: str = "") -> Media:
        """Keep a file and let the oldest go."""
        media = Media(
            id=str(secrets.randbelow(9 * 10**15) + 10**15),
            media_type=media_type,
            name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            at=clock.now(),
        )
        with self._file.opened() as wire:
            wire.execute(
                "INSERT INTO media (id, media_type, name, sha256, content, at) VALUES (?, ?, ?, ?, ?, ?)",
                (media.id, media_type, name, media.sha256, content, media.at.isoformat()),
            )
            wire.execute(
                "DELETE FROM media WHERE rowid IN (SELECT rowid FROM (SELECT rowid, SUM(LENGTH(content))"
                " OVER (ORDER BY rowid DESC) AS weight FROM media) WHERE weight > ?)",
                (MOST_BYTES,),
            )
        return media

    def find(self, media_id: str) -> Media | None:
        """A file, as long as its owner's telephone shows it."""
        with self._file.opened() as wire:
            row = wire.execute("SELECT * FROM media WHERE id = ?", (media_id,)).fetchone()
        if row is None:
            return None
        at = datetime.fromisoformat(row["at"])
        return Media(
            row["id"], row["media_type"], row["name"], row["sha256"], bytes(row["content"]), at
        )

    def fetchable(self, media_id: str) -> Media | None:
        """A file, as long as the house may fetch it."""
        media = self.find(media_id)
        return media if media is not None and clock.now() - media.at < KEPT_FOR else None
