"""PIN or link lost: number and contact, and the same answer whatever exists."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from helpdesk.lib.limits_storage import limited
from helpdesk.tickets.resending import ask_for_link
from helpdesk.web.forms import HouseForm, line_field, page
from helpdesk.web.public import door
from helpdesk.web.public.tracking import whole_number_in


class LostForm(HouseForm):
    """What the person still knows."""

    number = line_field(_l("Complaint number"), 80, InputRequired())
    contact = line_field(
        _l("WhatsApp number or email address that you gave us"), 190, InputRequired()
    )


@door.route("/lacak/lupa", methods=["GET", "POST"])
@limited("6/minute; 20/hour")
def lost_keys() -> ResponseReturnValue:
    """Take the request down. Nothing is looked up here, so neither words nor time tell what exists."""
    form = LostForm(number=request.args.get("nomor", ""))
    number = whole_number_in(form) if form.validate_on_submit() else None
    if number is None:
        return page("public/lost_keys.html", form)
    ask_for_link(number, form.contact.data)
    return redirect(url_for("public.lost_keys_asked"))


@door.get("/lacak/lupa/diminta")
def lost_keys_asked() -> ResponseReturnValue:
    """The one answer for everybody."""
    return render_template("public/lost_keys_asked.html")
