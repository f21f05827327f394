"""Correcting who complained, how to reach them, who is affected, where and when, and where it came from.

The page shows what is personal only masked, as the ticket does: what is typed replaces it, what is left empty stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import Optional

from helpdesk.catalogue.choosing import offered_places
from helpdesk.registry.masking import mask_email, mask_medical_record, mask_name, mask_phone
from helpdesk.tickets.access import knows_complainant
from helpdesk.tickets.amending import ORIGIN, PRIVATE, SCENE, amend_ticket, facts_of
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import TAKEN_DOWN
from helpdesk.tickets.ticket import ORIGIN_NUMBER_LENGTH, Ticket
from helpdesk.web import words
from helpdesk.web.filters import DASH
from helpdesk.web.filters import name as name_of
from helpdesk.web.forms import Difference, Ticks, line_field, must_be_past, text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, DecisionForm
from helpdesk.web.typed import whole_number

_MASKS: dict[str, Callable[[str], str]] = {
    "whatsapp": mask_phone,
    "phone": mask_phone,
    "email": mask_email,
    "affected_record": mask_medical_record,
    "affected_relation": str,
}


class AmendForm(DecisionForm):
    """What may have been noted wrong. What is personal begins empty, which changes nothing."""

    name = line_field(_l("Name of the complainant"), 120)
    whatsapp = line_field(_l("WhatsApp number"), 160)
    email = line_field(_l("Email address"), 190)
    phone = line_field(_l("Telephone"), 40)
    address = line_field(_l("Address"), 300)
    reply_by = SelectField(
        _l("We answer by"),
        choices=[
            SelectChoice("", _l("WhatsApp first, then email, else a call")),
            SelectChoice("whatsapp", _l("WhatsApp")),
            SelectChoice("email", _l("Email")),
            SelectChoice("phone", _l("Telephone")),
        ],
    )
    affected_name = line_field(_l("Person affected, if somebody else"), 120)
    affected_relation = line_field(_l("Relation"), 60)
    affected_record = line_field(_l("Medical record number"), 40)
    remove = Ticks(_l("Remove without a replacement"))
    consent = BooleanField(_l("The person agrees that these data are used to handle the complaint"))
    checked = text_field(_l("How did you make sure that this is the person?"), 500)
    place_id = SelectField(_l("Place"))
    place_text = line_field(_l("Place, more exactly"), 160)
    happened_on = DateField(_l("Day of the event"), [Optional()])
    happened_text = line_field(_l("When, in words"), 80)
    channel = SelectField(
        _l("How did it reach us?"),
        choices=[one for one in words.choices("channel") if one.value in TAKEN_DOWN],
    )
    origin_number = line_field(_l("Number in the system it came from"), ORIGIN_NUMBER_LENGTH)

    def offer(self, ticket: Ticket, facts: dict[str, Any]) -> None:
        """Offer the places, what is there to be taken away, and the channel if somebody only said so."""
        places = {place.id: name_of(place) for place in offered_places()}
        if ticket.place is not None:  # it may be closed by now
            places.setdefault(ticket.place.id, name_of(ticket.place))
        self.place_id.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(str(place_id), name) for place_id, name in places.items()),
        ]
        if ticket.channel not in TAKEN_DOWN:
            del self.channel
        self.remove.choices = [
            SelectChoice(field, self[field].label.text) for field in PRIVATE if facts[field]
        ]

    def standing(self, act: Act) -> Iterable[Difference]:
        """Place, day and origin as they stand now; of the person the history says what was corrected."""
        ticket = act.ticket
        places = {choice.value: choice.label for choice in self.place_id.choices}
        now = {
            "place_id": places.get(str(ticket.place_id or ""), DASH),
            "place_text": ticket.place_text,
            "happened_on": ticket.happened_on or "",
            "happened_text": ticket.happened_text,
            "origin_number": ticket.origin_number,
        }
        typed = {field: self[field].data or "" for field in now}
        typed["place_id"] = places.get(typed["place_id"], DASH)
        if self.channel:
            now["channel"] = words.word(ticket.channel, "channel")
            typed["channel"] = words.WORDS["channel"].get(self.channel.data, DASH)
        return [Difference(self[one].label.text, now[one], typed[one]) for one in now]

    def validate_happened_on(self, field: DateField) -> None:
        """Nothing that is complained about happens tomorrow."""
        must_be_past(field.data, _l("This date is still to come."))

    def correction(self) -> dict[str, Any]:
        """What is to stand instead, as the domain takes it."""
        gone = dict.fromkeys(self.remove.data or (), "")
        typed = {field: self[field].data for field in PRIVATE if self[field].data}
        return {
            **gone,
            **typed,
            **({"channel": self.channel.data} if self.channel else {}),
            "reply_by": self.reply_by.data,
            "place_id": whole_number(self.place_id.data),
            "place_text": self.place_text.data,
            "happened_on": self.happened_on.data,
            "happened_text": self.happened_text.data,
            "origin_number": self.origin_number.data,
        }


@door.route("/tiket/<number>/perbaiki-data", methods=["GET", "POST"])
def amend(number: str) -> ResponseReturnValue:
    """Correct what was noted of person, place and day."""
    act = Act(number, Move.AMEND)
    facts, version = facts_of(act.ticket), act.ticket.link_version
    standing = {field: facts[field] or "" for field in ("reply_by", *SCENE, *ORIGIN)}
    form = AmendForm(**standing | {"happened_on": facts["happened_on"]})
    form.offer(act.ticket, facts)
    if act.done(form, lambda: _amend(act, form)):
        return _back(act, version)
    return act.page("amend", form, now=_masked(act, facts))


def _amend(act: Act, form: AmendForm) -> TicketEvent:
    return amend_ticket(
        act.ticket,
        form.correction(),
        by=act.by,
        checked=form.checked.data or "",
        has_consented=bool(form.consent.data),
    )


def _back(act: Act, former_version: int) -> ResponseReturnValue:
    """What became of the keys is for the officer to pass on, where no message does."""
    if act.ticket.link_version == former_version:
        return act.back(_("The data are corrected."))
    sent = _(
        "The data are corrected. PIN and earlier links stopped working; a new link is on its way."
    )
    unsent = _(
        "The data are corrected. PIN and earlier links stopped working: give the person a new PIN."
    )
    can_hear = act.ticket.can_be_written_to
    return act.back(sent if can_hear else unsent, is_warning=not can_hear)


def _masked(act: Act, facts: dict[str, Any]) -> dict[str, str]:
    """What stands now of a person, for whoever may know who it is."""
    if not knows_complainant(act.by, act.ticket):
        return {}
    return {field: _MASKS.get(field, mask_name)(facts[field]) for field in PRIVATE if facts[field]}
