"""Email as part of "Is everything well?": each mailbox, and what came in and is not settled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.intake import inbox, mailboxes
from helpdesk.intake.mailboxes import MailboxHealth
from helpdesk.web.admin.part import Part
from helpdesk.web.filters import ago, duration

WAITS_TOO_LONG = timedelta(minutes=15)  # a message is understood within seconds, even after a fault


def may_open_quarantine(actor: Actor) -> bool:
    """Quarantine holds what people wrote: the role of an administrator alone does not open it."""
    return actor.may(Permission.TRIAGE)


def parts_of_mail(at: datetime, reader: Actor) -> Iterator[Part]:
    """Every part of email at the moment *at*, for *reader*."""
    found = mailboxes.health_of_mailboxes()
    for mailbox in found:
        yield _mailbox(mailbox, at)
    if found or inbox.has_heard(inbox.EMAIL):  # mail may also come through a pipe
        yield _inbox(at, reader)
    else:
        yield _nothing_set_up()


def _mailbox(mailbox: MailboxHealth, at: datetime) -> Part:
    fetched = mailbox.fetched_at
    if not mailbox.is_active:
        state = _("Switched off")
    elif mailbox.problem and mailbox.failing_since:
        state = _("Unreadable for %(time)s", time=duration(at - mailbox.failing_since))
    else:
        state = _("In order") if fetched else _("Not fetched yet")
    return Part(
        _("Mailbox %(address)s", address=mailbox.address),
        "mail",
        mailbox.is_well,
        state,
        " · ".join(_so_far(mailbox, at)),
        mailbox.problem,
        "admin.mail",
        is_known=bool(mailbox.is_active and fetched),
    )


def _so_far(mailbox: MailboxHealth, at: datetime) -> Iterator[str]:
    fetched = mailbox.fetched_at
    yield _("Fetched %(time)s", time=ago(fetched, at)) if fetched else _("Never fetched")
    if mailbox.waiting:
        yield ngettext(
            "%(num)d message waiting to be processed",
            "%(num)d messages waiting to be processed",
            mailbox.waiting,
        )


def _nothing_set_up() -> Part:
    return Part(
        _("Incoming email"), "box", True, _("Not set up"), endpoint="admin.mail", is_known=False
    )


def _inbox(at: datetime, reader: Actor) -> Part:
    state = inbox.state_of_inbox(inbox.EMAIL)
    oldest = state.oldest_at
    is_late = oldest is not None and at - oldest > WAITS_TOO_LONG
    opens = state.quarantined and may_open_quarantine(reader)
    return Part(
        _("Incoming email"),
        "box",
        not is_late,
        ngettext("%(num)d not understood", "%(num)d not understood", state.waiting)
        if is_late
        else _("In order"),
        _(
            "%(waiting)s waiting, %(quarantined)s in quarantine",
            waiting=state.waiting,
            quarantined=state.quarantined,
        ),
        _("The worker reads them and tries again by itself; its log says what is in the way."),
        "staff.quarantine" if opens else "admin.mail",
    )
