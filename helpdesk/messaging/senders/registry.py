"""Which sender speaks which channel."""

from __future__ import annotations

from contextlib import ExitStack

from helpdesk.messaging.senders.base import KeepsOpen, Pace, Refused, Sender
from helpdesk.messaging.senders.console import ConsoleSender
from helpdesk.messaging.senders.email import EmailChannel
from helpdesk.messaging.senders.whatsapp import WhatsAppChannel

_console = ConsoleSender()

SENDERS: dict[str, Sender | KeepsOpen] = {
    "console": _console,
    "email": EmailChannel(without_relay=_console),
    "whatsapp": WhatsAppChannel(without_line=_console),
}


def paces() -> dict[str, Pace]:
    """How fast each channel that has a pace may be spoken now."""
    return {
        channel: sender.pace()
        for channel, sender in SENDERS.items()
        if isinstance(sender, KeepsOpen)
    }


class OpenSenders(ExitStack):
    """The senders of one postman for one round: opened at the first need, closed together."""

    def __init__(self) -> None:
        super().__init__()
        self._open: dict[str, Sender] = {}

    def sender_for(self, channel: str) -> Sender:
        """The sender of *channel*; raises Refused when there is none, so that the message shows as failed."""
        if channel not in SENDERS:
            raise Refused(f"no sender for the channel {channel!r}")
        if channel not in self._open:
            sender = SENDERS[channel]
            if isinstance(sender, KeepsOpen):
                sender = self.enter_context(sender.opened())
            self._open[channel] = sender
        return self._open[channel]
