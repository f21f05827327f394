"""People: list, add, edit, roles, one-time passwords, close and open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts import one_time_codes, second_factor, staff, units
from helpdesk.accounts.passwords import OneTimePassword, draw_one_time_password
from helpdesk.accounts.roles import UNIT_ROLES, Role
from helpdesk.accounts.staff import Holding, Person
from helpdesk.accounts.standing_in import away_today, leaves_of, today
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.editing import find_row
from helpdesk.lib.words import LANGUAGE_NAMES
from helpdesk.tickets.unattended import unattended_work
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm, tell
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import Difference, Ticks, page
from helpdesk.web.words import word

HOUSE_ROLES = [role for role in Role if role not in UNIT_ROLES]


class PersonForm(AdminForm):
    """What is written about a person."""

    full_name = StringField(_l("Name"), [InputRequired(), Length(max=120)])
    username = StringField(_l("Username"), [InputRequired(), Length(max=64)])
    position = StringField(_l("Position"), [Length(max=120)])
    email = StringField(_l("Email"), [Length(max=190)])
    locale = RadioField(_l("Language"), choices=list(LANGUAGE_NAMES.items()), default="id")


class RolesForm(AdminForm):
    """What a person may do, in the house and in units."""

    roles = Ticks(_l("Roles"))
    officer_in = Ticks(_l("Officer of these units"), coerce=int)
    head_in = Ticks(_l("Head of these units"), coerce=int)

    def offer(self, all_units: list[Unit], user: User | None = None) -> None:
        """Offer the roles and units; tick what *user* holds when the form was not sent."""
        held = self._held_by(user)
        self.roles.choices = [(role.value, word(role, "role")) for role in HOUSE_ROLES]
        for field in (self.officer_in, self.head_in):
            field.choices = [
                (unit.id, name_of(unit))
                for unit in all_units
                if unit.is_active or unit.id in held[field]
            ]
        if user is not None and not self.is_submitted():
            for field, codes in held.items():
                field.data = codes

    def holdings(self) -> Iterator[Holding]:
        """The form as the domain takes it."""
        yield from (Holding(Role(code)) for code in self.roles.data or ())
        yield from (Holding(Role.UNIT_OFFICER, unit_id) for unit_id in self.officer_in.data or ())
        yield from (Holding(Role.UNIT_HEAD, unit_id) for unit_id in self.head_in.data or ())

    def _held_by(self, user: User | None) -> dict[Ticks, list[Any]]:
        """What *user* holds, as each field would say it."""
        held = {(grant.role, grant.unit_id) for grant in user.grants} if user else set()

        def units_of(role: Role) -> list[Any]:
            return sorted(unit_id for code, unit_id in held if code == role and unit_id is not None)

        return {
            self.roles: [role.value for role in HOUSE_ROLES if (role, None) in held],
            self.officer_in: units_of(Role.UNIT_OFFICER),
            self.head_in: units_of(Role.UNIT_HEAD),
        }

    def _compare(self, row: Any) -> Iterator[Difference]:
        for field, codes in self._held_by(row).items():
            if set(codes) != set(field.data or ()):
                names = dict(field.choices)
                now, typed = (
                    ", ".join(str(names.get(code, code)) for code in said) or "–"
                    for said in (codes, field.data or ())
                )
                yield Difference(str(field.label.text), now, typed)


class NewPersonForm(PersonForm, RolesForm):
    """A new person with their roles."""


@door.get("/pengguna")
def user_list() -> ResponseReturnValue:
    """Everybody, or those whose name holds the words looked for."""
    words = request.args.get("cari", "")
    known = {unit.id: unit for unit in units.list_units()}
    return render_template(
        "admin/users.html",
        users=staff.list_users(words),
        words=words,
        units=known,
        away=away_today(),
    )


@door.route("/pengguna/baru", methods=["GET", "POST"])
@in_own_units
def add_user() -> ResponseReturnValue:
    """A new person, and their one-time password, shown this once."""
    form = NewPersonForm()
    form.offer(units.list_units())
    if not form.is_submitted():
        return page("admin/user_new.html", form)
    password, by = draw_one_time_password(), current_actor()
    added: list[User] = []

    def add() -> None:
        added[:] = [
            staff.add_user(form.as_facts(Person), form.holdings(), password=password, by=by)
        ]

    if form.saves(lambda: unit_of_work(add)):
        return _show_password(added[0], password)
    return page("admin/user_new.html", form)


@door.route("/pengguna/<int:user_id>", methods=["GET", "POST"])
def edit_user(user_id: int) -> ResponseReturnValue:
    """What is written about a person, and what can be done with the account."""
    user = find_row(User, user_id)
    form = PersonForm(obj=user)
    if form.saves(
        lambda: staff.edit_user(
            user_id, form.as_facts(Person), version=form.seen_version, by=current_actor()
        ),
        row=user,
    ):
        flash(_("Saved."))
        return redirect(url_for("admin.edit_user", user_id=user_id))
    known = {unit.id: unit for unit in units.list_units()}
    state = one_time_codes.state_of(user_id)
    return page(
        "admin/user.html",
        form,
        user=user,
        units=known,
        second_factor=state,
        leaves=leaves_of(user_id),
        today=today(),
    )


@door.route("/pengguna/<int:user_id>/peran", methods=["GET", "POST"])
def set_roles(user_id: int) -> ResponseReturnValue:
    """What a person may do."""
    user = find_row(User, user_id)
    worked_in = _units_of(user)
    form = RolesForm(version=user.version)
    form.offer(units.list_units(), user)
    if form.saves(
        lambda: staff.set_grants(
            user_id, form.holdings(), version=form.seen_version, by=current_actor()
        ),
        row=user,
    ):
        flash(_("Saved. The roles hold from the next page on."))
        _warn_of_empty_units(worked_in)
        return redirect(url_for("admin.edit_user", user_id=user_id))
    return page("admin/user_roles.html", form, user=user)


@door.post("/pengguna/<int:user_id>/kata-sandi")
@in_own_units
def issue_password(user_id: int) -> ResponseReturnValue:
    """A one-time password for somebody who forgot theirs, shown this once."""
    password, by = draw_one_time_password(), current_actor()
    user = unit_of_work(lambda: staff.issue_one_time_password(user_id, password, by=by))
    return _show_password(user, password)


@door.post("/pengguna/<int:user_id>/dua-langkah/atur-ulang")
def reset_second_factor(user_id: int) -> ResponseReturnValue:
    """For somebody who lost the telephone and the recovery codes."""
    by = current_actor()
    tell(
        lambda: second_factor.reset(user_id, by=by),
        _("The second step is reset. The person sets it up anew after signing in."),
    )
    return redirect(url_for("admin.edit_user", user_id=user_id))


@door.post("/pengguna/<int:user_id>/tutup")
def close_user(user_id: int) -> ResponseReturnValue:
    """Nobody signs in with this account any more."""
    by = current_actor()
    tell(
        lambda: staff.deactivate_user(user_id, by=by),
        _("The account is closed and signed out everywhere."),
    )
    _warn_of_empty_units(_units_of(find_row(User, user_id)))
    return redirect(url_for("admin.edit_user", user_id=user_id))


@door.post("/pengguna/<int:user_id>/buka")
def open_user(user_id: int) -> ResponseReturnValue:
    """The account works again."""
    staff.reactivate_user(user_id, by=current_actor())
    flash(_("The account is open again."))
    return redirect(url_for("admin.edit_user", user_id=user_id))


def _units_of(user: User) -> set[int]:
    return {grant.unit_id for grant in user.grants if grant.unit_id is not None}


def _warn_of_empty_units(unit_ids: set[int]) -> None:
    """Say which of the units lost their last person although work lies there."""
    for unit in unattended_work():
        if unit.unit_id in unit_ids:
            flash(
                ngettext(
                    "%(unit)s: %(num)d open disposition, and nobody else is in this unit.",
                    "%(unit)s: %(num)d open dispositions, and nobody else is in this unit.",
                    unit.open_count,
                    unit=name_of(unit),
                ),
                "warn",
            )


def _show_password(user: User, password: OneTimePassword) -> ResponseReturnValue:
    """On the answer itself and nowhere else: a redirect would have to carry it somewhere."""
    return render_template("admin/user_password.html", user=user, password=password)
