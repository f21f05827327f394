"""What came of reading a backup back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer, String

from helpdesk.lib.database import Model, Moment

FAULT_LENGTH = 500


class Reading(StrEnum):
    """How far a backup was read back. A *restored* one was read, and put back into a place of trial."""

    DUE = "due"
    RUNNING = "running"
    READ = "read"  # every byte; there was no place to restore it into
    RESTORED = "restored"
    UNREADABLE = "unreadable"


UNFINISHED = frozenset({Reading.DUE, Reading.RUNNING})


class BackupReading(Model):
    """How the reading of a worker's backup stands since *at*; its *newest* complaint is known once it was restored.

    *fault* says what is wrong with it, or why it was only read. A table of its own, since a backup is also made before
    the very upgrade that brings it.
    """

    __tablename__ = "backup_readings"

    backup_id: Mapped[int] = mapped_column(ForeignKey("backups.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), default=Reading.DUE)
    at: Mapped[datetime] = mapped_column(Moment)
    complaints: Mapped[int] = mapped_column(Integer, default=0)
    newest: Mapped[str] = mapped_column(String(32), default="")
    fault: Mapped[str] = mapped_column(String(FAULT_LENGTH), default="")

    @property
    def is_well(self) -> bool:
        """Is every byte of it what it was?"""
        return self.state in (Reading.READ, Reading.RESTORED)
