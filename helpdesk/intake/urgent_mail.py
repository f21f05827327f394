"""A mail in quarantine tells of a danger to life: customer care must not find it by chance.

What comes to a ticket is told by ``tickets.urgent_words``. Here nobody can say whose word it is, so nobody outside the
house is answered.
"""

from __future__ import annotations

from dataclasses import replace

from helpdesk.accounts.roles import Role
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.mail_access import is_readable
from helpdesk.intake.mail_outcome import Outcome, Reason
from helpdesk.intake.notices import tell_of_channel
from helpdesk.lib.plain_words import plain
from helpdesk.tickets.emergencies import is_emergency
from helpdesk.tickets.hearers import holders_of

ALARM = "mail_sounds_urgent"


def weigh(outcome: Outcome, words: str) -> Outcome:
    """*outcome* of a mail of these *words*, urgent where nobody would see them; of a flood the first were seen."""
    is_hidden = outcome.fate is Fate.QUARANTINED and outcome.reason is not Reason.TOO_MANY
    return replace(outcome, is_urgent=is_hidden and is_emergency(plain(words)))


def raise_alarm(row: Inbound) -> None:
    """Tell everybody at the desk who may read the mail of *row*, inside the caller's unit of work."""
    desk = [*holders_of(Role.SUPERVISOR), *holders_of(Role.CARE)]
    tell_of_channel(
        [user for user in desk if is_readable(user.as_actor(), row)],
        ALARM,
        occasion=f"{ALARM}/{row.id}",
        subject=("inbox", row.id),
        since=row.arrived_at,
        path=f"/kerja/karantina/{row.id}",
    )
