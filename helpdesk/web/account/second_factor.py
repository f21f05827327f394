"""The second step of signing in, and one's own second factor: enrol, new recovery codes, switch off."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.accounts import one_time_codes, second_factor, sessions
from helpdesk.accounts.known_browsers import of_session
from helpdesk.accounts.second_factor import Proof
from helpdesk.lib.database import in_own_units
from helpdesk.lib.errors import Invalid, NotFound, Refused
from helpdesk.lib.limits_storage import limited
from helpdesk.lib.qr import qr_svg
from helpdesk.web import signed_in
from helpdesk.web.account import door
from helpdesk.web.forms import HouseForm, page

_DRAFT = "second_factor"
_GROUP = 4  # letters; a secret that is typed is read in groups


class CodeForm(HouseForm):
    """The code that follows the password."""

    code = StringField(_l("Code"), [InputRequired(), Length(max=60)])


class ProofForm(CodeForm):
    """What shows that it is really you: an unattended screen must not be enough."""

    password = PasswordField(_l("Current password"), [InputRequired()])

    @property
    def proof(self) -> Proof:
        """The form as the domain takes it."""
        browser = of_session(current_user.session_id)
        return Proof(self.password.data, self.code.data, browser)


@door.route("/masuk/kode", methods=["GET", "POST"])
@in_own_units
@limited("60/minute; 600/hour")
def take_second_step() -> ResponseReturnValue:
    """Ask for the code; only then is the person signed in."""
    onward = signed_in.local_path(request.values.get("lanjut"))
    token = signed_in.token_of_browser()
    if not token or not second_factor.is_awaited(token):
        return redirect(url_for("account.sign_in", lanjut=onward))
    form = CodeForm()
    if not form.validate_on_submit():
        return page("account/second_step.html", form, onward=onward)
    try:
        passed = second_factor.take_second_step(
            token,
            form.code.data,
            device=signed_in.device_name(),
            marks=signed_in.marks_of_browser(),
        )
    except NotFound:  # a second click, or too late: the sign-in page knows which
        return redirect(url_for("account.sign_in", lanjut=onward))
    except Refused as refusal:
        form.form_errors.append(refusal.reason)
        return page("account/second_step.html", form, onward=onward)
    signed_in.let_in(passed.token)
    _warn_of_few(passed.codes_left)
    return redirect(onward or url_for("account.go_home"))


@door.route("/akun/dua-langkah", methods=["GET", "POST"])
@in_own_units
def set_second_factor() -> ResponseReturnValue:
    """My second factor: how it stands, or how to get one."""
    state = one_time_codes.state_of(current_user.id)
    if state is not None:
        return render_template(
            "account/second_factor.html",
            state=state,
            is_required=sessions.needs_second_factor(current_user.roles),
        )
    form, draft = ProofForm(), _draft()
    if form.validate_on_submit():
        try:
            enrolled = second_factor.enrol(
                current_user.id, draft, form.proof, device=signed_in.device_name()
            )
        except Invalid as invalid:
            form.take_errors(invalid)
        else:
            signed_in.remember(enrolled.token)
            return _show_codes(enrolled.recovery_codes)
    return _enrolment_page(form, draft)


@door.route("/akun/dua-langkah/kode-pemulihan", methods=["GET", "POST"])
@in_own_units
def renew_recovery_codes() -> ResponseReturnValue:
    """Ten new recovery codes in the place of the old ones."""
    form = ProofForm()
    if form.validate_on_submit():
        try:
            codes = second_factor.renew_codes(current_user.id, form.proof)
        except Invalid as invalid:
            form.take_errors(invalid)
        else:
            return _show_codes(codes)
    return page("account/recovery_codes_renew.html", form)


@door.route("/akun/dua-langkah/matikan", methods=["GET", "POST"])
@in_own_units
def remove_second_factor() -> ResponseReturnValue:
    """Without a second factor from now on, or with another telephone."""
    form = ProofForm()
    if form.validate_on_submit():
        try:
            token = second_factor.remove(
                current_user.id, form.proof, device=signed_in.device_name()
            )
        except Invalid as invalid:
            form.take_errors(invalid)
        else:
            signed_in.remember(token)
            flash(_("Signing in asks for no code any more."))
            return redirect(url_for("account.profile"))
    is_required = sessions.needs_second_factor(current_user.roles)
    return page("account/second_factor_remove.html", form, is_required=is_required)


def _draft() -> str:
    """The sealed secret that this browser is enrolling; another page of it shows the same."""
    draft = session.get(_DRAFT)
    if not isinstance(draft, str) or one_time_codes.secret_in(draft, current_user.id) is None:
        draft = session[_DRAFT] = one_time_codes.draw_draft(current_user.id)
    return draft


def _enrolment_page(form: ProofForm, draft: str) -> ResponseReturnValue:
    secret = one_time_codes.secret_in(draft, current_user.id) or ""
    address = one_time_codes.address_of(secret, current_user.username)
    groups = [secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP)]
    return page(
        "account/second_factor_enrol.html",
        form,
        qr=qr_svg(address, title=_("QR code for your authenticator app")),
        secret=" ".join(groups),
        must_enrol=current_user.must_enrol,
    )


def _show_codes(codes: tuple[str, ...]) -> ResponseReturnValue:
    """On the answer itself and nowhere else: a redirect would have to carry them somewhere."""
    return render_template("account/recovery_codes.html", codes=codes)


def _warn_of_few(codes_left: int | None) -> None:
    if codes_left is not None:
        flash(
            ngettext(
                "You used a recovery code. %(num)d is left.",
                "You used a recovery code. %(num)d are left.",
                codes_left,
            ),
            "warn",
        )
