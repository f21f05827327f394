"""Files of a mail: their names, and how many of them are taken."""

from __future__ import annotations

import hashlib
import mimetypes

from helpdesk.lib.file_names import visible_name
from helpdesk.lib.mail import headers
from helpdesk.lib.mail.message import MailFile, MailLimits
from helpdesk.lib.mail.structure import Part

_EXTENSIONS = {
    "application/ms-tnef": ".dat",
    "application/octet-stream": ".bin",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "message/delivery-status": ".txt",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "text/calendar": ".ics",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/html": ".html",
}
_UNNAMED = {"text/calendar": "invitation", "message/rfc822": "message", "message/global": "message"}


class Cabinet:
    """Takes files in the order of the mail, and the names of those beyond the limits."""

    def __init__(self, limits: MailLimits) -> None:
        self._limits = limits
        self._bytes = 0
        self._files: list[MailFile] = []
        self._surplus: list[str] = []
        self._met: list[str] = []

    @property
    def files(self) -> tuple[MailFile, ...]:
        return tuple(self._files)

    @property
    def surplus(self) -> tuple[str, ...]:
        return tuple(self._surplus)

    @property
    def digests(self) -> tuple[str, ...]:
        """SHA-256 (hex) of every file met, of those left out, too; the same whether the mail came with
        line ends of the network or of a mailbox file."""
        return tuple(self._met)

    def add(self, content: bytes, *, name: str, media_type: str) -> None:
        """Keep a file, or only its name. *name* may be empty or hostile."""
        self._met.append(hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest())
        known_as = _shown_name(name, media_type, len(self._met))
        if not self._has_room(len(content)):
            self._surplus.append(known_as)
            return
        self._bytes += len(content)
        self._files.append(MailFile(known_as, media_type, content))

    def _has_room(self, size: int) -> bool:
        return (
            len(self._files) < self._limits.files
            and size <= self._limits.file_bytes
            and self._bytes + size <= self._limits.total_bytes
        )


def name_of(part: Part) -> str:
    """The name a part gives itself, decoded both ways in use (RFC 2231 and, wrongly, RFC 2047)."""
    _, parameters = part.disposition
    named = parameters.get("filename") or part.parameters.get("name") or ""
    return headers.text_of(named)


def _shown_name(name: str, media_type: str, number: int) -> str:
    shown = visible_name(name)
    if any(letter.isalnum() for letter in shown):
        return shown
    extension = _EXTENSIONS.get(media_type) or mimetypes.guess_extension(media_type) or ".bin"
    return f"{_UNNAMED.get(media_type, 'attachment')}-{number}{extension}"
