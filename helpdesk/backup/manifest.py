"""What is in a backup, and whether it still is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from helpdesk.backup import CannotRestore, Progress, in_silence

FILE_NAME = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Part:
    """One file of a backup: its *path* inside the folder, its size in bytes, its SHA-256."""

    path: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        """Raise ValueError for a path that leads out of the folder."""
        if PurePosixPath(self.path).is_absolute() or ".." in PurePosixPath(self.path).parts:
            raise ValueError(f"{self.path} leads out of the backup")


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. *tables* counts rows; *missing* are digests that rows name and nobody has."""

    engine: str
    engine_version: str
    revision: str
    started_at: datetime
    ended_at: datetime
    tables: dict[str, int]
    parts: tuple[Part, ...]
    missing: tuple[str, ...]

    @property
    def size(self) -> int:
        """The bytes of all parts."""
        return sum(part.size for part in self.parts)

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(self.tables.values())

    @property
    def kept_files(self) -> list[Part]:
        """The parts that people sent or that we drew: photographs, recordings, letters."""
        return [part for part in self.parts if part.path.startswith("files/")]

    def miscounted(self, rows: dict[str, int]) -> list[str]:
        """A sentence for each table of which the *rows* found somewhere are not those that were copied."""
        return [
            f"table {name}: {rows.get(name, 0)} rows here, {self.tables.get(name, 0)} in the backup"
            for name in sorted(self.tables.keys() | rows.keys())
            if rows.get(name) != self.tables.get(name)
        ]

    def part(self, path: str) -> Part:
        """The part of that path. Raises CannotRestore when there is none."""
        for part in self.parts:
            if part.path == path:
                return part
        raise CannotRestore(f"The backup has no {path}.")

    def as_json(self) -> str:
        """The manifest as it stands in the folder."""
        facts = {
            "format": FORMAT,
            **asdict(self),
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
        }
        return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest in *folder*. Raises CannotRestore when the folder is no whole backup."""
    try:
        facts = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise CannotRestore(
            f"{folder} is no whole backup: its {FILE_NAME} cannot be read."
        ) from None
    if not isinstance(facts, dict) or facts.pop("format", None) != FORMAT:
        raise CannotRestore(f"{folder} was written by another program: its format is unknown.")
    try:
        return _from_facts(facts)
    except (KeyError, TypeError, ValueError):
        raise CannotRestore(f"The {FILE_NAME} of {folder} is damaged.") from None


def _from_facts(facts: dict[str, Any]) -> Manifest:
    return Manifest(
        started_at=datetime.fromisoformat(facts.pop("started_at")),
        ended_at=datetime.fromisoformat(facts.pop("ended_at")),
        parts=tuple(Part(**part) for part in facts.pop("parts")),
        missing=tuple(facts.pop("missing")),
        **facts,
    )


def measure(folder: Path, path: str) -> Part:
    """Read the file at *path* in *folder* to its end, and say what it is."""
    with (folder / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Part(path, file.tell(), digest)


def damages(folder: Path, manifest: Manifest, progress: Progress = in_silence) -> Iterator[str]:
    """Read every part again, and tell in a sentence about each that is not what it was."""
    done = 0
    for part in manifest.parts:
        file = folder / part.path
        if not file.is_file():
            yield f"{part.path} is gone"
        elif measure(folder, part.path) != part:
            yield f"{part.path} is not what it was when the backup was made"
        done += part.size
        progress("checking", done, manifest.size)
