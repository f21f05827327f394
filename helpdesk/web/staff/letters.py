"""Official letters about a ticket: proposed, changed, looked at, issued under the house's number, kept."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from helpdesk.letters.drawing import draw, title_of
from helpdesk.letters.letter import Letter, LetterKind
from helpdesk.letters.official_letter import Addressee, Signatory
from helpdesk.letters.shelf import render_letter
from helpdesk.lib.database import db, in_own_units, unit_of_work
from helpdesk.lib.errors import Conflict
from helpdesk.tickets import correspondence
from helpdesk.tickets.letter_drafts import Draft, propose_letter
from helpdesk.tickets.letter_kinds import kinds_for
from helpdesk.tickets.moves import Move
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.doors import current_actor
from helpdesk.web.downloads import send_pdf
from helpdesk.web.forms import line_field, text_field
from helpdesk.web.staff import door
from helpdesk.web.staff.acting import Act, DecisionForm
from helpdesk.web.staff.noting import note_act
from helpdesk.web.words import word

COMPLAINANT, OTHER = "complainant", "other"
_KINDS = {
    "jawaban": LetterKind.REPLY,
    "penutupan": LetterKind.CLOSING_NOTICE,
    "kelengkapan": LetterKind.REQUEST,
    "penerusan": LetterKind.REFERRAL,
}


class LetterForm(DecisionForm):
    """Everything about a letter that whoever issues it decides."""

    goes_to = RadioField(
        _l("To whom?"),
        choices=[(COMPLAINANT, _l("The complainant")), (OTHER, _l("Somebody else"))],
        default=COMPLAINANT,
    )
    addressee = line_field(_l("Addressee"), 160)
    address = text_field(_l("Address of the addressee"), 300)
    subject = line_field(_l("Regarding"), 200)
    attachments = line_field(_l("Enclosures"), 120)
    opening = text_field(_l("First paragraph"), 2000)
    body = text_field(_l("Text of the letter"), 20_000)
    ending = text_field(_l("Last paragraph"), 2000)
    copies_to = text_field(_l("Copies to, one a line"), 1000)
    signed_by = line_field(_l("Who signs"), 120)
    signed_by_position = line_field(_l("Position of who signs"), 120)
    signed_by_number = line_field(_l("Staff number (NIP) of who signs"), 40)

    def propose(self, draft: Draft) -> None:
        """Fill the empty page with what the ticket suggests."""
        self.goes_to.data = COMPLAINANT if draft.addressee.is_complainant else OTHER
        self.addressee.data, self.address.data = draft.addressee.name, draft.addressee.address
        self.subject.data, self.attachments.data = draft.subject, draft.attachments
        self.opening.data, self.body.data, self.ending.data = (
            draft.opening,
            draft.body,
            draft.ending,
        )
        self.signed_by.data = draft.signatory.name
        self.signed_by_position.data = draft.signatory.position
        self.signed_by_number.data = draft.signatory.number

    def draft(self) -> Draft:
        """The form as the domain takes it."""
        return Draft(
            addressee=Addressee(
                name=self.addressee.data or "",
                address=self.address.data or "",
                is_complainant=self.goes_to.data == COMPLAINANT,
            ),
            subject=self.subject.data or "",
            attachments=self.attachments.data or "",
            opening=self.opening.data or "",
            body=self.body.data or "",
            ending=self.ending.data or "",
            copies_to=[line for line in (self.copies_to.data or "").split("\n") if line.strip()],
            signatory=Signatory(
                name=self.signed_by.data or "",
                position=self.signed_by_position.data or "",
                number=self.signed_by_number.data or "",
            ),
        )


@door.route("/tiket/<number>/surat", methods=["GET", "POST"])
def write_letter(number: str) -> ResponseReturnValue:
    """Change the proposed letter, and issue it."""
    act, form = Act(number, Move.LETTER), LetterForm()
    kind = _kind_asked_for(act.ticket)
    issued: list[Letter] = []

    def issue() -> None:
        issued.append(correspondence.issue_letter(act.ticket, kind, form.draft(), by=act.by))

    if act.done(form, issue):
        return act.back(_("The letter %(number)s is issued.", number=_number_of(act, issued)))
    return _page(act, form, kind)


@door.post("/tiket/<number>/surat/pratinjau")
@in_own_units
def preview_letter(number: str) -> ResponseReturnValue:
    """The letter as it would leave the house, without a number; nothing of it is kept."""
    act, form = Act(number, Move.LETTER), LetterForm()
    kind = _kind_asked_for(act.ticket)
    if not form.validate():
        return _page(act, form, kind)
    letter = correspondence.draft_letter(act.ticket, kind, form.draft(), by=act.by)
    return send_pdf(draw(letter), f"{title_of(letter)}.pdf")


@door.get("/surat/<int:letter_id>")
def letter(letter_id: int) -> Response:
    """An issued letter as PDF, for customer care: it names the complainant."""
    actor = current_actor()
    found, ticket = correspondence.find_letter(actor, letter_id)
    if ticket.access == Access.RESTRICTED:
        ticket_id = ticket.id
        unit_of_work(lambda: note_act("read_restricted", ticket_id, actor, letter_id=letter_id))
        found = db.session.get_one(Letter, letter_id)
    return send_pdf(render_letter(found), f"{title_of(found)}.pdf")


def _kind_asked_for(ticket: Ticket) -> LetterKind:
    """The kind in the address, else the one that fits best.

    What was written stays the letter that it is; where nothing is left to write in it, it is refused on its own page.
    Raises Conflict when there is nothing to write about yet.
    """
    possible = kinds_for(ticket)
    asked = _KINDS.get(request.args.get("jenis", ""))
    if asked and (asked in possible or request.method == "POST"):
        return asked
    if not possible:
        raise Conflict(_l("There is nothing to write a letter about yet."))
    return possible[0]


def _page(act: Act, form: LetterForm, kind: LetterKind) -> ResponseReturnValue:
    if not form.is_submitted():
        form.propose(propose_letter(act.ticket, kind, say=word))
    slugs = {kind: slug for slug, kind in _KINDS.items()}
    others = [one for one in kinds_for(act.ticket) if one is not kind]
    return act.page("letter", form, kind=kind, others=others, slugs=slugs)


def _number_of(act: Act, issued: list[Letter]) -> str:
    """The new letter's number; that of the newest where this form had issued it before."""
    newest = issued or correspondence.letters_of(act.ticket.id)
    return newest[0].number if newest else ""
