"""The contract of a sender, and the two ways in which sending can fail."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

from helpdesk.lib.clients.faults import Trouble
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.templates import Rendered

# Somebody must mend these; the messages wait for it, however long it takes.
OURS_TO_MEND = frozenset(
    {
        Trouble.CERTIFICATE,
        Trouble.ENCRYPTION,
        Trouble.NOT_ENCRYPTED,
        Trouble.SIGN_IN,
        Trouble.TOKEN,
        Trouble.SECRET,
    }
)
# With these nobody is reached: the rest of the round need not knock again.
NOBODY_THERE = OURS_TO_MEND | {Trouble.NAME, Trouble.REFUSED, Trouble.UNREACHABLE, Trouble.TIMEOUT}
UNTIL_MENDED = timedelta(minutes=5)
UNTIL_NEXT_ROUND = timedelta(minutes=1)


class Sender(Protocol):
    """Speaks one channel.

    Called outside any transaction, with a message that is detached from the session. It must give
    up within ``postman.LEASE`` (its own timeouts included): later than that, another postman takes
    the message over.
    """

    def send(self, rendered: Rendered, message: OutboxMessage) -> str:
        """Hand the message over and return the provider's reference to it.

        It may keep what it sent and set ``sent_digest`` on *message*, which is settled with the rest.
        Raises TryLater when it may work later, Refused when it never will. Anything else is a fault
        of ours.
        """


@dataclass(frozen=True)
class Pace:
    """How fast a channel may be spoken: by how many *postmen* at once, and how many messages a
    minute in the whole house (None: as many as there are).
    """

    postmen: int = 1
    per_minute: int | None = None


@runtime_checkable
class KeepsOpen(Protocol):
    """A channel whose sender is opened for a whole round: it keeps a connection, and has a pace."""

    def opened(self) -> AbstractContextManager[Sender]:
        """The sender of one postman for one round; what it keeps open is closed at the end."""

    def pace(self) -> Pace:
        """How fast it may be used now."""


class TryLater(Exception):
    """Not now: the network, a limit, the provider's bad day. *after* is the least time to wait."""

    def __init__(self, after: timedelta = timedelta(0), reason: str = "") -> None:
        super().__init__(reason)
        self.after = after
        self.reason = reason


class NotYet(TryLater):
    """Nothing was tried, through no fault of the message: a cap, or a server that lets nobody in.

    It waits at least *after* and does not come nearer to being given up.
    """


class Refused(Exception):
    """Never: the address is wrong, or the provider will not have it. *reason* is shown to the
    administrator; *is_address_dead*: nothing else sent there would arrive either.
    """

    def __init__(self, reason: str, *, is_address_dead: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_address_dead = is_address_dead
