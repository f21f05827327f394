"""Taking in files from people: checked by content, cleaned, and kept by digest.

Nothing here runs inside a unit of work: cleaning photographs is slow, and the bytes must be on the
disk before the transaction that names them.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from helpdesk.lib.errors import Invalid
from helpdesk.lib.file_names import fit_name
from helpdesk.lib.media_types import Kind, Unacceptable, kind_of
from helpdesk.lib.photographs import clean_photograph
from helpdesk.lib.storage import get_storage


class Purpose(StrEnum):
    """Whose file it is, which decides what becomes of the original of a photograph.

    A complainant's is not kept (where it was taken and by which telephone is nobody's business); a
    unit's evidence is, for those who may examine it.
    """

    COMPLAINANT = "complainant"
    EVIDENCE = "evidence"


COMPLAINANT, EVIDENCE = Purpose.COMPLAINANT, Purpose.EVIDENCE


@dataclass(frozen=True)
class Limits:
    """How much is taken at once, in bytes and files."""

    file_bytes: int = 10_000_000
    recording_bytes: int = 16_000_000
    files: int = 5

    def bytes_for(self, kind: Kind) -> int:
        """The most that a file of this *kind* may weigh."""
        return self.recording_bytes if kind.is_recording else self.file_bytes

    @property
    def most_bytes(self) -> int:
        """The most that any file may weigh."""
        return max(self.file_bytes, self.recording_bytes)


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Received:
    """A file that was taken in and lies in the storage.

    *sha256* is the digest of the bytes as they came, always. *original_digest* names those bytes
    where they were kept, and is None where only the cleaned copy was. *shown_digest* is what people
    open; *size* its bytes.
    """

    original_digest: str | None
    shown_digest: str
    media_type: str
    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, row: Any) -> Received:
        """The same file once more, from a row that keeps one: an attachment, a file of a refused form."""
        return cls(
            original_digest=row.original_digest,
            shown_digest=row.shown_digest,
            media_type=row.media_type,
            name=row.name,
            size=row.size,
            sha256=row.received_digest,
        )

    def as_columns(self) -> dict[str, Any]:
        """What such a row keeps of it."""
        columns = asdict(self)
        return columns | {"received_digest": columns.pop("sha256")}


@dataclass(frozen=True)
class _Checked:
    """Accepted and cleaned, not yet stored."""

    content: bytes
    shown: bytes
    kind: Kind
    name: str


def receive(
    file: FileStorage | bytes,
    name: str | None = None,
    *,
    purpose: Purpose,
    limits: Limits = DEFAULT_LIMITS,
    field: str = "file",
) -> Received:
    """Check *file*, clean it and keep it; *name* is what its sender calls it (default: the form's
    name for it).

    Raises Invalid with one sentence under *field*.
    """
    try:
        checked = _check(file, _name_of(file, name), limits)
    except Unacceptable as refusal:
        raise Invalid({field: refusal.reason}) from refusal
    return _keep(checked, purpose)


def _name_of(file: FileStorage | bytes, name: str | None) -> str:
    if name is None and isinstance(file, FileStorage):
        return file.filename or ""
    return name or ""


def _check(file: FileStorage | bytes, name: str, limits: Limits) -> _Checked:
    # One byte more than the most, so that an endless stream is read no further than needed.
    content = file if isinstance(file, bytes) else file.stream.read(limits.most_bytes + 1)
    if len(content) > limits.most_bytes:
        raise Unacceptable(too_heavy(limits.most_bytes))
    kind = kind_of(content)
    if len(content) > limits.bytes_for(kind):
        raise Unacceptable(too_heavy(limits.bytes_for(kind)))
    shown = clean_photograph(content, kind) if kind.image_format else content
    named = fit_name(name, kind.extensions, unnamed=gettext("attachment"))
    return _Checked(content, shown, kind, named)


def too_heavy(limit: int) -> Any:
    """What is said of a file of more than *limit* bytes."""
    return _l(
        "This file is larger than %(limit)s MB. Send a smaller one.", limit=limit // 1_000_000
    )


def _keep(checked: _Checked, purpose: Purpose) -> Received:
    storage = get_storage()
    shown_digest = storage.put(checked.shown)
    original_digest: str | None = None
    if checked.shown is checked.content:
        original_digest = shown_digest
    elif purpose is Purpose.EVIDENCE:
        original_digest = storage.put(checked.content)
    return Received(
        original_digest=original_digest,
        shown_digest=shown_digest,
        media_type=checked.kind.media_type,
        name=checked.name,
        size=len(checked.shown),
        sha256=hashlib.sha256(checked.content).hexdigest(),
    )
