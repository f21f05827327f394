"""The SMTP relay of the house: set up, kept secret, and asked for what the sender needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field

from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app
from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.clients.access_tokens import Grant, access_token, forget_token
from helpdesk.lib.clients.faults import Trouble, WireFault
from helpdesk.lib.clients.protection import Login, MailAccount, Protection, is_loopback
from helpdesk.lib.database import db, in_transaction, kept_in_unit, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.sealing import Unreadable, seal, unseal
from helpdesk.messaging.mail_relay import MailRelay

RELAY_ID = 1
MOST_CONNECTIONS = 10
_PURPOSE = "mail relay"
_EXTENSION = "own mail addresses"
_NOT_TRUSTED = frozenset({Trouble.SIGN_IN, Trouble.TOKEN})

Addresses = Callable[[], Iterable[str]]


@dataclass(frozen=True)
class RelaySettings:
    """What an administrator decides about the relay, apart from its secret."""

    from_address: str
    host: str
    port: int
    security: str
    login: str = ""
    username: str = ""
    from_name: str = ""
    reply_to: str = ""
    takes_tags: bool = False
    connections: int = 2
    per_minute: int = 120
    per_address_and_day: int = 20
    per_ticket_and_hour: int = 6
    is_active: bool = True


@dataclass(frozen=True)
class RelaySecret:
    """A password, or the permission with which access tokens are renewed."""

    password: str = field(default="", repr=False)
    grant: Grant | None = None


def relay() -> MailRelay | None:
    """The relay as it is set up, active or not; None when there is none."""
    return kept_in_unit("mail relay", lambda: db.session.get(MailRelay, RELAY_ID))


def active_relay() -> MailRelay | None:
    """The relay through which mail goes out now; None: it goes to files."""
    found = relay()
    return found if found is not None and found.is_active else None


def set_up_relay(
    settings: RelaySettings, *, secret: RelaySecret | None, seen_version: int | None, by: Actor
) -> MailRelay:
    """Set the relay up or change it, inside the caller's unit of work; *secret* None keeps the stored one.

    *seen_version* is the version that was read, None where there was no relay. Raises Invalid, and Conflict when
    somebody else changed it. A stored password is not sent to another host or for another user: it must be typed again.
    """
    found = db.session.get(MailRelay, RELAY_ID, with_for_update=True)
    if (found.version if found else None) != seen_version:
        raise Conflict(_l("Somebody changed these settings in the meantime. Look again."))
    _check(settings, found, secret)
    before = _facts(found) if found else {}
    if found is None:
        found = MailRelay(id=RELAY_ID, version=0, secret=_sealed(RelaySecret()))
        db.session.add(found)
    for name, value in asdict(settings).items():
        setattr(found, name, " ".join(value.split()) if isinstance(value, str) else value)
    if secret is not None or not settings.login:
        found.secret = _sealed(secret or RelaySecret())
    found.changed_at = clock.now()
    found.version += 1
    db.session.flush()
    details = trail.differing(before, _facts(found)) | {"is_secret_new": secret is not None}
    trail.record("relay_changed", by=by, subject=("mail_relay", RELAY_ID), details=details)
    return found


def account_of(found: MailRelay) -> MailAccount:
    """Everything that is needed to connect; renews the access token where the relay wants one.

    Talks to the network, so never inside a unit of work. Raises WireFault.
    """
    if in_transaction():
        raise RuntimeError("no network inside a transaction")
    secret = _secret_of(found) if found.login else RelaySecret()
    text = secret.password
    if found.login == Login.XOAUTH2:
        if secret.grant is None:
            raise WireFault(Trouble.TOKEN, "no permission was given")
        text = _token(found, secret.grant)
    return MailAccount(
        host=found.host,
        port=found.port,
        protection=Protection(found.security),
        username=found.username if found.login else "",
        secret=text,
        is_token=found.login == Login.XOAUTH2,
    )


def doubt_token(found: MailRelay, fault: WireFault) -> None:
    """Renew the access token at the next need, where the server did not take the one that we hold."""
    if found.login != Login.XOAUTH2 or fault.trouble not in _NOT_TRUSTED:
        return
    standing = relay()  # the permission may have been renewed since *found* was read
    for one in (found, standing):
        grant = _secret_of(one).grant if one is not None else None
        if grant is not None:
            forget_token(grant)


def know_own_addresses(app: Flask, source: Addresses) -> None:
    """Let *source* name addresses at which this house itself receives mail."""
    app.extensions.setdefault(_EXTENSION, []).append(source)


def received_addresses() -> frozenset[str]:
    """The addresses at which this house receives mail, in lower case: there an answer is read."""
    sources: list[Addresses] = current_app.extensions.get(_EXTENSION, [])
    return frozenset(one.lower() for source in sources for one in source())


def own_addresses() -> frozenset[str]:
    """All addresses that are the house's own, in lower case: what is written there comes back to us."""
    found = relay()
    senders = [found.from_address, found.reply_to] if found is not None else []
    return received_addresses() | {one.lower() for one in senders if one}


def is_own(address: str) -> bool:
    """Is it one of ours, with or without a tag?"""
    local, _, domain = address.lower().rpartition("@")
    return not own_addresses().isdisjoint({f"{local}@{domain}", f"{local.split('+')[0]}@{domain}"})


def _check(settings: RelaySettings, found: MailRelay | None, secret: RelaySecret | None) -> None:
    problems = dict(_wrong_addresses(settings))
    if not settings.host.strip():
        problems["host"] = _l("Write the name of the server.")
    if not 1 <= settings.port <= 65535:
        problems["port"] = _l("A port is a number from 1 to 65535.")
    if settings.security == Protection.NONE and not is_loopback(settings.host.strip()):
        problems["security"] = _l(
            "Without encryption only a server on this same machine may be used."
        )
    if settings.login and not settings.username.strip():
        problems["username"] = _l("Write the username.")
    if settings.login and secret is None and _needs_secret(settings, found):
        problems["password"] = _l("Enter the password: it is for this server and this username.")
    if not 1 <= settings.connections <= MOST_CONNECTIONS:
        problems["connections"] = _l("Between 1 and %(most)s.", most=MOST_CONNECTIONS)
    for name in ("per_minute", "per_address_and_day", "per_ticket_and_hour"):
        if getattr(settings, name) < 1:
            problems[name] = _l("At least 1.")
    if problems:
        raise Invalid(problems)


def _wrong_addresses(settings: RelaySettings) -> Iterable[tuple[str, object]]:
    for name in ("from_address", "reply_to"):
        address = getattr(settings, name)
        if not address and name == "reply_to":
            continue
        try:
            validate_email(address, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            yield name, _l("This is not an email address. Example: name@example.com")


def _needs_secret(settings: RelaySettings, found: MailRelay | None) -> bool:
    now = (settings.host.strip(), settings.port, settings.username.strip(), settings.login)
    return found is None or now != (found.host, found.port, found.username, found.login)


def _facts(found: MailRelay) -> dict[str, object]:
    """What the trail tells of a change: never the secret."""
    return {name: getattr(found, name) for name in RelaySettings.__dataclass_fields__}


def _sealed(secret: RelaySecret) -> str:
    return seal(json.dumps(asdict(secret)), purpose=_PURPOSE, owner=RELAY_ID)


def _secret_of(found: MailRelay) -> RelaySecret:
    try:
        kept = json.loads(unseal(found.secret, purpose=_PURPOSE, owner=RELAY_ID))
    except Unreadable:
        raise WireFault(Trouble.SECRET) from None
    grant = kept["grant"]
    return RelaySecret(kept["password"], Grant(**grant) if grant else None)


def _token(found: MailRelay, grant: Grant) -> str:
    token = access_token(grant)
    if token.refresh_token != grant.refresh_token:
        renewed = Grant(**{**asdict(grant), "refresh_token": token.refresh_token})
        _keep_grant(found.version, renewed)
    return token.text


def _keep_grant(version: int, grant: Grant) -> None:
    """Microsoft gives another refresh token with each renewal; the old one ends some day."""

    def keep() -> None:
        standing = db.session.get(MailRelay, RELAY_ID, with_for_update=True)
        if standing is not None and standing.version == version:
            standing.secret = _sealed(RelaySecret(grant=grant))

    unit_of_work(keep)
