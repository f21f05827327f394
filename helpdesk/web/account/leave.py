"""Leave: one's own, or that of somebody for whom one may enter it, with who stands in."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from helpdesk.accounts import leaves
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.standing_in import leaves_of, left_alone, today
from helpdesk.accounts.user import User
from helpdesk.lib.errors import Invalid
from helpdesk.messaging.leave_notices import tell_deputy
from helpdesk.web.account import door
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import HouseForm, page, sensible_year
from helpdesk.web.typed import whole_number


class LeaveForm(HouseForm):
    """From which day to which, and who stands in."""

    first_on = DateField(_l("First day away"), [InputRequired(), sensible_year])
    last_on = DateField(_l("Last day away"), [InputRequired(), sensible_year])
    deputy = SelectField(_l("Who stands in"), default="")

    def offer(self, user: User) -> None:
        """Offer whoever could stand in for *user*."""
        people = leaves.deputies_for(user)
        self.deputy.choices = [
            SelectChoice("", _("Nobody")),
            *(SelectChoice(str(one.id), one.full_name) for one in people),
        ]

    def enters(self, user: User, by: Actor) -> bool:
        """Was the form sent, in order, and the leave noted? Else it says why not."""
        if not self.validate_on_submit():
            return False
        deputy_id = whole_number(self.deputy.data)
        try:
            entered = leaves.enter_leave(
                user.id, self.first_on.data, self.last_on.data, deputy_id, by=by
            )
        except Invalid as invalid:
            self.take_errors(invalid)
            return False
        tell_deputy(entered, by=by)
        return True


@door.route("/akun/cuti", methods=["GET", "POST"])
@door.route("/akun/cuti/<int:user_id>", methods=["GET", "POST"])
def leave(user_id: int | None = None) -> ResponseReturnValue:
    """When somebody is away, and who stands in."""
    by = current_actor()
    user = leaves.find_for_leave(user_id or by.user_id or 0, by)
    form = LeaveForm()
    form.offer(user)
    if form.enters(user, by):
        flash(_("It is noted. On these days nothing new is sent to %(name)s.", name=user.full_name))
        _warn_of_left_alone(form, user)
        return redirect(_page_of(user.id, by))
    return page(
        "account/leave.html",
        form,
        user=user,
        is_own=user.id == by.user_id,
        leaves=leaves_of(user.id),
        today=today(),
        colleagues=leaves.colleagues_of(by),
    )


@door.post("/akun/cuti/<int:leave_id>/akhiri")
def end_leave(leave_id: int) -> ResponseReturnValue:
    """Back before it was over, or not gone at all."""
    by = current_actor()
    ended = leaves.end_leave(leave_id, by=by)
    tell_deputy(ended, by=by)
    flash(_("The leave is ended."))
    return redirect(_page_of(ended.user_id, by))


def _warn_of_left_alone(form: LeaveForm, user: User) -> None:
    for one in left_alone(user.id, form.first_on.data, form.last_on.data):
        said = _(
            "While %(person)s is away, nobody stands in for %(name)s.",
            person=user.full_name,
            name=one.name,
        )
        flash(said, "warn")


def _page_of(user_id: int, by: Actor) -> str:
    return url_for("account.leave", user_id=None if user_id == by.user_id else user_id)
