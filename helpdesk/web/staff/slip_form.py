"""The form for the slips of a suggestion box: which box, when it was opened, and a row for each slip."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import InputRequired, ValidationError

from helpdesk.accounts.organisation import local_zone
from helpdesk.catalogue.choosing import offered_places
from helpdesk.intake.submission import Submission
from helpdesk.lib import clock
from helpdesk.lib.uploads import Received
from helpdesk.tickets.opening import BACKDATING_NEEDS_REASON
from helpdesk.tickets.states import Channel, Kind
from helpdesk.web import words
from helpdesk.web.contacts import ContactsMixin
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import HouseForm, line_field, must_be_past, text_field
from helpdesk.web.once import OnceMixin, browser_id
from helpdesk.web.typed import moment_typed, whole_number
from helpdesk.web.uploads_in_forms import files_field

ROWS, MOST_ROWS = 5, 60
IN_FUTURE = _l("The moment of receipt cannot be in the future.")


class SlipForm(OnceMixin, ContactsMixin, Form):
    """One slip, as it was written. A row that stays empty is no slip."""

    class Meta(HouseForm.Meta):
        """The form around it carries the token."""

        csrf = False

    text = text_field(_l("What the slip says"))
    place_id = SelectField(_l("Place"), default="")
    kind = SelectField(_l("Kind"), choices=words.choices("kind"), default=Kind.COMPLAINT.value)
    name = line_field(_l("Name, if written"), 120)
    phone = line_field(_l("Telephone, if written"), 40)
    files = files_field(_l("Photo of the slip"))

    @property
    def is_filled(self) -> bool:
        """Was anything written or brought in this row?"""
        has_files = any(file.filename for file in self.files.data or [])
        return bool(self.text.data or self.name.data or self.phone.data or has_files)


class BoxForm(HouseForm):
    """The whole opening of a box."""

    opened_on = DateField(_l("Opened on"), [InputRequired()])
    opened_time = TimeField(_l("Time"), [InputRequired()])
    box = line_field(_l("Which box?"), 80)
    late_reason = line_field(_l("Why is it recorded only now?"), 300)
    slips = FieldList(FormField(SlipForm), min_entries=ROWS, max_entries=MOST_ROWS)

    @classmethod
    def for_now(cls, box: str = "") -> BoxForm:
        """The form with its lists, at the present moment; *box* is kept from the one before."""
        now = clock.now().astimezone(local_zone())
        form = cls(opened_on=now.date(), opened_time=now.time(), box=box)
        form.offer_places()
        return form

    def offer_places(self) -> None:
        """Give every row the places to choose from."""
        places = [("", "–"), *((str(place.id), name_of(place)) for place in offered_places())]
        for slip in self.rows():
            slip.place_id.choices = places

    def rows(self) -> Iterator[SlipForm]:
        """Every row, filled in or not."""
        return (entry.form for entry in self.slips.entries)

    @property
    def header_errors(self) -> dict[str, Any]:
        """What is wrong above the rows; while something is, no row is recorded."""
        return {name: errors for name, errors in self.errors.items() if name != "slips"}

    @property
    def opened_at(self) -> datetime:
        """The moment at which the slips reached us, in UTC."""
        return moment_typed(self.opened_on.data, self.opened_time.data)

    def validate_opened_on(self, field: DateField) -> None:
        """No box was opened tomorrow."""
        must_be_past(field.data, IN_FUTURE)

    def validate_opened_time(self, field: TimeField) -> None:
        """Nor at an hour that is still to come; the clock of another device may go a minute ahead."""
        is_known = self.opened_on.data and field.data and not self.opened_on.errors
        if is_known and self.opened_at > clock.now() + timedelta(minutes=1):
            raise ValidationError(IN_FUTURE)

    def validate_late_reason(self, field: StringField) -> None:
        """Asked once for the whole box."""
        if self.needs_late_reason() and not field.data:
            raise ValidationError(
                _l("This was received more than 7 days ago. Write why it is recorded only now.")
            )

    def needs_late_reason(self) -> bool:
        """Was it opened more than a week ago?"""
        if not (self.opened_on.data and self.opened_time.data) or self.opened_on.errors:
            return False
        return clock.now() - self.opened_at > BACKDATING_NEEDS_REASON

    def keep_only(self, rows: list[SlipForm], *, is_adding: bool) -> None:
        """Leave the *rows* that are still to be recorded, and enough empty ones after them."""
        before = len(self.slips.entries)
        self.slips.entries = [entry for entry in self.slips.entries if entry.form in rows]
        wanted = min(before + 1, MOST_ROWS) if is_adding else ROWS
        while len(self.slips.entries) < wanted:
            self.slips.append_entry()
        self.offer_places()

    def submission(self, slip: SlipForm, files: list[Received], recorder_id: int) -> Submission:
        """One row in the shape in which everything arrives."""
        return Submission(
            text=slip.text.data or "",
            channel=Channel.BOX,
            source=self.box.data or "",
            kind=Kind(slip.kind.data),
            name=slip.name.data or "",
            whatsapp=slip.phone.data or "",
            place_id=whole_number(slip.place_id.data),
            received_at=self.opened_at,
            late_reason=self.late_reason.data or "",
            recorded_by_id=recorder_id,
            files=files,
            key=slip.key,
            session_id=browser_id(),
        )
