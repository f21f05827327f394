"""One's own account: signing in and out, password, language, and where one is signed in."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import PasswordField, RadioField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from helpdesk.accounts import (
    one_time_codes,
    passwords,
    second_factor,
    sessions,
    signing_in,
    staff,
    standing_in,
)
from helpdesk.accounts.known_browsers import of_session
from helpdesk.accounts.sessions import SignedInUser
from helpdesk.lib.database import in_own_units
from helpdesk.lib.errors import Invalid, Refused
from helpdesk.lib.limits_storage import limited
from helpdesk.lib.words import LANGUAGE_NAMES
from helpdesk.messaging.whatsapp import lines, staff_telephones
from helpdesk.web import signed_in
from helpdesk.web.account import door
from helpdesk.web.forms import HouseForm, page


class SignInForm(HouseForm):
    """Who are you? An e-mail address is a username too."""

    username = StringField(_l("Username"), [InputRequired(), Length(max=190)])
    password = PasswordField(_l("Password"), [InputRequired()])


class NewPasswordForm(HouseForm):
    """The present password once, the new one twice."""

    present = PasswordField(_l("Current password"), [InputRequired()])
    new = PasswordField(_l("New password"), [InputRequired()])
    again = PasswordField(
        _l("New password once more"),
        [InputRequired(), EqualTo("new", _l("The two new passwords differ."))],
    )


class LanguageForm(HouseForm):
    """In which language the pages speak."""

    locale = RadioField(_l("Language"), choices=list(LANGUAGE_NAMES.items()))


@door.route("/masuk", methods=["GET", "POST"])
@in_own_units
@limited("60/minute; 600/hour")  # a whole hospital may share one address; each account has its own
def sign_in() -> ResponseReturnValue:
    """Ask for name and password; afterwards go on to where the person wanted to be."""
    onward = signed_in.local_path(request.values.get("lanjut"))
    present = _who_is_here()
    if request.method == "GET" and present is not None:
        return redirect(onward or signed_in.home_of(present.roles))
    form = SignInForm()
    if not form.validate_on_submit():
        return page("account/sign_in.html", form, onward=onward)
    try:
        token = signing_in.sign_in(
            form.username.data,
            form.password.data,
            device=signed_in.device_name(),
            marks=signed_in.marks_of_browser(),
            replacing=present,
        )
    except Refused as refusal:
        form.form_errors.append(refusal.reason)
        return page("account/sign_in.html", form, onward=onward)
    signed_in.let_in(token)
    if second_factor.is_awaited(token):
        return redirect(url_for("account.take_second_step", lanjut=onward))
    return redirect(onward or url_for("account.go_home"))


@door.get("/akun/beranda")
def go_home() -> ResponseReturnValue:
    """To the first page of one's role."""
    return redirect(signed_in.home_of(current_user.roles))


@door.post("/keluar")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    signing_in.sign_out(current_user)
    signed_in.forget()
    flash(_("You have signed out."))
    return redirect(url_for("account.sign_in"))


@door.route("/akun", methods=["GET", "POST"])
def profile() -> ResponseReturnValue:
    """Who I am here, in which language, and where I am signed in."""
    form = LanguageForm(locale=current_user.locale)
    if form.validate_on_submit():
        staff.choose_language(current_user.id, form.locale.data)
        return redirect(url_for("account.profile"))
    mine = sessions.live_sessions_of(current_user.id)
    return page(
        "account/profile.html",
        form,
        sessions=mine,
        telephone=staff_telephones.connection_of(current_user.id),
        can_hear_on_whatsapp=lines.active_line() is not None,
        has_second_factor=one_time_codes.state_of(current_user.id) is not None,
        leaves=standing_in.leaves_of(current_user.id),
        stands_in_for=standing_in.stood_in_for(current_user.id),
        today=standing_in.today(),
    )


@door.post("/akun/sesi/<int:session_id>/akhiri")
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign out one of my other devices."""
    sessions.end_session(session_id, of_user_id=current_user.id)
    flash(_("That device is signed out."))
    return redirect(url_for("account.profile"))


@door.post("/akun/keluar-semua")
def sign_out_everywhere() -> ResponseReturnValue:
    """Sign out every device, this one too."""
    signing_in.sign_out_everywhere(current_user)
    signed_in.forget()
    flash(_("You are signed out on every device."))
    return redirect(url_for("account.sign_in"))


@door.route("/akun/kata-sandi", methods=["GET", "POST"])
@in_own_units
def change_password() -> ResponseReturnValue:
    """Choose a password; after a one-time password there is no way past this page."""
    form = NewPasswordForm()
    hint = {"shortest": passwords.MIN_LENGTH, "is_forced": current_user.must_change_password}
    if not form.validate_on_submit():
        return page("account/password.html", form, **hint)
    try:
        token = signing_in.change_password(
            current_user.id,
            present=form.present.data,
            new=form.new.data,
            device=signed_in.device_name(),
            browser=of_session(current_user.session_id),
        )
    except Invalid as invalid:
        form.take_errors(invalid)
        return page("account/password.html", form, **hint)
    signed_in.remember(token)
    flash(_("Your password is changed. Your other devices are signed out."))
    return redirect(url_for("account.go_home" if hint["is_forced"] else "account.profile"))


def _who_is_here() -> SignedInUser | None:
    return current_user._get_current_object() if current_user.is_authenticated else None
