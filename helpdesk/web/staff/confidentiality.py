"""Who may read a ticket, and what of it the units read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice

from helpdesk.registry.text_hygiene import redact as without_personal
from helpdesk.tickets import triage
from helpdesk.tickets.circle import circle_of
from helpdesk.tickets.files import complainants_files
from helpdesk.tickets.moves import Move
from helpdesk.tickets.states import Access, Grade, Identity
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import Verdict
from helpdesk.web import words
from helpdesk.web.filters import DASH, filesize
from helpdesk.web.forms import Difference, Ticks, text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, DecisionForm
from helpdesk.web.staff.offers import people_choices, unit_choices
from helpdesk.web.words import word


def _ids(chosen: Sequence[str] | None) -> list[int]:
    return [int(text) for text in chosen or ()]


class CircleFields:
    """Fields that decide who may read a ticket."""

    access = RadioField(
        _l("Who may open this ticket?"), choices=words.choices("access"), default=Access.ORDINARY
    )
    identity = RadioField(
        _l("May the units know who complained?"),
        choices=[
            SelectChoice(Identity.NAMED.value, _l("Yes, the units see the name")),
            SelectChoice(Identity.WITHHELD.value, _l("No, only customer care knows")),
        ],
        default=Identity.NAMED.value,
    )
    readers = Ticks(_l("Named readers"))
    reported_units = Ticks(_l("Units that the complaint is about"))
    reported_people = Ticks(_l("People that the complaint is about"))

    def offer_circle(self, ticket: Ticket, *, is_first: bool) -> None:
        """Offer people and units; when the page *is_first* opened, tick what stands."""
        self.readers.choices = self.reported_people.choices = people_choices()
        self.reported_units.choices = unit_choices()
        if ticket.identity == Identity.ANONYMOUS:
            self.identity.data = Identity.WITHHELD.value  # there is no name to be shown
        if not is_first:
            return
        circle = circle_of(ticket)
        self.access.data = ticket.access
        if ticket.identity != Identity.ANONYMOUS:
            self.identity.data = ticket.identity
        self.readers.data = [str(one) for one in circle.reader_ids]
        self.reported_units.data = [str(one) for one in circle.reported_unit_ids]
        self.reported_people.data = [str(one) for one in circle.reported_user_ids]

    def circle(self) -> dict[str, Any]:
        """The decision as ``Verdict`` takes it."""
        return {
            "access": Access(self.access.data),
            "identity": Identity(self.identity.data),
            "reader_ids": _ids(self.readers.data),
            "reported_unit_ids": _ids(self.reported_units.data),
            "reported_user_ids": _ids(self.reported_people.data),
        }

    def standing_circle(self, ticket: Ticket) -> list[Difference]:
        """What stands now beside what was chosen."""
        return [
            Difference(
                self.access.label.text,
                word(ticket.access, "access"),
                word(self.access.data, "access"),
            )
        ]


class CopyFields:
    """Fields that make the copy which units read."""

    unit_text = text_field(_l("What the units read"))
    hidden_files = Ticks(_l("Files that the units do not see"))

    def offer_copy(self, ticket: Ticket, *, is_first: bool) -> None:
        """Offer the files, and propose a text without personal numbers where no copy was made yet."""
        files = complainants_files(ticket.id)
        self.hidden_files.choices = [
            SelectChoice(str(file.id), f"{file.name} · {filesize(file.size)}") for file in files
        ]
        if is_first:
            made = ticket.unit_text
            self.unit_text.data = without_personal(ticket.text) if made is None else made
            self.hidden_files.data = [str(file.id) for file in files if file.is_hidden_from_units]

    def copy(self) -> tuple[str | None, list[int]]:
        """The text, None where the page did not offer one, and the files to hide."""
        text = (self.unit_text.data or "") if self.unit_text.raw_data else None
        return text, _ids(self.hidden_files.data)

    def standing_copy(self, ticket: Ticket) -> list[Difference]:
        """The copy as it stands now beside what was typed and ticked."""
        hidden = [file.id for file in complainants_files(ticket.id) if file.is_hidden_from_units]
        text, files = self.unit_text, self.hidden_files
        return [
            Difference(text.label.text, ticket.text_for_units, text.data),
            Difference(files.label.text, self._names(hidden), self._names(_ids(files.data))),
        ]

    def _names(self, file_ids: Sequence[int]) -> str:
        """The files as the page names them."""
        chosen = {str(file_id) for file_id in file_ids}
        return ", ".join(str(one.label) for one in self.hidden_files if one.data in chosen) or DASH


class GuardForm(CircleFields, DecisionForm):
    """Decide again who may read it."""

    reason = text_field(_l("Why?"), 1000)

    def standing(self, act: Act) -> Iterable[Difference]:
        """Who may read it now."""
        return self.standing_circle(act.ticket)


class RedactForm(CopyFields, DecisionForm):
    """Make the units' copy anew."""

    def standing(self, act: Act) -> Iterable[Difference]:
        """What the units read now."""
        return self.standing_copy(act.ticket)


@door.route("/tiket/<number>/kerahasiaan", methods=["GET", "POST"])
def guard(number: str) -> ResponseReturnValue:
    """Decide who may read a ticket."""
    act = Act(number, Move.GUARD)
    form = GuardForm()
    form.offer_circle(act.ticket, is_first=not form.is_submitted())
    if act.done(form, lambda: triage.guard_ticket(act.ticket, _verdict(form, act), by=act.by)):
        return act.back(_("It is decided who may read it."))
    return act.page("guard", form)


def _verdict(form: GuardForm, act: Act) -> Verdict:
    grade = Grade(act.ticket.grade) if act.ticket.grade else Grade.GREEN
    return Verdict(
        grade=grade,
        category_id=act.ticket.category_id,
        reason=form.reason.data or "",
        **form.circle(),
    )


@door.route("/tiket/<number>/salinan-unit", methods=["GET", "POST"])
def redact(number: str) -> ResponseReturnValue:
    """Make the copy that units read; the original stays as it came."""
    act = Act(number, Move.REDACT)
    form = RedactForm()
    form.offer_copy(act.ticket, is_first=not form.is_submitted())
    if act.done(form, lambda: triage.redact_ticket(act.ticket, *form.copy(), by=act.by)):
        return act.back(_("The units now read this copy."))
    return act.page("redact", form)
