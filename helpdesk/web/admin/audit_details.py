"""What an entry of the trail says was changed, in words: codes are for machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from itertools import chain
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.core import UnboundField

from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.words import LANGUAGE_NAMES
from helpdesk.web.admin.categories import CategoryForm
from helpdesk.web.admin.letter_words import TITLES as LETTERS
from helpdesk.web.admin.mail_relay import RelayForm
from helpdesk.web.admin.mail_routes import RouteForm
from helpdesk.web.admin.mail_secrets import SECURITIES, WAYS_IN
from helpdesk.web.admin.mailboxes import MailboxForm
from helpdesk.web.admin.organisation import OrganisationForm
from helpdesk.web.admin.places import PlaceForm
from helpdesk.web.admin.whatsapp_line import WhatsAppLineForm
from helpdesk.web.filters import day_short, moment
from helpdesk.web.forms import HouseForm
from helpdesk.web.words import WORDS

FIELDS: dict[str, Any] = {
    "name": _l("Name"),
    "text": _l("Text"),
    "full_name": _l("Name"),
    "username": _l("Username"),
    "email": _l("Email"),
    "position": _l("Position"),
    "locale": _l("Language"),
    "grants": _l("Roles"),
    "is_active": _l("active"),
    "name_id": _l("Name in Indonesian"),
    "name_en": _l("Name in English"),
    "parent_id": _l("Belongs to"),
    "code": _l("Code"),
    "first_on": _l("First day away"),
    "last_on": _l("Last day away"),
    "deputy": _l("Who stands in"),
    "failures": _l("wrong tries"),
    "resting": _l("account rests"),
    "on": _l("Day"),
    "calendar": _l("Calendar"),
    "zone": _l("Time zone"),
    "hours": _l("Open hours"),
    "observes_holidays": _l("Closed on holidays"),
    "observes_collective_leave": _l("Closed on collective leave"),
    "effective_from": _l("In force from"),
    "note": _l("Why"),
    "count": _l("How many"),
    "cases": _l("Complaints"),
    "recovery_codes_left": _l("recovery codes left"),
    "step": _l("step"),
    "name_digest": _l("fingerprint of the name that was tried"),
    "event": _l("Message"),
    "as": _l("Sent again as"),
    "is_well": _l("It worked"),
    "trouble": _l("What was wrong"),
    "was": _l("It had been"),
    "was_for": _l("It had been for"),
    "letter": _l("Letter"),
    "letter_id": _l("Place in the register of letters"),
    "number": _l("Number"),
    "language": _l("Language"),
    "version": _l("Version"),
    "of": _l("words of version"),
    "days": _l("Days"),
    "day": _l("On day"),
    "hour": _l("At hour"),
    "is_monthly": _l("Every month by itself"),
    "readers": _l("Who is told"),
    "compiler_name": _l("Who compiles it"),
    "compiler_position": _l("Their position"),
    "compiler_number": _l("Their staff number, as printed"),
    "period": _l("Period"),
    "format": _l("Kind of file"),
    "is_new": _l("With a new PIN"),
    "channel": _l("Channel"),
    "made_at": _l("Made"),
    "address": _l("Address"),
    "until": _l("Valid until"),
    "fingerprint": _l("Fingerprint"),
    "category": _l("Category"),
    "secret_replaced": _l("With a new password"),
    "is_secret_new": _l("With a new password"),
    "template": _l("Template"),
    "ticket_id": _l("Complaint"),
    "title": _l("Name"),
    "plan": _l("What will be done"),
    "category_id": _l("Category of the complaints"),
    "about_unit_id": _l("Unit that they are about"),
    "unit_id": _l("Unit"),
    "pic_id": _l("Person in charge"),
    "due_on": _l("To be done by"),
    "done_on": _l("Done on"),
    "state": _l("State"),
    "desk": _l("List"),
    "figure": _l("Figure"),
    "key": _l("Narrowed to"),
    "view": _l("View"),
    "grade": _l("Grade"),
    "kind": _l("Kind"),
    "place_id": _l("Place"),
    "found": _l("What was found"),
    "searched": _l("Words were searched for"),
}
# What a page asks for by a name of its own is called the same here.
_FORMS: dict[str, type[HouseForm]] = {
    "organisation": OrganisationForm,
    "category": CategoryForm,
    "place": PlaceForm,
    "mailbox": MailboxForm,
    "mail_relay": RelayForm,
    "mail_route": RouteForm,
    "whatsapp_line": WhatsAppLineForm,
}
_CODES: dict[str, dict[str, Any]] = {
    "letter": LETTERS,
    "event": WORDS["notice"],
    "language": LANGUAGE_NAMES,
    "locale": LANGUAGE_NAMES,
    "channel": WORDS["channel"],
    "grade": WORDS["grade"],
    "kind": WORDS["kind"],
    "desk": {
        "care": _l("Customer care"),
        "unit": _l("Tasks of the unit"),
        "records": _l("Recorded by me"),
        "search": _l("Search results"),
    },
    "state": WORDS["improvement"],
    "step": {
        "code": _l("code at sign-in"),
        "enrolment": _l("setting up the second step"),
        "proof": _l("proof before a change"),
    },
    "security": dict(SECURITIES),
    "login": dict(WAYS_IN),
}
_MOMENTS = frozenset({"made_at", "until", "effective_from"})
_ON_DAYS = frozenset({"first_on", "last_on", "due_on", "done_on"})
# What an id among the facts is the id of
_KINDS = {
    "unit_id": "unit",
    "about_unit_id": "unit",
    "usual_unit_id": "unit",
    "parent_id": "unit",
    "category_id": "category",
    "place_id": "place",
    "ticket_id": "ticket",
    "pic_id": "user",
    "readers": "user",
}


Names = Mapping[str, Mapping[int, str]]


def changes_of(entry: AuditEntry, names: Names) -> list[str]:
    """What an entry says was changed, as lines such as ``Name: Rina → Rina Oktavia``; *names*: by kind and id."""
    label = _labels_of(entry.subject_kind)

    def plain(name: str, value: Any) -> str:
        return _plain(name, value, names)

    before = entry.details.get("before") or {}
    after = entry.details.get("after") or {}
    lines = [
        f"{label(name)}: {plain(name, before.get(name))} → {plain(name, value)}"
        if before
        else f"{label(name)}: {plain(name, value)}"
        for name, value in after.items()
        if not before or before.get(name) != value
    ]
    others = (item for item in entry.details.items() if item[0] not in ("before", "after"))
    return lines + [f"{label(name)}: {plain(name, value)}" for name, value in others]


def ids_in(entry: AuditEntry) -> Iterator[tuple[str, int]]:
    """The kind and id of everything that *entry* names, as its subject or among its facts."""
    if entry.subject_id is not None:
        yield entry.subject_kind, entry.subject_id
    held = (entry.details, entry.details.get("before") or {}, entry.details.get("after") or {})
    for name, value in chain.from_iterable(facts.items() for facts in held):
        if kind := _KINDS.get(name):
            ids = value if isinstance(value, list) else [value]
            yield from ((kind, id_) for id_ in ids if isinstance(id_, int))


def _labels_of(kind: str) -> Callable[[str], str]:
    """What the facts about a *kind* of thing are called; one that nobody named keeps its code, readably."""
    form = _FORMS.get(kind)

    def label(name: str) -> str:
        asked = getattr(form, name, None) if form else None
        if isinstance(asked, UnboundField) and asked.args:
            return str(asked.args[0])
        return str(FIELDS.get(name) or name.replace("_", " "))

    return label


def _plain(name: str, value: Any, names: Names) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(_plain(name, part, names) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{part} {_plain(part, said, names)}" for part, said in value.items())
    if name in _MOMENTS:
        return moment(datetime.fromisoformat(value))
    if name in _ON_DAYS:
        return day_short(date.fromisoformat(value))
    if name in _KINDS:
        return names[_KINDS[name]].get(value, str(value))
    if name == "grants":
        role, _slash, unit = str(value).partition("/")
        where = names["unit"].get(int(unit), unit) if unit else ""
        return " ".join(filter(None, (str(WORDS["role"].get(role, role)), where)))
    return str(_CODES.get(name, {}).get(value, value))
