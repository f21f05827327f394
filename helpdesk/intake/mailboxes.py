"""Mailboxes: added, changed, switched off and on, tried, and how they are doing.

A mailbox is never removed: what came through it names it. Its secret is sealed, goes in and is used, and is never
shown again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.intake.inbound import Inbound
from helpdesk.intake.mail_addresses import is_address
from helpdesk.intake.mailbox import Mailbox
from helpdesk.lib import clock
from helpdesk.lib.clients import faults
from helpdesk.lib.clients.access_tokens import Grant
from helpdesk.lib.clients.protection import Login, Protection, is_loopback
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.editing import find_row, take_row
from helpdesk.lib.errors import Invalid
from helpdesk.lib.sealing import Unreadable, seal, unseal

PURPOSE = "mailbox"
_IN_ORDER = (Mailbox.is_active.desc(), Mailbox.address)
HIGHEST_PORT = 65535
LONGEST_WAIT = 24 * 60  # minutes before an alert
_ACCOUNT = ("username", "folder")  # another of these is another store of messages
_OF_SECRET = ("host", "username", "login")  # what a secret was entered for


@dataclass(frozen=True)
class MailboxTerms:
    """What an administrator writes about a mailbox; see :class:`Mailbox` for the meaning of each."""

    address: str
    host: str
    username: str
    port: int = 993
    security: str = Protection.TLS
    login: str = Login.PASSWORD
    folder: str = "INBOX"
    move_to: str = ""
    authserv_id: str = ""
    alert_after_minutes: int = 30


@dataclass(frozen=True)
class Password:
    """What a mailbox with a password is opened with."""

    text: str = field(repr=False)


Secret = Password | Grant


@dataclass(frozen=True)
class MailboxHealth:
    """How a mailbox is doing. *problem*: a sentence, empty when all is well; *waiting*: fetched, not understood yet."""

    mailbox_id: int
    address: str
    is_active: bool
    fetched_at: datetime | None
    failing_since: datetime | None
    problem: str
    waiting: int

    @property
    def is_well(self) -> bool:
        """Does nothing ask for the administrator's attention?"""
        return not (self.is_active and self.problem)


def find_mailbox(mailbox_id: int) -> Mailbox:
    """The mailbox; raises NotFound."""
    return find_row(Mailbox, mailbox_id)


def add_mailbox(terms: MailboxTerms, secret: Secret, *, by: Actor) -> Mailbox:
    """Add a mailbox, fetched from now on. Raises Invalid."""
    tidy = _tidy(terms, but=None)
    _check_secret(tidy, secret)
    at = clock.now()
    mailbox = Mailbox(**asdict(tidy), secret="", created_at=at, look_at=at)
    db.session.add(mailbox)
    db.session.flush()
    _seal(mailbox, secret)
    _note("mailbox_added", mailbox, by, after=asdict(tidy))
    return mailbox


def change_mailbox(
    mailbox_id: int, terms: MailboxTerms, *, secret: Secret | None, version: int, by: Actor
) -> Mailbox:
    """Change a mailbox and fetch it at once; without a *secret* it keeps its own, for the same server and user name.

    Raises Conflict for an old *version*, and Invalid.
    """
    mailbox = take_row(Mailbox, mailbox_id, version)
    tidy, before = _tidy(terms, but=mailbox.id), _terms_of(mailbox)
    if secret is None and any(getattr(tidy, name) != before[name] for name in _OF_SECRET):
        # Or whoever may change the server could have the stored password sent to one of their own.
        raise Invalid(
            {"password": _l("Enter the password: it is for this server and this username.")}
        )
    if any(getattr(tidy, name) != before[name] for name in _ACCOUNT):
        mailbox.uid_validity = mailbox.read_up_to = mailbox.fetched_at = None
    elif tidy.host != before["host"]:
        # Probably the same messages under another name: the bytes decide
        mailbox.uid_validity = None
    for name, value in asdict(tidy).items():
        setattr(mailbox, name, value)
    if secret is not None:
        _check_secret(tidy, secret)
        _seal(mailbox, secret)
    mailbox.version += 1
    mailbox.look_at = clock.now() if mailbox.is_active else None
    details = {"before": before, "after": asdict(tidy), "secret_replaced": secret is not None}
    _note("mailbox_edited", mailbox, by, **details)
    return mailbox


def deactivate_mailbox(mailbox_id: int, *, by: Actor) -> Mailbox:
    """Fetch it no more; what came through it stays. Nobody is alerted of it any longer."""
    mailbox = take_row(Mailbox, mailbox_id)
    mailbox.is_active, mailbox.look_at, mailbox.error = False, None, ""
    mailbox.failing_since = mailbox.alerted_at = None
    mailbox.version += 1
    _note("mailbox_deactivated", mailbox, by)
    return mailbox


def reactivate_mailbox(mailbox_id: int, *, by: Actor) -> Mailbox:
    """Fetch it again, from now."""
    mailbox = take_row(Mailbox, mailbox_id)
    mailbox.is_active, mailbox.look_at = True, clock.now()
    mailbox.version += 1
    _note("mailbox_reactivated", mailbox, by)
    return mailbox


def secret_of(mailbox: Mailbox) -> Secret:
    """What opens the mailbox, to be used at once and kept nowhere. Raises WireFault when the seal does not open."""
    try:
        said = json.loads(unseal(mailbox.secret, purpose=PURPOSE, owner=mailbox.id))
    except Unreadable:
        raise faults.WireFault(faults.Trouble.SECRET) from None
    return Password(said["password"]) if "password" in said else Grant(**said)


def keep_renewed_grant(mailbox_id: int, used: Grant, renewed: Grant) -> None:
    """Keep the refresh token that the provider gave in place of the *used* one, in a unit of its own."""

    def keep() -> None:
        mailbox = take_row(Mailbox, mailbox_id)
        if secret_of(mailbox) == used:  # otherwise somebody has entered another meanwhile
            _seal(mailbox, renewed)

    unit_of_work(keep)


def problem_of(mailbox: Mailbox) -> str:
    """The newest failure as a sentence in the reader's language; empty when there is none."""
    code, _, detail = mailbox.error.partition(" ")
    if not code:
        return ""
    return faults.in_words(code, host=mailbox.host, port=mailbox.port, detail=detail)


def health_of_mailboxes() -> list[MailboxHealth]:
    """How each mailbox is doing, for the page of the administrator and for monitoring."""
    of_one = select(func.count()).where(Inbound.mailbox_id == Mailbox.id, Inbound.fate == "")
    rows = select(Mailbox, of_one.scalar_subquery()).order_by(*_IN_ORDER)
    return [
        MailboxHealth(
            one.id,
            one.address,
            one.is_active,
            one.fetched_at,
            one.failing_since,
            problem_of(one),
            waiting,
        )
        for one, waiting in db.session.execute(rows)
    ]


def _tidy(terms: MailboxTerms, *, but: int | None) -> MailboxTerms:
    said: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in asdict(terms).items()
    }
    tidy = MailboxTerms(
        **{
            **said,
            "address": said["address"].lower(),
            "host": said["host"].lower(),
            "folder": said["folder"] or "INBOX",
        }
    )
    problems = _problems_of(tidy)
    taken = db.session.scalars(select(Mailbox.id).where(Mailbox.address == tidy.address)).first()
    if taken not in (None, but):
        problems["address"] = _l("Another mailbox already has this address.")
    if problems:
        raise Invalid(problems)
    return tidy


def _problems_of(terms: MailboxTerms) -> dict[str, Any]:
    """A sentence for each field that cannot be used."""
    checks = (
        ("address", is_address(terms.address), _l("Write a whole email address.")),
        ("host", bool(terms.host), _l("Write the name of the mail server.")),
        ("username", bool(terms.username), _l("Write the name with which to sign in.")),
        ("port", 0 < terms.port <= HIGHEST_PORT, _l("A port is a number up to 65535.")),
        ("security", terms.security in set(Protection), _l("Choose one of these.")),
        ("login", terms.login in set(Login), _l("Choose one of these.")),
        (
            "alert_after_minutes",
            0 < terms.alert_after_minutes <= LONGEST_WAIT,
            _l("Choose from 1 to 1440 minutes."),
        ),
        (
            "move_to",
            terms.move_to.lower() != terms.folder.lower(),
            _l("Choose another folder than the one that is read."),
        ),
        # Nothing that could end a command of IMAP and begin another
        *(
            (name, getattr(terms, name).isprintable(), _l("Write it on one line."))
            for name in _LINES
        ),
    )
    problems = {name: sentence for name, is_well, sentence in checks if not is_well}
    if terms.security == Protection.NONE and not is_loopback(terms.host):
        problems["security"] = faults.SENTENCES[faults.Trouble.NOT_ENCRYPTED]
    return problems


_LINES = ("host", "username", "folder", "move_to", "authserv_id")


def _check_secret(terms: MailboxTerms, secret: Secret) -> None:
    if isinstance(secret, Grant) is not (terms.login == Login.XOAUTH2):
        raise Invalid({"login": _l("Another way to sign in needs its own secret. Enter it.")})
    if isinstance(secret, Password) and not secret.text:
        raise Invalid({"password": _l("Enter the password.")})
    if isinstance(secret, Grant) and not (secret.client_id and secret.refresh_token):
        raise Invalid({"refresh_token": _l("Enter client id and refresh token.")})


def _seal(mailbox: Mailbox, secret: Secret) -> None:
    said = {"password": secret.text} if isinstance(secret, Password) else asdict(secret)
    mailbox.secret = seal(json.dumps(said), purpose=PURPOSE, owner=mailbox.id)


def _terms_of(mailbox: Mailbox) -> dict[str, Any]:
    return {name: getattr(mailbox, name) for name in MailboxTerms.__dataclass_fields__}


def _note(act: str, mailbox: Mailbox, by: Actor, **details: Any) -> None:
    trail.record(act, by=by, subject=("mailbox", mailbox.id), details=details)
