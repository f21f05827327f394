"""How long personal data of complaints are kept: looked at first, with how many are concerned, then saved."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SubmitField
from wtforms.validators import Optional

from helpdesk.accounts import setup
from helpdesk.accounts.organisation import organisation
from helpdesk.intake.retention import MOST_COUNTED, count_due
from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound
from helpdesk.lib.settings import current_settings
from helpdesk.web.admin import door
from helpdesk.web.admin.forms import AdminForm
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import page
from helpdesk.web.typed import whole_number


class RetentionForm(AdminForm):
    """The years, and those for which the page has said how many complaints they concern."""

    years = IntegerField(_l("Years after the end of a complaint"), [Optional()])
    counted = HiddenField()
    look = SubmitField(_l("See how many that concerns"))

    @property
    def is_counted(self) -> bool:
        """Did the page say so for these very years? To keep everything concerns none."""
        return self.years.data is None or whole_number(self.counted.data) == self.years.data


@door.route("/organisasi/retensi", methods=["GET", "POST"])
def keep_complaints() -> ResponseReturnValue:
    """After how many years personal data of ended complaints are deleted, if at all."""
    row = organisation()
    if row is None:
        raise NotFound
    form = RetentionForm(years=row.keep_years, version=str(row.version))
    is_asked = form.is_submitted() and form.validate()
    if (
        is_asked
        and form.is_counted
        and not form.look.data
        and form.saves(lambda: _keep(form), row=row)
    ):
        flash(_("Saved."))
        return redirect(url_for("admin.keep_complaints"))
    years = form.years.data
    is_known = years in setup.KEEP_YEARS and not form.errors
    count = count_due(years, clock.now()) if is_known else None
    form.counted.data = "" if count is None else str(years)
    return page(
        "admin/retention.html",
        form,
        row=row,
        count=count,
        most=MOST_COUNTED,
        now_at=clock.now(),
        keeps_backups=current_settings().backup_keep_days,
    )


def _keep(form: RetentionForm) -> None:
    setup.keep_complaints_for(form.years.data, version=form.seen_version, by=current_actor())
