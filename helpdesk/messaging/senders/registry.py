"""Which sender speaks which channel."""

from __future__ import annotations

from helpdesk.messaging.senders.base import Refused, Sender
from helpdesk.messaging.senders.console import ConsoleSender

_console = ConsoleSender()

SENDERS: dict[str, Sender] = {
    "console": _console,
    "email": _console,
    "whatsapp": _console,
}


def sender_for(channel: str) -> Sender:
    """The sender of *channel*; raises Refused when there is none, so that the message shows as
    failed.
    """
    try:
        return SENDERS[channel]
    except KeyError:
        raise Refused(f"no sender for the channel {channel!r}") from None
