"""The counter form: what a member of staff takes down on behalf of somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Optional, ValidationError

from helpdesk.accounts.organisation import local_zone
from helpdesk.catalogue.choosing import offered_categories, offered_places
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib import clock
from helpdesk.lib.uploads import Received
from helpdesk.lib.words import LANGUAGE_NAMES
from helpdesk.tickets.opening import BACKDATING_NEEDS_REASON
from helpdesk.tickets.states import Channel, Grade, Kind
from helpdesk.tickets.ticket import ORIGIN_NUMBER_LENGTH
from helpdesk.web import words
from helpdesk.web.contacts import WISHES, WishMixin
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import HouseForm, line_field, must_be_past, text_field
from helpdesk.web.once import OnceMixin, browser_id
from helpdesk.web.typed import moment_typed, whole_number
from helpdesk.web.uploads_in_forms import files_field

ELSEWHERE = [Channel.LAPOR, Channel.BPJS, Channel.AGENCY, Channel.SOCIAL, Channel.REVIEW,
             Channel.PRESS]  # fmt: skip
CHANNELS = [Channel.COUNTER, Channel.PHONE, Channel.BOX, Channel.LETTER, Channel.FACEBOOK,
            Channel.WHATSAPP, Channel.EMAIL, *ELSEWHERE]  # fmt: skip
_PRIVATE = ("name", "email", "address", "affected_name", "affected_relation", "affected_record")


class RecordForm(OnceMixin, WishMixin, HouseForm):
    """Everything on one page, in the order in which it is said at a counter."""

    channel = RadioField(
        _l("How did it reach us?"),
        choices=[(channel.value, words.WORDS["channel"][channel]) for channel in CHANNELS],
        default=Channel.COUNTER.value,
    )
    origin_number = line_field(_l("Number in the system it came from"), ORIGIN_NUMBER_LENGTH)
    received_on = DateField(_l("Received on"), [InputRequired()])
    received_time = TimeField(_l("Time"), [InputRequired()])
    late_reason = line_field(_l("Why is it recorded only now?"), 300)
    kind = SelectField(_l("Kind"), choices=words.choices("kind"), default=Kind.COMPLAINT.value)
    text = text_field(_l("What happened?"))
    remedy = line_field(_l("What the person hopes for"), 500)
    place_id = SelectField(_l("Place"), default="")
    place_text = line_field(_l("Place, more exactly"), 160)
    happened_on = DateField(_l("Day of the event"), [Optional()])
    category_id = SelectField(_l("Category"), default="")
    files = files_field(_l("Files: a photo of the letter, a recording"))
    wish = RadioField(
        _l("Who may know the complainant?"), choices=WISHES, default=Wish.ORDINARY.value
    )
    name = line_field(_l("Name of the complainant"), 120)
    phone = line_field(_l("Telephone"), 40)
    has_whatsapp = BooleanField(_l("This number has WhatsApp"), default=True)
    email = line_field(_l("Email address"), 190)
    address = line_field(_l("Address"), 300)
    # not the officer's own: receipt and messages go to somebody else
    language = SelectField(
        _l("Language of the complainant"), choices=list(LANGUAGE_NAMES.items()), default="id"
    )
    affected_name = line_field(_l("Person affected, if somebody else"), 120)
    affected_relation = line_field(_l("Relation"), 60)
    affected_record = line_field(_l("Medical record number"), 40)
    consent = BooleanField(_l("The person agrees that these data are used to handle the complaint"))
    likely_shown = HiddenField()  # numbers of the hints that the page has shown already
    is_solved = BooleanField(_l("Solved on the spot"))
    solution = text_field(_l("What was done?"), 20_000)
    grade = RadioField(_l("Grade"), choices=words.choices("grade"), default=Grade.GREEN.value)

    @classmethod
    def for_now(cls, channel: str) -> RecordForm:
        """The form with its lists and the present moment; *channel* is kept from the one before."""
        now = clock.now().astimezone(local_zone())
        form = cls(
            channel=channel or Channel.COUNTER.value,
            received_on=now.date(),
            received_time=now.time(),
        )
        form.offer_lists()
        return form

    def offer_lists(self) -> None:
        """Offer the places and categories that are in use."""
        self.place_id.choices = [("", "–")] + [
            (str(place.id), name_of(place)) for place in offered_places()
        ]
        self.category_id.choices = [("", _l("Customer care decides"))] + [
            (str(category.id), name_of(category)) for category in offered_categories()
        ]

    @property
    def is_from_elsewhere(self) -> bool:
        """Was it said somewhere else? Then the rarer channels and the number there are not folded away."""
        return self.channel.data in ELSEWHERE or bool(self.origin_number.data)

    @property
    def received_at(self) -> datetime:
        """The moment of receipt in UTC."""
        return moment_typed(self.received_on.data, self.received_time.data)

    def validate_received_on(self, field: DateField) -> None:
        """Nothing arrives tomorrow; the hour is checked by the domain."""
        must_be_past(field.data, _l("The moment of receipt cannot be in the future."))

    def validate_happened_on(self, field: DateField) -> None:
        """Nothing that is complained about happens tomorrow either."""
        must_be_past(field.data, _l("This date is still to come."))

    def validate_solution(self, field: TextAreaField) -> None:
        """Solved means that something was done."""
        if self.is_solved.data and not field.data:
            raise ValidationError(_l("Write what was done."))

    def needs_late_reason(self) -> bool:
        """Is it more than a week old, so that the reason is asked for?"""
        if not (self.received_on.data and self.received_time.data) or self.received_on.errors:
            return False
        return clock.now() - self.received_at > BACKDATING_NEEDS_REASON

    def submission(self, files: list[Received], recorder_id: int | None) -> Submission:
        """The form in the shape in which everything arrives; of nobody no name goes further."""
        told: dict[str, Any] = {
            field: "" if self.is_anonymous else self[field].data or "" for field in _PRIVATE
        }
        phone = "" if self.is_anonymous else self.phone.data or ""
        is_solved = bool(self.is_solved.data)
        return replace(
            self.matter(files, recorder_id, Channel(self.channel.data)),
            origin_number=self.origin_number.data or "",
            language=self.language.data,
            whatsapp=phone if self.has_whatsapp.data else "",
            phone="" if self.has_whatsapp.data else phone,
            has_consented=bool(self.consent.data) and not self.is_anonymous,
            received_at=self.received_at,
            solution=self.solution.data if is_solved else "",
            grade=Grade(self.grade.data) if is_solved and self.grade.data else None,
            **told,
        )

    def matter(
        self, files: list[Received], recorder_id: int | None, channel: Channel
    ) -> Submission:
        """What it is about, and who may know of it; not who says so, nor when, nor what was done at once."""
        return Submission(
            text=self.text.data or "",
            channel=channel,
            kind=Kind(self.kind.data),
            remedy=self.remedy.data or "",
            wish=Wish(self.wish.data),
            place_id=whole_number(self.place_id.data),
            place_text=self.place_text.data or "",
            happened_on=self.happened_on.data,
            late_reason=self.late_reason.data or "",
            recorded_by_id=recorder_id,
            category_id=whole_number(self.category_id.data),
            files=files,
            key=self.key,
            session_id=browser_id(),
        )
