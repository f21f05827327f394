"""The contract of a sender, and the two ways in which sending can fail."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.templates import Rendered


class Sender(Protocol):
    """Speaks one channel.

    Called outside any transaction, with a message that is detached from the session. It must give
    up within ``postman.LEASE`` (its own timeouts included): later than that, another postman takes
    the message over.
    """

    def send(self, rendered: Rendered, message: OutboxMessage) -> str:
        """Hand the message over and return the provider's reference to it (at most 128 characters).

        Raises TryLater when it may work later, Refused when it never will. Anything else is a fault
        of ours.
        """


class TryLater(Exception):
    """Not now: the network, a limit, the provider's bad day. *after* is the least time to wait."""

    def __init__(self, after: timedelta = timedelta(0), reason: str = "") -> None:
        super().__init__(reason)
        self.after = after
        self.reason = reason


class Refused(Exception):
    """Never: the address is wrong, or the provider will not have it. *reason* is shown to the
    administrator.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
