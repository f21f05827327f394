"""Deadlines as they are promised: the versions, one more, and what a version would mean for a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, TimeField
from wtforms.validators import InputRequired

from helpdesk.accounts.organisation import local_zone
from helpdesk.accounts.units import list_units
from helpdesk.lib import clock
from helpdesk.lib.editing import find_row
from helpdesk.lib.words import language_now
from helpdesk.sla import policies
from helpdesk.sla.calendar import NoOpenHours
from helpdesk.sla.foretelling import Prospect, foretell
from helpdesk.sla.models import PolicyVersion
from helpdesk.sla.rules import ClockKind, compare
from helpdesk.sla.withdrawing import may_be_withdrawn, withdraw_version
from helpdesk.web import words
from helpdesk.web.admin import door, policy_words
from helpdesk.web.admin.forms import offer_units, one_or_none, tell
from helpdesk.web.admin.policy_form import PolicyForm, as_row
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import HouseForm, page, sensible_year
from helpdesk.web.typed import moment_typed


class CaseForm(HouseForm):
    """A case to try the promises on; asked by GET, so that its address can be kept and shown."""

    class Meta(HouseForm.Meta):
        """Nothing is written."""

        csrf = False

    tanggal = DateField(_l("Received on"), [InputRequired(), sensible_year])
    jam = TimeField(_l("Time"), [InputRequired()])
    tingkat = SelectField(
        _l("Graded"), choices=[("", _l("not graded yet")), *words.choices("grade")], default=""
    )
    unit = one_or_none(_l("At the unit"), _l("units with the usual hours"))

    @property
    def received_at(self) -> datetime:
        """The moment that was typed, aware."""
        return moment_typed(self.tanggal.data, self.jam.data)


@door.get("/kebijakan")
def policy_list() -> ResponseReturnValue:
    """The promises in force, and the versions before and to come."""
    current = policies.current_version(clock.now())
    return render_template(
        "admin/policies.html",
        current=current,
        rules=policies.rules_of(current.id),
        versions=policies.versions(),
        words=policy_words,
    )


@door.get("/kebijakan/<int:version_id>")
def policy_version(version_id: int) -> ResponseReturnValue:
    """One version, and what it changed."""
    version = find_row(PolicyVersion, version_id)
    before = policies.version_before(version)
    rules = policies.rules_of(version_id)
    return render_template(
        "admin/policy_version.html",
        version=version,
        state=_state(version),
        rules=rules,
        before=before,
        changes=compare(policies.rules_of(before.id), rules) if before else [],
        words=policy_words,
        may_be_withdrawn=may_be_withdrawn(version),
    )


@door.post("/kebijakan/<int:version_id>/tarik")
def withdraw_policy(version_id: int) -> ResponseReturnValue:
    """A version that is still to come never holds."""
    tell(
        lambda: withdraw_version(version_id, by=current_actor()),
        _("The version is withdrawn. The one before it goes on."),
    )
    return redirect(url_for("admin.policy_version", version_id=version_id))


@door.route("/kebijakan/baru", methods=["GET", "POST"])
def publish_policy() -> ResponseReturnValue:
    """A new version, starting from the one in force."""
    current = policies.current_version(clock.now())
    newest = policies.last_published() or current
    form = PolicyForm.starting_from(policies.rules_of(current.id), newest)

    def publish() -> None:
        policies.publish_version(
            form.rules(),
            by=current_actor(),
            effective_from=form.starts_at,
            note=form.note.data or "",
            based_on=form.seen_version,
        )

    if form.saves(publish, row=as_row(newest)):
        flash(_("The new version is published. What was received before it keeps its deadlines."))
        return redirect(url_for("admin.policy_list"))
    return page("admin/policy_new.html", form, clocks=list(ClockKind), words=policy_words)


@door.get("/kebijakan/uji")
def try_policy() -> ResponseReturnValue:
    """Received then, graded so, at this unit: due when, and why. Writes nothing."""
    now = clock.now().astimezone(local_zone())
    asked = request.args if "tanggal" in request.args else None
    form = CaseForm(asked, tanggal=now.date(), jam=now.time())
    offer_units(form.unit, list_units())
    is_asked = asked is not None
    prospect = _prospect(form) if is_asked and form.validate() else None
    return page(
        "admin/policy_tester.html",
        form,
        is_asked=is_asked,
        prospect=prospect,
        words=policy_words,
        local_hour=_local_hour,
    )


def _prospect(form: CaseForm) -> Prospect | None:
    try:
        return foretell(form.received_at, form.tingkat.data, form.unit.data)
    except NoOpenHours:
        form.form_errors.append(_("In these hours the limit would never be used up."))
        return None


def _state(version: PolicyVersion) -> Any:
    """Is it in force, still to come, of the past, or withdrawn?"""
    if version.withdrawn_at is not None:
        return _("withdrawn")
    now = clock.now()
    if version.effective_from > now:
        return _("to come")
    return _("in force") if version.id == policies.current_version(now).id else _("of the past")


def _local_hour(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M" if language_now() == "en" else "%H.%M")
