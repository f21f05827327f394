"""What staff are told about a channel: that it has trouble, that it works again, that somebody waits in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from helpdesk.accounts.organisation import house_name, local_zone
from helpdesk.accounts.standing_in import present_of
from helpdesk.accounts.user import User
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import moment_in_words
from helpdesk.messaging import outbox


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
