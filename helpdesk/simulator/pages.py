"""The pages: whose mailbox, what lies in it, one mail, and writing one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import CSRFProtect
from wtforms import BooleanField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from helpdesk.lib.mail.message import ReadMail
from helpdesk.lib.mail.reading import read_mail
from helpdesk.simulator.handing import HandOver
from helpdesk.simulator.store import Mail, MailStore, Switch, Way
from helpdesk.simulator.whatsapp.pages import init_telephones
from helpdesk.simulator.whatsapp.telephones import Telephones, telephones_in
from helpdesk.simulator.writing import Draft, Enclosure, answered_at, reply_subject, write_mail
from helpdesk.web import assets, headers, locale
from helpdesk.web.forms import HouseForm

LARGEST_FORM = 60_000_000  # bytes; the product says itself what is too much for it
_EXTENSION = "simulator"
door = Blueprint("simulator", __name__)


@dataclass(frozen=True)
class Correspondent:
    """Somebody whose mailbox a visitor may open. *about* says who that is, where it can in the reader's language."""

    name: str
    address: str
    about: Any
    is_staff: bool = False


@dataclass(frozen=True)
class Stage:
    """What the simulator plays: around which *house*, in which time *zone*, at which *port* the product answers.

    *address* is the one to which people write. Without *telephones* there are mailboxes only.
    """

    house: str
    address: str
    zone: ZoneInfo
    port: int
    people: Sequence[Correspondent]
    store: MailStore
    hand_over: HandOver
    telephones: Telephones | None = None


class LetterForm(HouseForm):
    """A mail as somebody writes it."""

    recipient = StringField(_l("To"), [InputRequired(), Length(max=190)])
    subject = StringField(_l("Subject"), [Length(max=200)])
    text = TextAreaField(_l("Text"), [InputRequired(), Length(max=100_000)])
    files = MultipleFileField(_l("Files"))
    is_automatic = BooleanField(_l("Send it as an automatic reply, such as an absence note"))

    def enclosures(self) -> list[Enclosure]:
        """The files that were chosen."""
        return [
            Enclosure(file.filename, file.mimetype, file.read())
            for file in self.files.data or []
            if getattr(file, "filename", "")
        ]


def create_simulator(stage: Stage) -> Flask:
    """The application that shows *stage*."""
    app = Flask("helpdesk.simulator", static_folder=None, template_folder=_templates())
    app.config.update(
        SECRET_KEY=secrets.token_hex(32),
        SESSION_COOKIE_NAME="tanggap_simulator",  # a host has one jar of cookies for all its ports
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
    )
    app.extensions[_EXTENSION] = stage
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    locale.init_locale(app, zone=lambda: stage.zone)
    assets.init_assets(app)
    headers.init_headers(app)
    csrf = CSRFProtect(app)
    app.jinja_env.filters.update(moment=_moment, day=_day, clock_time=_clock_time)
    app.context_processor(_on_every_page)
    app.register_blueprint(door)
    if stage.telephones is not None:
        init_telephones(app, stage.telephones, csrf)
    return app


@door.get("/")
def people() -> ResponseReturnValue:
    """Whose telephone or mailbox shall it be?"""
    stage = _stage()
    unread = stage.store.boxes()
    known = {one.address for one in stage.people}
    others = [Correspondent(box, box, "") for box in unread if box not in known]
    telephones = telephones_in(current_app)
    return render_template(
        "simulator/people.html",
        unread=unread,
        people=stage.people,
        others=others,
        telephones=telephones,
        unread_chats=telephones.provider.chats.owners() if telephones else {},
    )


@door.get("/kotak/<address>")
def mailbox(address: str) -> ResponseReturnValue:
    """What lies in a mailbox, and an empty sheet."""
    form = LetterForm(formdata=None, recipient=_stage().address)
    return _show(address, form)


@door.get("/kotak/<address>/<int:mail_id>")
def mail(address: str, mail_id: int) -> ResponseReturnValue:
    """One mail, and a reply to it."""
    found = _find(address, mail_id)
    read = read_mail(_stage().store.open_mail(found))
    form = LetterForm(
        formdata=None, recipient=_reply_to(found, read), subject=reply_subject(read.subject)
    )
    return _show(address, form, found, read)


@door.get("/kotak/<address>/<int:mail_id>/<int:place>")
def enclosure(address: str, mail_id: int, place: int) -> ResponseReturnValue:
    """A file that came with a mail, always to be kept and never shown: it may be anything."""
    files = read_mail(_stage().store.open_mail(_find(address, mail_id))).files
    if place >= len(files):
        abort(404)
    answer = Response(files[place].content, mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=files[place].name)
    return answer


@door.post("/kotak/<address>/tulis")
@door.post("/kotak/<address>/<int:mail_id>/tulis")
def write(address: str, mail_id: int | None = None) -> ResponseReturnValue:
    """Send what was written to the product, and show what became of it."""
    stage, form = _stage(), LetterForm()
    answered = _find(address, mail_id) if mail_id is not None else None
    read = read_mail(stage.store.open_mail(answered)) if answered else None
    if not form.validate_on_submit():
        return _show(address, form, answered, read), 422
    raw = write_mail(_draft(address, form, read))
    subject, recipient = form.subject.data or "", form.recipient.data or ""
    sent_id = stage.store.put(address, Way.OUT, recipient, subject, raw)
    stage.store.note_outcome(sent_id, stage.hand_over(raw))
    return redirect(
        url_for("simulator.mail", address=address, mail_id=sent_id, _anchor="surat"), 303
    )


@door.post("/gangguan")
def turn_provider() -> ResponseReturnValue:
    """Let the mail server be down, or work again."""
    store = _stage().store
    is_down = not store.is_on(Switch.PROVIDER_DOWN)
    store.turn(Switch.PROVIDER_DOWN, on=is_down)
    flash(
        _("The mail server refuses everything now. Messages wait, and go when it works again.")
        if is_down
        else _("The mail server works again. What waited comes within minutes.")
    )
    return redirect(url_for("simulator.people"), 303)


def _show(
    address: str, form: LetterForm, found: Mail | None = None, read: ReadMail | None = None
) -> str:
    return render_template(
        "simulator/mailbox.html",
        owner=_person(address),
        mails=_stage().store.mails_of(address),
        form=form,
        mail=found,
        read=read,
    )


def _draft(address: str, form: LetterForm, read: ReadMail | None) -> Draft:
    owner = _person(address)
    return Draft(
        sender_name=owner.name if owner.name != owner.address else "",
        sender=owner.address,
        recipient=form.recipient.data or "",
        subject=form.subject.data or "",
        text=form.text.data or "",
        answers=read,
        files=form.enclosures(),
        is_automatic=form.is_automatic.data,
        zone=_stage().zone,
    )


def _reply_to(found: Mail, read: ReadMail) -> str:
    """Who has written something and writes once more, writes to the same."""
    return answered_at(read) if found.way is Way.IN else found.correspondent


def _find(address: str, mail_id: int) -> Mail:
    found = _stage().store.find(address, mail_id)
    if found is None:
        abort(404)
    return found


def _person(address: str) -> Correspondent:
    plain = address.lower()
    known = (one for one in _stage().people if one.address == plain)
    return next(known, Correspondent(plain, plain, ""))


def _stage() -> Stage:
    stage: Stage = current_app.extensions[_EXTENSION]
    return stage


def _moment(at: datetime) -> str:
    return str(format_datetime(at, "d MMM HH.mm"))


def _day(at: datetime) -> str:
    return str(format_datetime(at, "EEEE, d MMMM y"))


def _clock_time(at: datetime) -> str:
    return str(format_datetime(at, "HH.mm"))


def _on_every_page() -> dict[str, Any]:
    stage = _stage()
    host = urlsplit(request.host_url).hostname or "localhost"
    product = f"http://[{host}]:{stage.port}" if ":" in host else f"http://{host}:{stage.port}"
    return {
        "house": stage.house,
        "product": product,
        "is_down": stage.store.is_on(Switch.PROVIDER_DOWN),
    }


def _templates() -> str:
    return str(assets.STATIC.parent / "templates")
