"""Talks on WhatsApp: which wait for a person; one as it was said; and what customer care does in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectMultipleField

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.intake.submission import Wish
from helpdesk.intake.whatsapp import attending, talks
from helpdesk.intake.whatsapp.message import TAKEN
from helpdesk.intake.whatsapp.talks import Entry, at_desk
from helpdesk.lib import clock
from helpdesk.lib.database import db, in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound
from helpdesk.messaging.whatsapp.contacts import address_of
from helpdesk.messaging.whatsapp.fitting import LONGEST
from helpdesk.messaging.whatsapp.window import window_until
from helpdesk.registry.masking import mask_phone
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import play_stored, send_stored
from helpdesk.web.forms import HouseForm, line_field, text_field
from helpdesk.web.once import OnceMixin, done_before
from helpdesk.web.staff import door
from helpdesk.web.staff.talk_reading import SAID, closed_in, read_message, read_talk
from helpdesk.web.talk_words import as_in_chat, kind_said, why_wanted
from helpdesk.web.typed import whole_number

PAGE = 30
_PLAYED = ("audio/", "video/")


def _row_id(typed: object) -> int:
    """Raises ValueError for what could name no row."""
    found = whole_number(str(typed))
    if found is None:
        raise ValueError(typed)
    return found


class ReplyForm(OnceMixin, HouseForm):
    """Words to them."""

    text = text_field(_l("Your message"), LONGEST)


class ChosenForm(OnceMixin, HouseForm):
    """Messages that belong together, and what they become: a complaint, or part of one."""

    messages = SelectMultipleField(_l("Messages"), coerce=_row_id, validate_choice=False)
    becomes = RadioField(
        _l("What do they become?"),
        choices=[
            SelectChoice("ticket", _l("A complaint of its own")),
            SelectChoice("addition", _l("Part of a ticket that is there")),
        ],
        default="ticket",
    )
    wish = RadioField(
        _l("May the units know who complained?"),
        choices=[
            SelectChoice(Wish.ORDINARY.value, _l("The unit may know it")),
            SelectChoice(Wish.CONFIDENTIAL.value, _l("Confidential: only customer care knows it")),
        ],
        default=Wish.ORDINARY.value,
    )
    number = line_field(_l("Number of the ticket"), 40)


class TranscriptForm(HouseForm):
    """What was heard."""

    text = text_field(_l("What is said in it"), attending.TRANSCRIPT_LENGTH)


@door.get("/percakapan", endpoint="talks")
def list_talks() -> ResponseReturnValue:
    """Whoever waits for a person first, then the others, the latest heard first."""
    at_desk(current_actor())
    before = _cursor(request.args.get("sebelum", ""))
    latest = talks.latest(before=before, limit=PAGE + 1)
    last = latest[PAGE - 1].conversation if len(latest) > PAGE else None
    return render_template(
        "staff/talks.html",
        waiting=[] if before else talks.waiting(limit=talks.MOST_COUNTED),
        latest=latest[:PAGE],
        next_before=f"{last.heard_at.timestamp()}-{last.id}" if last else None,
        is_first=before is None,
        name_of=_name_of,
        why_wanted=why_wanted,
    )


@door.get("/percakapan/<int:talk_id>", endpoint="talk")
def show_talk(talk_id: int) -> ResponseReturnValue:
    """One talk, with what can be done."""
    return _show(talk_id)


@door.get("/percakapan/pesan/<int:message_id>")
def talk_of_message(message_id: int) -> ResponseReturnValue:
    """On to the talk in which a message was said, from the ticket that it is on."""
    talk_id = talks.talk_of(at_desk(current_actor()), message_id)
    return redirect(url_for("staff.talk", talk_id=talk_id) + f"#pesan-{message_id}")


@door.post("/percakapan/<int:talk_id>/ambil")
@in_own_units
def take_talk(talk_id: int) -> ResponseReturnValue:
    """From now on a person answers."""
    return _act(talk_id, lambda by: attending.take_over(talk_id, by=by), _("It is yours now."))


@door.post("/percakapan/<int:talk_id>/kembalikan")
@in_own_units
def hand_back_talk(talk_id: int) -> ResponseReturnValue:
    """The guide speaks again."""
    return _act(
        talk_id,
        lambda by: attending.hand_back(talk_id, by=by),
        _("The automatic guide answers them again."),
    )


@door.post("/percakapan/<int:talk_id>/balas")
@in_own_units
def reply_in_talk(talk_id: int) -> ResponseReturnValue:
    """Say something."""
    form = ReplyForm(prefix="reply-")
    text = form.text.data or ""

    def verb(by: Actor) -> None:
        if not done_before(f"talk/{talk_id}", form.key, text):
            attending.reply(talk_id, text, key=form.key, by=by)

    return _act(talk_id, verb, _("Your message is on its way."), form)


@door.post("/percakapan/<int:talk_id>/pesan/<int:message_id>/kirim-ulang")
@in_own_units
def say_again(talk_id: int, message_id: int) -> ResponseReturnValue:
    """Say once more what did not arrive."""
    return _act(
        talk_id,
        lambda by: attending.send_again(talk_id, message_id, by=by),
        _("The message is on its way again."),
    )


@door.post("/percakapan/<int:talk_id>/tiket")
@in_own_units
def ticket_from_talk(talk_id: int) -> ResponseReturnValue:
    """Make a ticket of the chosen messages, or put them on one."""
    form = ChosenForm(prefix="chosen-")
    made: list[str] = []

    def verb(by: Actor) -> None:
        made.append(number_of(_become(talk_id, form, by)))

    refused = _attempt(talk_id, verb, form)
    if refused is not None:
        return refused
    flash(_("The messages are on %(number)s now.", number=made[-1]))
    return redirect(url_for("staff.ticket", number=made[-1]))


@door.post("/percakapan/<int:talk_id>/suara/<int:message_id>")
@in_own_units
def transcribe_voice(talk_id: int, message_id: int) -> ResponseReturnValue:
    """Write down what was heard."""
    form = TranscriptForm(prefix=f"voice{message_id}-")
    return _act(
        talk_id,
        lambda by: attending.transcribe(talk_id, message_id, form.text.data or "", by=by),
        _("What you heard is written down."),
        form,
    )


@door.get("/percakapan/<int:talk_id>/berkas/<int:message_id>")
def talk_file(talk_id: int, message_id: int) -> Response:
    """A photograph, a recording or a document that they sent: cleaned, and fenced like every file."""
    message = read_message(talk_id, message_id, at_desk(current_actor()))
    if message.media_state != TAKEN or not message.media or not message.shown_digest:
        raise NotFound
    media_type = str(message.media["media_type"])
    name = str(message.media["name"])
    if media_type.startswith(_PLAYED):
        return play_stored(message.shown_digest, name, media_type)
    answer = send_stored(message.shown_digest, name, media_type)
    if media_type.startswith("image/"):
        answer.headers["Content-Disposition"] = "inline"
    return answer


def _become(talk_id: int, form: ChosenForm, by: Actor) -> Ticket:
    chosen = form.messages.data or []
    if form.becomes.data == "addition":
        return attending.add_to_ticket(talk_id, chosen, form.number.data or "", by=by)
    return attending.make_ticket(talk_id, chosen, wish=Wish(form.wish.data), by=by)


def _act(
    talk_id: int, verb: Callable[[Actor], object], said: str, form: HouseForm | None = None
) -> ResponseReturnValue:
    refused = _attempt(talk_id, verb, form)
    if refused is not None:
        return refused
    flash(said)
    return redirect(url_for("staff.talk", talk_id=talk_id) + "#akhir")


def _attempt(
    talk_id: int, verb: Callable[[Actor], object], form: HouseForm | None
) -> ResponseReturnValue | None:
    """Do it; else the page again, with what was typed and why not."""
    actor = at_desk(current_actor())
    if form is not None and not form.validate():
        return _show(talk_id, form)
    try:
        unit_of_work(lambda: verb(actor))
    except Invalid as invalid:
        if form is None:
            raise
        form.take_errors(invalid)
        return _show(talk_id, form)
    except Conflict as conflict:
        flash(conflict.reason, "warn")
        if form is not None:
            return _show(talk_id, form, status=409)
        return redirect(url_for("staff.talk", talk_id=talk_id))
    return None


def _show(
    talk_id: int, refused: HouseForm | None = None, *, status: int = 422
) -> ResponseReturnValue:
    actor = at_desk(current_actor())
    entry, lines = read_talk(talk_id, actor)
    taken_by = entry.conversation.taken_by_id
    page = render_template(
        "staff/talk.html",
        entry=entry,
        name=_name_of(entry),
        lines=lines,
        closed=closed_in(lines),
        most=SAID,
        window_until=window_until(address_of(entry.contact)),
        at=clock.now(),
        taken_by=db.session.get(User, taken_by) if taken_by else None,
        is_mine=taken_by == actor.user_id,
        why_wanted=why_wanted,
        kind_said=kind_said,
        as_in_chat=as_in_chat,
        number_of=number_of,
        refused=refused,
        reply=refused
        if isinstance(refused, ReplyForm)
        else ReplyForm(prefix="reply-", formdata=None),
        chosen=refused
        if isinstance(refused, ChosenForm)
        else ChosenForm(prefix="chosen-", formdata=None),
        voice=lambda message: _voice_form(message.id, message.transcript, refused),
    )
    return page, status if refused else 200


def _voice_form(message_id: int, transcript: str | None, refused: HouseForm | None) -> HouseForm:
    prefix = f"voice{message_id}-"
    if isinstance(refused, TranscriptForm) and refused.text.name.startswith(prefix):
        return refused
    return TranscriptForm(prefix=prefix, formdata=None, text=transcript or "")


def _name_of(entry: Entry) -> str:
    """What they call themselves, and enough of the number to tell two of one name apart."""
    address = address_of(entry.contact)
    number = mask_phone(address) if address.startswith("+") else ""
    return " · ".join(part for part in (entry.contact.profile_name, number) if part) or "WhatsApp"


def _cursor(typed: str) -> tuple[datetime, int] | None:
    """Where the last page ended; None for what makes no sense."""
    moment, _dash, last_id = typed.partition("-")
    try:
        return datetime.fromtimestamp(float(moment), tz=clock.now().tzinfo), _row_id(last_id)
    except (ValueError, OverflowError, OSError):
        return None
