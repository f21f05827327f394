"""What the public form asks, and what is looked at before it is taken."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField
from wtforms.validators import Optional, ValidationError

from helpdesk.accounts.standing_in import today
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib.errors import Invalid
from helpdesk.lib.uploads import Received
from helpdesk.lib.words import language_now
from helpdesk.tickets.states import Channel, Kind
from helpdesk.web import words
from helpdesk.web.contacts import WISHES, WishMixin
from helpdesk.web.forms import HoneypotMixin, HouseForm, line_field, must_be_past, text_field
from helpdesk.web.once import OnceMixin, browser_id
from helpdesk.web.typed import whole_number
from helpdesk.web.uploads_in_forms import files_field

_WHEN = {
    "": _l("I do not remember"),
    "today": _l("Today"),
    "yesterday": _l("Yesterday"),
    "week": _l("This week"),
    "longer": _l("Longer ago"),
}


class ComplaintForm(OnceMixin, WishMixin, HoneypotMixin, HouseForm):
    """What a person may tell us; only what happened is needed, and that may be a voice note."""

    kind = RadioField(
        _l("What is it?"), choices=words.choices("kind"), default=Kind.COMPLAINT.value
    )
    text = text_field(_l("What happened?"))
    remedy = line_field(_l("What do you hope for?"), 500)
    place_id = SelectField(_l("Where?"), default="")
    place_text = line_field(_l("Somewhere else, or more exactly"), 160)
    when = SelectField(_l("When?"), choices=list(_WHEN.items()), default="")
    happened_on = DateField(_l("The date, if you remember it"), [Optional()])
    files = files_field(_l("Photos, a voice message, or documents"))
    wish = RadioField(_l("Who may know your name?"), choices=WISHES, default=Wish.ORDINARY.value)
    name = line_field(_l("Your name"), 120)
    whatsapp = line_field(_l("WhatsApp number"), 40)
    email = line_field(_l("Email address"), 190)
    phone = line_field(_l("Another telephone number"), 40)
    affected_name = line_field(_l("Their name"), 120)
    affected_relation = line_field(_l("Who they are to you"), 60)
    affected_record = line_field(_l("Their medical record number"), 40)
    consent = BooleanField(_l("I agree that these data are used to handle my complaint."))

    def offer(self, places: list[tuple[str, str]]) -> None:
        """Offer the places of the house."""
        self.place_id.choices = [("", _l("Choose a place")), *places]

    def validate_happened_on(self, field: DateField) -> None:
        """Not tomorrow, and not in the year 202."""
        must_be_past(field.data, _l("This date is still to come."))

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
            language=language_now(),
            remedy=self.remedy.data or "",
            wish=Wish(self.wish.data),
            place_id=whole_number(self.place_id.data),
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
            return today() - timedelta(days=self.when.data == "yesterday"), ""
        if not self.when.data:
            return None, ""
        # In figures: "this week" says nothing a month later, and is read in two languages
        monday = today() - timedelta(days=today().weekday())
        if self.when.data == "week":
            return None, f"{monday:%d-%m-%Y} – {today():%d-%m-%Y}"
        return None, f"… – {monday - timedelta(days=1):%d-%m-%Y}"
