"""Where files lie: by the SHA-256 of their content, so that a name can never choose a place.

A row names its file by digest. The bytes reach the disk before the transaction that names them
commits: after a power cut there may be a file without a row, never a row without its file.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from flask import Flask, current_app

from helpdesk.lib.errors import NotFound

_CHUNK = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_EXTENSION = "storage"

# ``mapped_column(String(64), info=NAMES_A_FILE)``: the column holds the digest of a file kept here.
# By this mark a backup knows what must be in it, and ``flask check files`` what must be there.
NAMES_A_FILE = {"names_a_file": True}


class Storage(Protocol):
    """Content in, digest out: the promises that a disk keeps, and later an object store."""

    def put(self, content: bytes | BinaryIO) -> str:
        """Keep *content* durably, the same content once; return its SHA-256 in hexadecimal."""

    def open(self, digest: str) -> BinaryIO:
        """The content from its beginning, to be closed by the caller; raises NotFound."""

    def path(self, digest: str) -> Path:
        """A local file to read the content from (a remote store copies it); raises NotFound."""

    def exists(self, digest: str) -> bool:
        """Is this content kept here?"""

    def verify(self, digest: str) -> bool:
        """Do the kept bytes still have this digest? False also when they are gone."""

    def discard(self, digest: str) -> None:
        """Throw the content away, for whoever knows that no row names it any more."""

    def discard_untouched(self, digest: str, *, since: datetime) -> None:
        """The same, unless somebody kept the same content again after *since*: its row may be on the way."""

    def forget_drafts(self, before: datetime) -> None:
        """Throw away what was left half-written before *before* by a process that was killed."""

    def digests(self) -> Iterator[str]:
        """Every digest kept here, in no particular order."""

    def is_writable(self) -> bool:
        """Can something be kept now? A full disk and a read-only one say no."""


class DiskStorage:
    """Files on the local disk as ``root/ab/cd/abcd…``.

    For the owner's eyes only and never executable: directories are 0700, files 0600. What a killed
    process left half-written lies in ``root/incoming`` and is never served.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, content: bytes | BinaryIO) -> str:
        """Keep *content* and return its digest; on return it survives a power cut."""
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        handle, draft = tempfile.mkstemp(dir=self._incoming)  # mkstemp makes it 0600
        try:
            with os.fdopen(handle, "wb") as file:
                digest = _copy_and_hash(source, file)
                file.flush()
                os.fsync(file.fileno())
            target = self._place(digest)
            self._make_directories(target.parent)
            # Also over a twin: the content is the same, and a damaged twin is healed.
            Path(draft).replace(target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        _fsync_directory(target.parent)
        return digest

    def open(self, digest: str) -> BinaryIO:
        """The content from its beginning; raises NotFound."""
        return self.path(digest).open("rb")

    def path(self, digest: str) -> Path:
        """The file that holds the content; raises NotFound."""
        place = self._place(digest)
        if not place.is_file():
            raise NotFound
        return place

    def exists(self, digest: str) -> bool:
        """Is this content kept here? Raises NotFound for what is no digest at all."""
        return self._place(digest).is_file()

    def verify(self, digest: str) -> bool:
        """Read the kept bytes again and compare; False when they are damaged or gone."""
        if not self.exists(digest):
            return False
        with self.path(digest).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest

    def discard(self, digest: str) -> None:
        """Throw the content away; content that is gone already is no fault."""
        self._place(digest).unlink(missing_ok=True)

    def discard_untouched(self, digest: str, *, since: datetime) -> None:
        """Throw the content away unless it was kept again after *since*."""
        place, aside = self._place(digest), self._incoming / secrets.token_hex(8)
        try:
            if not _is_older(place, since):
                return
            place.rename(aside)
        except FileNotFoundError:
            return
        if _is_older(aside, since):
            aside.unlink()
        else:  # kept again between our look and the renaming
            aside.rename(place)

    def forget_drafts(self, before: datetime) -> None:
        """Throw away what lies half-written since *before*."""
        for draft in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if _is_older(draft, before):
                    draft.unlink()

    def digests(self) -> Iterator[str]:
        """Every digest kept here, in no particular order."""
        for file in self.root.glob("??/??/*"):
            if _DIGEST.fullmatch(file.name):
                yield file.name

    def is_writable(self) -> bool:
        """Write a byte where every file begins, and take it away again."""
        try:
            with tempfile.TemporaryFile(dir=self._incoming) as file:
                file.write(b"?")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            return False
        return True

    def _place(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):  # nothing but a digest ever becomes part of a path
            raise NotFound
        return self.root / digest[:2] / digest[2:4] / digest

    def _make_directories(self, leaf: Path) -> None:
        """Make the two levels; a new directory is durable only once its parent is synced as well."""
        for directory in (leaf.parent, leaf):
            directory.mkdir(mode=0o700, exist_ok=True)
            # Always: the one who made it a moment ago may not have synced it yet.
            _fsync_directory(directory.parent)


def init_storage(app: Flask, root: Path) -> None:
    """Keep the files of *app* under *root*."""
    app.extensions[_EXTENSION] = DiskStorage(root)


def get_storage() -> Storage:
    """The storage of the running application."""
    storage: Storage = current_app.extensions[_EXTENSION]
    return storage


def _is_older(file: Path, at: datetime) -> bool:
    return file.stat().st_mtime < at.timestamp()


def _copy_and_hash(source: BinaryIO, target: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _fsync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
