"""One normalised shape for everything that arrives, whatever the channel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from helpdesk.lib.uploads import Received
from helpdesk.tickets.states import Access, Channel, Grade, Identity, Kind

if TYPE_CHECKING:
    from helpdesk.tickets.ticket import Ticket


class Wish(StrEnum):
    """The complainant's choice: *biasa, rahasia, anonim*."""

    ORDINARY = "biasa"
    CONFIDENTIAL = "rahasia"
    ANONYMOUS = "anonim"

    @property
    def identity(self) -> Identity:
        """Who may know the name."""
        return {
            Wish.ORDINARY: Identity.NAMED,
            Wish.CONFIDENTIAL: Identity.WITHHELD,
            Wish.ANONYMOUS: Identity.ANONYMOUS,
        }[self]

    @property
    def access(self) -> Access:
        """Confidential ones are restricted until triage decides."""
        return Access.RESTRICTED if self is Wish.CONFIDENTIAL else Access.ORDINARY


_NOT_SAID = frozenset(
    {"files", "key", "session_id", "language", "recorded_by_id", "facts", "is_doubted", "same_as"}
)


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a person brought, as typed; ``admission`` reads and checks it.

    *source* says more exactly where it came from, such as which box, *origin_number* what it is called in the system it
    was forwarded from. *key* is the idempotency key of the form (empty:
    none), *session_id* the browser that holds it. *solution* and
    *grade* are set when a member of staff solved the matter on the spot. *facts* go to the ticket's first event.
    *same_as*: it is of whoever sent this other ticket, who is reached as there, and for the same eyes.
    *is_doubted*: the email address may be somebody else's, so nothing is sent there before somebody has made sure.
    """

    text: str
    channel: Channel
    source: str = ""
    origin_number: str = ""
    kind: Kind = Kind.COMPLAINT
    language: str = "id"
    title: str = ""
    remedy: str = ""
    wish: Wish = Wish.ORDINARY
    name: str = ""
    whatsapp: str = ""
    email: str = ""
    is_doubted: bool = False
    phone: str = ""
    address: str = ""
    place_id: int | None = None
    place_text: str = ""
    happened_on: date | None = None
    happened_text: str = ""
    affected_name: str = ""
    affected_relation: str = ""
    affected_record: str = ""
    has_consented: bool = False
    received_at: datetime | None = None
    late_reason: str = ""
    recorded_by_id: int | None = None
    category_id: int | None = None
    solution: str = ""
    grade: Grade | None = None
    files: Sequence[Received] = field(default_factory=tuple)
    facts: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    session_id: str = ""
    same_as: Ticket | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of what was said and brought: the same form sent again has the same."""
        said = [
            f"{one.name}={str(getattr(self, one.name)).strip()}"
            for one in fields(self)
            if one.name not in _NOT_SAID
        ]
        said += sorted(file.sha256 for file in self.files)
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()
