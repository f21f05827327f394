"""The organisation itself: made once by ``flask setup``, edited by an administrator afterwards."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from flask import g
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.lengths import too_long
from helpdesk.accounts.organisation import Organisation
from helpdesk.accounts.passwords import OneTimePassword
from helpdesk.accounts.roles import Role
from helpdesk.accounts.staff import Holding, Person, add_user, is_email
from helpdesk.accounts.user import Grant, User
from helpdesk.audit import trail
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.editing import take_row
from helpdesk.lib.errors import Invalid
from helpdesk.lib.zones import is_zone

IDLE_MINUTES = range(5, 481)
KEEP_YEARS = range(1, 101)
KEEP_YEARS_AFTER = timedelta(
    days=1
)  # what is deleted does not come back: time to think better of it
REOPEN_DAYS = range(1, 366)
_CODE = re.compile(r"[A-Za-z0-9.\- ]*")  # no slash: it parts the number of a letter
# As hospitals write them: (0751) 555-0100 ext. 12, 119, 0751-1234 / 0751-5678
_PHONE = re.compile(r"(?=(?:\D*\d){3})[\d\s()+.,;/-]+(?:ext\.?\s*\d+)?", re.IGNORECASE)
_WEBSITE = re.compile(r"https?://[^\s/@]+(?:/\S*)?", re.IGNORECASE)
_PREFIX = re.compile(r"[A-Z]{2,8}")


@dataclass(frozen=True)
class OrganisationFacts:
    """What an administrator may change about the organisation; field names are those of the row."""

    name: str
    zone: str = "Asia/Jakarta"
    number_prefix: str = "KLH"
    subtitle_id: str = "Layanan pengaduan"
    subtitle_en: str = "Complaint service"
    address: str = ""
    city: str = ""
    phone: str = ""
    whatsapp: str = ""
    email: str = ""
    website: str = ""
    emergency_phone: str = ""
    emergency_id: str = ""
    emergency_en: str = ""
    desk_id: str = ""
    desk_en: str = ""
    signatory_name: str = ""
    signatory_title: str = ""
    signatory_number: str = ""
    parent: str = ""
    letter_code: str = ""
    letter_initials: str = ""
    shows_figures: bool = False
    requires_second_factor: bool = False
    idle_minutes: int = 30
    reopen_days: int = 30


def set_up_organisation(facts: OrganisationFacts, *, by: Actor) -> Organisation:
    """Make the one row; an organisation that is there already is left as it is. Raises Invalid."""
    present = db.session.get(Organisation, 1)
    if present is not None:
        return present
    row = Organisation(id=1, created_at=clock.now(), **asdict(_tidy(facts)))
    db.session.add(row)
    db.session.flush()
    _note("organisation_set_up", by, after=_facts(row))
    return row


def edit_organisation(facts: OrganisationFacts, *, version: int, by: Actor) -> Organisation:
    """Change the organisation. Raises Conflict for an old *version*, Invalid, and NotFound."""
    row = take_row(Organisation, 1, version)
    before = _facts(row)
    for name, value in asdict(_tidy(facts)).items():
        setattr(row, name, value)
    row.version += 1
    _note("organisation_edited", by, before=before, after=_facts(row))
    return row


def change_logo(digest: str | None, *, version: int, by: Actor) -> Organisation:
    """Put the stored picture *digest* at the head of letters, or none. Raises Conflict, NotFound."""
    row = take_row(Organisation, 1, version)
    before, row.logo_digest = row.logo_digest, digest
    row.version += 1
    _note("logo_changed", by, before=before, after=digest)
    return row


def keep_complaints_for(years: int | None, *, version: int, by: Actor) -> Organisation:
    """Delete the personal data of complaints so many *years* after their end, from tomorrow on; None keeps them.

    Raises Invalid, Conflict for an old *version*, NotFound.
    """
    if years is not None and years not in KEEP_YEARS:
        raise Invalid({"years": _l("Choose between 1 and 100 years, or leave it empty.")})
    row = take_row(Organisation, 1, version)
    before, row.keep_years = row.keep_years, years
    row.keep_years_from = None if years is None else clock.now() + KEEP_YEARS_AFTER
    row.version += 1
    _note("retention_changed", by, before=before, after=years)
    return row


def renew_board_key(*, by: Actor) -> str:
    """Draw the secret of the wallboard's link anew; whoever has the old link sees nothing more."""
    return _set_board_key(secrets.token_urlsafe(32), "board_link_made", by)


def close_board(*, by: Actor) -> None:
    """Let the wallboard's link open nothing."""
    _set_board_key("", "board_link_closed", by)


def _set_board_key(key: str, act: str, by: Actor) -> str:
    row = db.session.get_one(Organisation, 1, with_for_update=True)
    row.board_key = key
    _note(act, by)
    return key


def has_administrator() -> bool:
    """Is there an active administrator, so that somebody can let the others in?"""
    found = select(User.id).join(Grant).where(Grant.role == Role.ADMIN, User.is_active).limit(1)
    return db.session.scalar(found) is not None


def add_first_administrator(
    person: Person, *, password: OneTimePassword, chosen_hash: str = "", by: Actor
) -> User:
    """Add the administrator of a fresh installation.

    *chosen_hash* is the hash of a password that the person chose while setting up and need not
    change; without it the one-time *password* holds. Raises Invalid.
    """
    user = add_user(person, [Holding(Role.ADMIN)], password=password, by=by)
    if chosen_hash:
        user.password_hash = chosen_hash
        user.must_change_password = False
        user.password_expires_at = None
    return user


def check_organisation(facts: OrganisationFacts) -> None:
    """Raise Invalid with all that stands in the way of writing this about the organisation."""
    _tidy(facts)


def _tidy(facts: OrganisationFacts) -> OrganisationFacts:
    values: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in asdict(facts).items()
    }
    values["number_prefix"] = values["number_prefix"].upper()
    problems = too_long(Organisation, values)
    if not values["name"]:
        problems["name"] = _l("Write the name of the organisation.")
    if not is_zone(values["zone"]):
        problems["zone"] = _l(
            "This is no time zone; Indonesia has Asia/Jakarta, Makassar and Jayapura."
        )
    if not _PREFIX.fullmatch(values["number_prefix"]):
        problems["number_prefix"] = _l("Use two to eight letters, such as KLH.")
    problems |= _unreachable(values)
    for name in ("letter_code", "letter_initials"):
        if not _CODE.fullmatch(values[name]):
            problems[name] = _l("Use letters, digits, dots and dashes only.")
    if values["idle_minutes"] not in IDLE_MINUTES:
        problems["idle_minutes"] = _l("Choose between 5 and 480 minutes.")
    if values["reopen_days"] not in REOPEN_DAYS:
        problems["reopen_days"] = _l("Choose between 1 and 365 days.")
    if problems:
        raise Invalid(problems)
    return OrganisationFacts(**values)


def _unreachable(values: dict[str, Any]) -> dict[str, Any]:
    """What is printed on letters for people to write to, to call, and to open, and cannot be."""
    problems: dict[str, Any] = {}
    if values["email"] and not is_email(values["email"]):
        problems["email"] = _l("This is no email address.")
    for name in ("phone", "whatsapp", "emergency_phone"):
        if values[name] and not _PHONE.fullmatch(values[name]):
            problems[name] = _l("This is no telephone number.")
    if values["website"] and not _WEBSITE.fullmatch(values["website"]):
        problems["website"] = _l("Begin with https:// and name the site.")
    return problems


def _facts(row: Organisation) -> dict[str, Any]:
    return {name: getattr(row, name) for name in OrganisationFacts.__dataclass_fields__}


def _note(act: str, by: Actor, **details: Any) -> None:
    g.pop("organisation", None)  # it is another one from here on
    trail.record(act, by=by, subject=("organisation", 1), details=details)
