"""The sender of a system without mail or WhatsApp: every message becomes a file that the
administrator can read.

One file per message, ``instance/outbox/<id>.txt`` (the demo's are in ``instance/outbox-demo``),
readable by its owner only: it holds an address and a link that opens the complaint.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from flask import current_app

from helpdesk.lib.settings import current_settings
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.templates import Rendered

log = logging.getLogger(__name__)


class ConsoleSender:
    """Writes files; never refuses."""

    def send(self, rendered: Rendered, message: OutboxMessage) -> str:
        """Write the message's file, whole or not at all; sent twice, it is the same file."""
        folder = outbox_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_whole(folder / f"{message.id}.txt", _as_text(rendered, message))
        log.info("message delivered", extra={"message_id": message.id, "about": message.event})
        return f"console:{message.id}"


def outbox_folder() -> Path:
    """Where the files are."""
    is_demo = current_settings().demo
    return Path(current_app.instance_path) / ("outbox-demo" if is_demo else "outbox")


def _as_text(rendered: Rendered, message: OutboxMessage) -> str:
    head = f"To: {message.address}\nChannel: {message.channel}\nEvent: {message.event}\nSubject: {rendered.subject}"
    return f"{head}\n\n{rendered.body}"


def _write_whole(path: Path, text: str) -> None:
    """A reader, or a crash, never meets half a message."""
    draft = path.with_suffix(f".{os.getpid()}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
