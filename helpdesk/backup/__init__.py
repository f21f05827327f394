"""Floor 2: backups. A whole copy of an installation in one folder, and the way back.

Here belong copying out and in on both engines, the manifest that proves a copy, the nightly turn,
reading each copy back, and the record of how it went. Not here: what a complaint is (tables are copied and counted by
name, files by the marks of ``lib.storage.NAMES_A_FILE``), migrating, and showing it to anybody.

A backup is a folder of mode 0700::

    manifest.json     what is in it: SHA-256 and size of each file, rows of each table, the schema
    database.sqlite3  the database as it stood at one moment, or database.sql from MariaDB
    secret_key        what signs links, sessions and PINs: without it every printed link is dead
    files/ab/cd/abcd… every file that a row names

It is written under a hidden name beside its place, reaches the disk, and gets its name last: a
folder that has its name is whole.
"""

from __future__ import annotations

from collections.abc import Callable

# Called with the step ("database", "files", "checking"), what is done of it and how much it is in
# all, so that a terminal can draw a bar.
Progress = Callable[[str, int, int], None]
Note = Callable[[int, int], None]  # the same within one step


class CannotBackUp(Exception):
    """No backup was made; the message says why and what to do."""


class CannotRestore(Exception):
    """Nothing was restored; the message says why and what to do."""


class CannotRehearse(Exception):
    """There is no place to restore into on trial, whatever the backup is worth; the message says why."""


def in_silence(_step: str, _done: int, _total: int) -> None:
    """Progress for nobody."""
