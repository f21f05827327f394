"""A letter by email to the complainant: the words themselves, with files and copies, not a notice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.uploads import Received
from helpdesk.messaging.outbox import Enclosure, OwnWords
from helpdesk.messaging.relay import is_own
from helpdesk.registry.identifiers import parse_email
from helpdesk.tickets.files import attach
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.telling import tell_complainant
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.workflow import advance, require

MOST_COPIES = 5
MOST_ENCLOSED = 15_000_000  # bytes of all files; coded for mail they grow by a third, and many servers stop at 25 MB


def write_to_complainant(
    ticket: Ticket,
    text: str,
    *,
    by: Actor,
    files: Sequence[Received] = (),
    cc: Iterable[str] = (),
) -> TicketEvent:
    """Send *text* by email, and show it on the track page as well, inside the caller's unit of work.

    *cc* are addresses as they were typed. Raises Invalid for an empty letter, an address that is none, too many
    copies, a copy of a confidential case, or too heavy files; Conflict where no email address was left.
    """
    require(ticket, Move.WRITE, by=by)
    if not ticket.is_answered_by_email:
        raise Conflict(_l("The complainant left no email address."))
    copies = _read_copies(cc)
    _check(ticket, text, copies, files)
    event = advance(
        ticket, Move.WRITE, by=by, text=text.strip(), details={"cc": copies} if copies else None
    )
    enclosures = tuple(
        Enclosure(file.name, file.media_type, file.shown_digest) for file in attach(event, files)
    )
    own_words = OwnWords(text.strip(), enclosures, tuple(copies))
    template = "letter_with_copies" if copies else "letter_from_staff"
    tell_complainant(template, ticket, event, own_words=own_words)
    return event


def _read_copies(typed: Iterable[str]) -> list[str]:
    """The addresses, each once. Raises Invalid with those that are none."""
    read: list[str] = []
    wrong: list[str] = []
    for one in filter(None, (text.strip() for text in typed)):
        try:
            read.append(parse_email(one))
        except Invalid:
            wrong.append(one)
    if wrong:
        raise Invalid({"cc": _l("Not an email address: %(addresses)s", addresses=", ".join(wrong))})
    return list(dict.fromkeys(read))


def _check(ticket: Ticket, text: str, copies: list[str], files: Sequence[Received]) -> None:
    problems: dict[str, object] = {}
    if not text.strip():
        problems["text"] = _l("The letter is empty.")
    if copies and ticket.is_restricted:
        problems["cc"] = _l("Of a confidential complaint nobody else gets a copy.")
    elif len(copies) > MOST_COPIES:
        problems["cc"] = _l("At most %(most)s addresses get a copy.", most=MOST_COPIES)
    elif any(is_own(one) for one in copies):
        problems["cc"] = _l("One of these addresses is our own: the copy would come back to us.")
    if sum(file.size for file in files) > MOST_ENCLOSED:
        problems["files"] = _l(
            "Together the files are larger than %(limit)s MB, which many mail servers refuse.",
            limit=MOST_ENCLOSED // 1_000_000,
        )
    if problems:
        raise Invalid(problems)
