"""The public form: what happened, where, when, who may know, and how we answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import local_zone
from helpdesk.catalogue.choosing import offered_places
from helpdesk.intake.admission import Admitted, Outcome, admit
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib import clock
from helpdesk.lib.database import in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.limits_storage import count_made, limited
from helpdesk.lib.once import was_remembered
from helpdesk.lib.uploads import Received
from helpdesk.registry.identifiers import parse_email, parse_phone
from helpdesk.tickets.papers import issue_receipt_of
from helpdesk.tickets.states import Channel, Kind
from helpdesk.web import words
from helpdesk.web.forms import HoneypotMixin, HouseForm
from helpdesk.web.once import OnceMixin, browser_id, draw_key
from helpdesk.web.public import door, keyring, receiving, sent_here, unadmitted
from helpdesk.web.typed import LONGEST_TEXT, tidy
from helpdesk.web.uploads_in_forms import files_field, keep_for_next_try

EARLIEST_YEAR = 1950
_WHEN = {
    "": _l("I do not remember"),
    "today": _l("Today"),
    "yesterday": _l("Yesterday"),
    "week": _l("This week"),
    "longer": _l("Longer ago"),
}
_WISHES = [
    (Wish.ORDINARY.value, _l("Ordinary")),
    (Wish.CONFIDENTIAL.value, _l("Confidential")),
    (Wish.ANONYMOUS.value, _l("Anonymous")),
]


def short(label: Any, most: int, **more: Any) -> StringField:
    """A line of text of at most *most* characters, as its column holds them."""
    return StringField(label, [Length(max=most)], filters=[tidy], **more)


class ComplaintForm(OnceMixin, HoneypotMixin, HouseForm):
    """What a person may tell us; only what happened is needed, and that may be a voice note."""

    kind = RadioField(
        _l("What is it?"), choices=words.choices("kind"), default=Kind.COMPLAINT.value
    )
    text = TextAreaField(_l("What happened?"), [Length(max=LONGEST_TEXT)], filters=[tidy])
    place_id = SelectField(_l("Where?"), default="")
    place_text = short(_l("Somewhere else, or more exactly"), 160)
    when = SelectField(_l("When?"), choices=list(_WHEN.items()), default="")
    happened_on = DateField(_l("The date, if you remember it"), [Optional()])
    files = files_field(_l("Photos, a voice message, or documents"))
    wish = RadioField(_l("Who may know your name?"), choices=_WISHES, default=Wish.ORDINARY.value)
    name = short(_l("Your name"), 120)
    whatsapp = short(_l("WhatsApp number"), 40)
    email = short(_l("Email address"), 190)
    phone = short(_l("Another telephone number"), 40)
    affected_name = short(_l("Their name"), 120)
    affected_relation = short(_l("Who they are to you"), 60)
    affected_record = short(_l("Their medical record number"), 40)
    consent = BooleanField(_l("I agree that these data are used to handle my complaint."))

    def offer(self, places: list[tuple[str, str]]) -> None:
        """Offer the places of the house."""
        self.place_id.choices = [("", _l("Choose a place")), *places]

    @property
    def is_anonymous(self) -> bool:
        """Did the person choose to be nobody?"""
        return bool(self.wish.data == Wish.ANONYMOUS)

    def validate_whatsapp(self, field: StringField) -> None:
        """A number we cannot write to would only look like a way back."""
        self._must_be_readable(field, parse_phone)

    def validate_phone(self, field: StringField) -> None:
        """The same for a number to call."""
        self._must_be_readable(field, parse_phone)

    def validate_email(self, field: StringField) -> None:
        """The same for an address."""
        self._must_be_readable(field, parse_email)

    def validate_happened_on(self, field: DateField) -> None:
        """Not tomorrow, and not in the year 202."""
        if field.data is None:
            return
        if field.data > _today():
            raise ValidationError(_l("This date is still to come."))
        if field.data.year < EARLIEST_YEAR:
            raise ValidationError(_l("Please check the year."))

    def validate_consent(self, field: BooleanField) -> None:
        """Law 27/2022 asks for it; of nobody there are no data to agree to."""
        if not field.data and not self.is_anonymous:
            raise ValidationError(
                _l("Please agree, or choose anonymous: then we store no data about you.")
            )

    def must_tell(self, files: list[Received]) -> None:
        """Miss the story together with all else that is missing: the domain would only after the rest is there."""
        if not self.text.data and not files:
            self.take_errors(Invalid({"text": _l("Tell us what happened.")}))

    def submission(self, files: list[Received]) -> Submission:
        """The form in the shape in which everything arrives.

        Whoever chose to be anonymous may have typed a name before: it goes no further than here.
        """
        private = (
            "name", "whatsapp", "email", "phone",
            "affected_name", "affected_relation", "affected_record",
        )  # fmt: skip
        told: dict[str, Any] = {
            field: "" if self.is_anonymous else self[field].data or "" for field in private
        }
        day, in_words = self._happened()
        return Submission(
            text=self.text.data or "",
            channel=Channel.WEB,
            kind=Kind(self.kind.data),
            language=str(get_locale() or "id"),
            wish=Wish(self.wish.data),
            place_id=int(self.place_id.data) if self.place_id.data else None,
            place_text=self.place_text.data or "",
            happened_on=day,
            happened_text=in_words,
            has_consented=bool(self.consent.data) and not self.is_anonymous,
            files=files,
            key=self.key,
            session_id=browser_id(),
            **told,
        )

    def _happened(self) -> tuple[date | None, str]:
        if self.happened_on.data:
            return self.happened_on.data, ""
        if self.when.data in ("today", "yesterday"):
            return _today() - timedelta(days=self.when.data == "yesterday"), ""
        if not self.when.data:
            return None, ""
        # In figures: "this week" says nothing a month later, and is read in two languages
        monday = _today() - timedelta(days=_today().weekday())
        if self.when.data == "week":
            return None, f"{monday:%d-%m-%Y} – {_today():%d-%m-%Y}"
        return None, f"… – {monday - timedelta(days=1):%d-%m-%Y}"

    def _must_be_readable(self, field: StringField, parse: Any) -> None:
        if not field.data or self.is_anonymous:
            return
        try:
            parse(field.data)
        except Invalid as invalid:
            raise ValidationError(next(iter(invalid.fields.values()))) from None


@door.route("/keluhan", methods=["GET", "POST"])
@in_own_units
# A whole hospital may stand behind one address: what is refused must not keep others from complaining.
@limited("10/minute; 120/hour", made="30/hour")
def complain() -> ResponseReturnValue:
    """Take a complaint, once; refused, it keeps every word and every file."""
    form, places = _form()
    if request.method == "GET":
        return _page(form, places)
    if form.is_robot:
        return redirect(url_for("public.received"))
    form.validate()
    files = unadmitted.take_in(form.files, form.key, is_of_ours=form.was_drawn_here)
    form.must_tell(files)
    if not form.errors and (number := _sent_before(form)):
        return _received_before(number, form, files)
    admitted = None if form.errors else _admit(form, files)
    if admitted is None:
        keep_for_next_try(form.key, files)
        return _page(form, places, files)
    return _hand_over(admitted, form, files)


@door.get("/t/<code>")
def at_place(code: str) -> ResponseReturnValue:
    """The short address of a QR poster. A code that is no place any more opens the form without one."""
    return redirect(url_for("public.complain", tempat=code))


def _hand_over(
    admitted: Admitted, form: ComplaintForm, files: list[Received]
) -> ResponseReturnValue:
    """To number and PIN, for the browser that sent the form, however often it sent it."""
    if admitted.outcome is Outcome.OPENED:
        count_made()
    if admitted.ticket.link_version > 1:
        # The PIN was replaced since, perhaps because of whoever sits at this browser: only it opens.
        return redirect(url_for("public.track"))
    if admitted.outcome is Outcome.CHANGED:
        return _already_sent(admitted, form, files)
    unadmitted.release()
    receiving.hand_over(admitted)
    sent_here.note(form.text.data or "", admitted.ticket)
    return redirect(url_for("public.received"))


def _form() -> tuple[ComplaintForm, list[tuple[str, str]]]:
    offered = offered_places()
    places = [(str(place.id), place.name_in(str(get_locale() or "id"))) for place in offered]
    by_code = {place.code: str(place.id) for place in offered}
    form = ComplaintForm(place_id=by_code.get(request.args.get("tempat", ""), ""))
    form.offer(places)
    return form, places


def _admit(form: ComplaintForm, files: list[Received]) -> Admitted | None:
    submission = form.submission(files)

    def unit() -> Admitted:
        admitted = admit(submission)
        if admitted.outcome is Outcome.OPENED:
            by = Actor.complainant(admitted.ticket.id)
            issue_receipt_of(admitted.ticket, say=words.word, by=by)
        return admitted

    try:
        return unit_of_work(unit)
    except Invalid as invalid:
        form.take_errors(invalid)
        return None
    except Conflict:  # another browser's form; what no row names would lie on the disk for ever
        keep_for_next_try(form.key, files)
        raise


def _already_sent(
    admitted: Admitted, form: ComplaintForm, files: list[Received]
) -> ResponseReturnValue:
    """The same page came back with other words: a message to the first, or a second complaint?"""
    keyring.add(admitted.ticket)
    message_key, complaint_key = draw_key(), draw_key()
    for key in (message_key, complaint_key):
        keep_for_next_try(key, files)
    page = render_template(
        "public/already_sent.html",
        form=form,
        number=admitted.number,
        files=files,
        message_key=message_key,
        complaint_key=complaint_key,
    )
    return page, 409


def _sent_before(form: ComplaintForm) -> str:
    """The number under which this browser sent the same words before, on another form; '' when they are new."""
    is_decided = request.form.get("decision") == "new"
    if is_decided or was_remembered(f"complaint/{form.key}"):
        return ""
    return sent_here.number_for(form.text.data or "")


def _received_before(
    number: str, form: ComplaintForm, files: list[Received]
) -> ResponseReturnValue:
    """The back button and the same words: it is with us already, unless it happened again."""
    keep_for_next_try(form.key, files)
    page = render_template("public/received_before.html", form=form, number=number, files=files)
    return page, 409


def _page(
    form: ComplaintForm, places: list[tuple[str, str]], files: list[Received] | None = None
) -> ResponseReturnValue:
    chosen = dict(places).get(form.place_id.data or "", "")
    came_by_poster = request.args.get("tempat") and request.method == "GET"
    page = render_template(
        "public/complain.html",
        form=form,
        files=files or [],
        poster_place=chosen if came_by_poster else "",
    )
    return page, 422 if form.errors else 200


def _today() -> date:
    return clock.now().astimezone(local_zone()).date()
