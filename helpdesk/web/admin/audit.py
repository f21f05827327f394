"""The audit trail: who did what, newest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.accounts import staff
from helpdesk.audit import trail
from helpdesk.audit.trail import AuditEntry
from helpdesk.web.admin import door
from helpdesk.web.typed import whole_number

PAGE = 50
ACTS: dict[str, Any] = {
    "sign_in": _l("signed in"),
    "sign_in_failed": _l("failed to sign in"),
    "sign_out": _l("signed out"),
    "sign_out_everywhere": _l("signed out everywhere"),
    "password_changed": _l("changed the password"),
    "one_time_password_issued": _l("issued a one-time password"),
    "user_added": _l("added a person"),
    "user_edited": _l("edited a person"),
    "grants_set": _l("set the roles"),
    "user_deactivated": _l("closed an account"),
    "user_reactivated": _l("opened an account again"),
    "unit_added": _l("added a unit"),
    "unit_edited": _l("edited a unit"),
    "unit_calendar_assigned": _l("changed the working hours of a unit"),
    "demo_begun": _l("began loading the demo"),
    "demo_loaded": _l("loaded the demo"),
    "unit_deactivated": _l("closed a unit"),
    "unit_reactivated": _l("opened a unit again"),
    "category_added": _l("added a category"),
    "category_edited": _l("edited a category"),
    "category_deactivated": _l("closed a category"),
    "category_reactivated": _l("opened a category again"),
    "place_added": _l("added a place"),
    "place_edited": _l("edited a place"),
    "place_deactivated": _l("closed a place"),
    "place_reactivated": _l("opened a place again"),
    "holiday_added": _l("added a holiday"),
    "holiday_switched": _l("switched a holiday"),
    "organisation_set_up": _l("set up the organisation"),
    "organisation_edited": _l("edited the organisation"),
}
FIELDS: dict[str, Any] = {
    "name": _l("Name"),
    "full_name": _l("Name"),
    "username": _l("Username"),
    "email": _l("E-mail"),
    "position": _l("Position"),
    "locale": _l("Language"),
    "grants": _l("Roles"),
    "is_active": _l("active"),
    "name_id": _l("Name in Indonesian"),
    "name_en": _l("Name in English"),
    "code": _l("Code"),
    "failures": _l("wrong tries"),
    "resting": _l("account rests"),
    "on": _l("Day"),
}
SUBJECTS: dict[str, Any] = {
    "user": _l("person"),
    "unit": _l("unit"),
    "category": _l("category"),
    "place": _l("place"),
    "holiday": _l("holiday"),
    "organisation": _l("organisation"),
    "ticket": _l("complaint"),
}


@door.get("/jejak-audit")
def audit_trail() -> ResponseReturnValue:
    """A page of the trail."""
    before = whole_number(request.args.get("sebelum"))
    rows = trail.newest_entries(before_id=before, limit=PAGE + 1)
    return render_template(
        "admin/audit.html",
        entries=rows[:PAGE],
        next_before=rows[PAGE - 1].id if len(rows) > PAGE else None,
        is_first=before is None,
        acts=ACTS,
        subjects=SUBJECTS,
        changes_of=changes_of,
        concerning=_concerning(rows),
    )


def _concerning(entries: Sequence[AuditEntry]) -> Callable[[AuditEntry], str]:
    """What an entry is about, with the names of people looked up once for the page."""
    ids = {entry.subject_id for entry in entries if entry.subject_kind == "user"}
    names = staff.names_of(subject_id for subject_id in ids if subject_id is not None)

    def words(entry: AuditEntry) -> str:
        kind = str(SUBJECTS.get(entry.subject_kind, entry.subject_kind))
        if entry.subject_kind == "user" and entry.subject_id in names:
            return names[entry.subject_id]
        return kind if entry.subject_id is None else f"{kind} {entry.subject_id}"

    return words


def changes_of(entry: AuditEntry) -> list[str]:
    """What an entry says was changed, as lines such as ``Name: Rina → Rina Oktavia``."""
    before = entry.details.get("before") or {}
    after = entry.details.get("after") or {}
    lines = [
        _change(name, before.get(name), value) if before else _line(name, value)
        for name, value in after.items()
        if not before or before.get(name) != value
    ]
    others = (item for item in entry.details.items() if item[0] not in ("before", "after"))
    return lines + [_line(name, value) for name, value in others]


def _line(name: str, value: Any) -> str:
    return f"{FIELDS.get(name, name)}: {_plain(value)}"


def _change(name: str, before: Any, after: Any) -> str:
    return f"{FIELDS.get(name, name)}: {_plain(before)} → {_plain(after)}"


def _plain(value: Any) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(_plain(part) for part in value)
    return str(value)
