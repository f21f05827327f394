"""People and units as files: out, and in again with a look at every line before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, TextAreaField

from helpdesk.accounts import importing, unit_list, user_list
from helpdesk.accounts.importing import (
    MOST_BYTES,
    MOST_LINES,
    Fate,
    NotAllTaken,
    Outcome,
    Take,
    note_export,
)
from helpdesk.accounts.passwords import OneTimePassword, draw_one_time_password
from helpdesk.accounts.roles import UNIT_ROLES, Role
from helpdesk.lib import tables
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Invalid
from helpdesk.lib.tables import Table, TableLine
from helpdesk.lib.words import LANGUAGE_NAMES, LANGUAGES
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import send_made
from helpdesk.web.forms import page
from helpdesk.web.once import OnceMixin, done_before
from helpdesk.web.words import WORDS, word

CSV = "text/csv"
COLUMN_WORDS: dict[str, Any] = {
    "username": _l("Username"), "name": _l("Name"), "position": _l("Position"), "email": _l("Email"),
    "language": _l("Language"), "roles": _l("Roles"), "officer_in": _l("Officer of these units"),
    "head_in": _l("Head of these units"), "active": _l("active"), "code": _l("Code"),
    "name_en": _l("Name in English"), "parent": _l("Belongs to"),
    # as the verbs call them
    "full_name": _l("Name"), "locale": _l("Language"), "name_id": _l("Name"), "parent_id": _l("Belongs to"),
}  # fmt: skip


def said(column: str, cell: str) -> str:
    """What stands in a cell of the list, as the rest of the house says it; the file itself keeps its codes."""
    if column in ("language", "locale"):
        return LANGUAGE_NAMES.get(cell, cell)
    if column == "roles":
        return ", ".join(str(WORDS["role"].get(one, one)) for one in cell.split(", "))
    if column == "active":
        return str({"ya": _("yes"), "tidak": _("no")}.get(cell, cell))
    return cell


class ListForm(OnceMixin, AdminForm):
    """A file, or its text to be corrected; *seen* marks what was shown to become of it."""

    file = FileField(_l("CSV file"))
    text = TextAreaField(_l("The lines"))
    seen = HiddenField(default="")

    def take_in(self) -> str:
        """The text to look at: that of a file that was just chosen, else what stands in the box."""
        if self.file.data:
            content = self.file.data.stream.read(MOST_BYTES + 1)
            if len(content) > MOST_BYTES:
                raise Invalid({"file": _l("This file is too large for such a list.")})
            self.text.data = tables.text_of(content)
        if not (self.text.data or "").strip():
            raise Invalid({"file": _l("Choose a CSV file, or paste its lines below.")})
        return str(self.text.data)


@dataclass(frozen=True)
class Kind:
    """What is listed: people, or units."""

    name: str
    title: Any
    columns: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]
    back: str
    read: Callable[[str], Table]
    taking: Callable[[Sequence[TableLine], dict[str, OneTimePassword] | None], Take]


def _read_users(text: str) -> Table:
    return tables.read_table(text, user_list.NAMES, required=user_list.KEY, most=MOST_LINES)


def _read_units(text: str) -> Table:
    found = tables.read_table(text, unit_list.NAMES, required=unit_list.KEY, most=MOST_LINES)
    return Table(unit_list.in_order(found.lines), found.ignored)


USERS = Kind(
    "user",
    _l("People from a file"),
    user_list.COLUMNS,
    user_list.EXAMPLES,
    "admin.user_list",
    _read_users,
    lambda lines, passwords: user_list.taking(
        lines, role_words=role_words(), passwords=passwords, by=current_actor()
    ),
)
UNITS = Kind(
    "unit",
    _l("Units from a file"),
    unit_list.COLUMNS,
    unit_list.EXAMPLES,
    "admin.unit_list",
    _read_units,
    lambda lines, _passwords: unit_list.taking(lines, by=current_actor()),
)


@door.route("/pengguna/impor", methods=["GET", "POST"])
@in_own_units
def import_users() -> ResponseReturnValue:
    """People from a file: looked at first, then all or nothing."""
    return _import(USERS)


@door.route("/unit/impor", methods=["GET", "POST"])
@in_own_units
def import_units() -> ResponseReturnValue:
    """Units from a file: looked at first, then all or nothing."""
    return _import(UNITS)


@door.get("/pengguna/impor/contoh")
def user_sheet() -> ResponseReturnValue:
    """An empty list of people with examples."""
    return _send(USERS.columns, USERS.examples, "contoh-pengguna.csv")


@door.get("/unit/impor/contoh")
def unit_sheet() -> ResponseReturnValue:
    """An empty list of units with examples."""
    return _send(UNITS.columns, UNITS.examples, "contoh-unit.csv")


@door.post("/pengguna/ekspor")
def export_users() -> ResponseReturnValue:
    """Everybody as a file; the trail tells who took it along."""
    rows = user_list.rows()
    note_export("user", len(rows), by=current_actor())
    return _send(USERS.columns, rows, "pengguna.csv")


@door.post("/unit/ekspor")
def export_units() -> ResponseReturnValue:
    """Every unit as a file; the trail tells who took it along."""
    rows = unit_list.rows()
    note_export("unit", len(rows), by=current_actor())
    return _send(UNITS.columns, rows, "unit.csv")


def role_words() -> dict[str, Role]:
    """Every name of a role that a file may use: its code, and its word in each language."""
    found = {role.value: role for role in Role}
    for language in LANGUAGES:
        with force_locale(language):
            found |= {str(word(role, "role")).lower(): role for role in Role}
    return {name: role for name, role in found.items() if role not in UNIT_ROLES}


def _import(kind: Kind) -> ResponseReturnValue:
    form, ignored = ListForm(), list[str]()
    outcomes = list[Outcome]()
    if not form.validate_on_submit():
        return _look(kind, form, outcomes, ignored)
    try:
        table = kind.read(form.take_in())
    except Invalid as invalid:
        form.take_errors(invalid)
        return _look(kind, form, outcomes, ignored)
    outcomes, ignored = (
        importing.rehearse(table.lines, kind.taking(table.lines, None)),
        table.ignored,
    )
    shown, form.seen.data = form.seen.data, importing.digest_of(outcomes)
    if request.form.get("act") == "keep" and not importing.is_refused(outcomes):
        if shown == form.seen.data:
            return _keep(kind, form, table, outcomes)
        form.form_errors.append(_l("Something changed in the meantime. Look once more."))
    return _look(kind, form, outcomes, ignored)


def _look(
    kind: Kind, form: ListForm, outcomes: Sequence[Outcome], ignored: Sequence[str]
) -> ResponseReturnValue:
    """The page: what was sent, and what would become of each line."""
    return page(
        "admin/list_import.html",
        form,
        kind=kind,
        outcomes=sorted(outcomes, key=lambda one: one.number),
        counts=Counter(one.fate for one in outcomes),
        can_keep=bool(outcomes) and not importing.is_refused(outcomes),
        ignored=ignored,
        columns=COLUMN_WORDS,
        said=said,
        most=MOST_LINES,
    )


def _keep(
    kind: Kind, form: ListForm, table: Table, outcomes: Sequence[Outcome]
) -> ResponseReturnValue:
    """Write every line or none. Passwords are hashed first: that takes long."""
    newcomers = [one for one in outcomes if one.fate is Fate.NEW and kind is USERS]
    passwords = {one.key: draw_one_time_password() for one in newcomers}
    take, text = kind.taking(table.lines, passwords), form.text.data

    def write() -> list[Outcome]:
        if done_before(f"import/{kind.name}", form.key, text):
            return []
        return importing.take_all(table.lines, take)

    try:
        taken = unit_of_work(write)
    except NotAllTaken as refusal:
        return _look(kind, form, refusal.outcomes, table.ignored)
    if taken and newcomers:
        return _show_passwords(newcomers, passwords)
    flash(_what_was_done(taken))
    return redirect(url_for(kind.back))


def _show_passwords(
    newcomers: Sequence[Outcome], passwords: dict[str, OneTimePassword]
) -> ResponseReturnValue:
    """On the answer itself and nowhere else: a redirect would have to carry them somewhere."""
    names = {
        one.key: next((change.after for change in one.changes if change.column == "name"), one.key)
        for one in newcomers
    }
    return render_template("admin/list_passwords.html", names=names, passwords=passwords)


def _what_was_done(taken: Sequence[Outcome]) -> str:
    if not taken:
        return str(_("This list was taken in already."))
    counts = Counter(one.fate for one in taken)
    added = ngettext("%(num)d line is new.", "%(num)d lines are new.", counts[Fate.NEW])
    changed = ngettext("%(num)d is changed.", "%(num)d are changed.", counts[Fate.CHANGED])
    return f"{added} {changed}"


def _send(columns: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> ResponseReturnValue:
    return send_made(tables.write_table(columns, rows), name, CSV)
