"""What staff are told about a channel: that it has trouble, that it works again, that somebody waits in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from helpdesk.accounts.organisation import house_name, local_zone
from helpdesk.accounts.standing_in import present_of
from helpdesk.accounts.user import User
from helpdesk.lib.database import db
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import moment_in_words
from helpdesk.messaging import outbox
from helpdesk.messaging.message import OutboxMessage


def tell_of_channel(
    people: Iterable[User],
    event: str,
    *,
    occasion: str,
    subject: tuple[str, int],
    since: datetime,
    path: str,
    **values: str,
) -> None:
    """Queue one message to each of *people*, once for each *occasion*, in the caller's unit of work.

    For who is away today their deputy is told; where that leaves nobody, they are told themselves.
    *since* is said in words in the language of each; *path* is the page of ours that it leads to.
    """
    zone = local_zone()
    base = current_settings().base_url
    meant = list(people)
    for user in present_of(meant) or meant:
        said = {
            "organisation": house_name(),
            "since": moment_in_words(since, zone, user.locale),
            "link": f"{base}{path}",
            **values,
        }
        outbox.queue_for(user, event, occasion=occasion, subject=subject, values=said)


def occasion_of(event: str, since: datetime) -> str:
    """The one occasion of a trouble that began at *since*, or of its end."""
    return f"{event}/{since:%Y%m%dT%H%M%S}"


def was_told(event: str, since: datetime) -> bool:
    """Was anybody told of this occasion?"""
    told = OutboxMessage.dedupe_key.startswith(f"{occasion_of(event, since)}/")
    return db.session.scalar(select(OutboxMessage.id).where(told).limit(1)) is not None
