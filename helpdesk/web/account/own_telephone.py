"""One's own telephone: what happens is told on WhatsApp to whoever connects theirs."""

from __future__ import annotations

from urllib.parse import quote

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import RadioField

from helpdesk.lib.errors import NotFound
from helpdesk.lib.limits_storage import limited
from helpdesk.lib.qr import qr_svg
from helpdesk.messaging.whatsapp import lines, staff_telephones
from helpdesk.web.account import door
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import HouseForm, page

_PRESSING, _ALL = "pressing", "all"


class NewsForm(HouseForm):
    """How much of it comes on WhatsApp."""

    news = RadioField(
        _l("What comes on WhatsApp"),
        choices=[
            (_PRESSING, _l("What cannot wait: emergencies, red grades, deadlines, instructions")),
            (_ALL, _l("Everything")),
        ],
    )


@door.route("/akun/whatsapp", methods=["GET", "POST"])
def telephone() -> ResponseReturnValue:
    """Whether my telephone is connected, and what is told there."""
    connection = staff_telephones.connection_of(current_user.id)
    form = NewsForm(news=_ALL if connection and connection.hears_all else _PRESSING)
    if form.validate_on_submit():
        staff_telephones.choose(form.news.data == _ALL, by=current_actor())
        flash(_("Saved."))
        return redirect(url_for("account.telephone"))
    return _page(form)


@door.post("/akun/whatsapp/kode")
@limited("20/hour")
def telephone_code() -> ResponseReturnValue:
    """Show the code that I am to send from the telephone which is to be connected."""
    line = lines.active_line()
    if line is None:
        raise NotFound
    code = staff_telephones.draw_code(current_user.id)
    chat_url = f"https://wa.me/{line.display_number.lstrip('+')}?text={quote(code)}"
    return _page(
        NewsForm(formdata=None),
        code=code,
        number=line.display_number,
        chat_url=chat_url,
        qr=qr_svg(chat_url, title=_("QR code that opens WhatsApp with the message")),
        minutes=int(staff_telephones.CODE_LIVES_FOR.total_seconds() // 60),
    )


@door.get("/akun/whatsapp/kode")
def telephone_code_again() -> ResponseReturnValue:
    """Whoever comes back from WhatsApp may find that the browser has let go of the page, and asks for it anew."""
    return redirect(url_for("account.telephone"))


@door.post("/akun/whatsapp/putus")
def disconnect_telephone() -> ResponseReturnValue:
    """Tell me nothing on WhatsApp any more."""
    staff_telephones.disconnect(by=current_actor())
    flash(_("Your telephone is not connected any more."))
    return redirect(url_for("account.telephone"))


def _page(form: NewsForm, **to_send: object) -> ResponseReturnValue:
    return page(
        "account/telephone.html",
        form,
        connection=staff_telephones.connection_of(current_user.id),
        is_awaited=staff_telephones.awaits_code(current_user.id),
        can_be_connected=lines.active_line() is not None,
        can_be_told=staff_telephones.can_be_told(current_user.locale),
        **to_send,
    )
