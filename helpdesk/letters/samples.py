"""Letters about nobody, to see words on paper before they are used. They are never issued nor kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask_babel import force_locale, gettext

from helpdesk.letters.disposition_sheet import DispositionSheetFields, Recipient, Request
from helpdesk.letters.letter import NUMBERED, Letter, LetterKind, unissued
from helpdesk.letters.official_letter import Addressee, OfficialLetterFields, Signatory
from helpdesk.letters.parties import Complainant, Identity, Letterhead
from helpdesk.letters.proposals import SENTENCES
from helpdesk.letters.receipt import ReceiptFields
from helpdesk.lib import clock

NUMBER = "KLH-26-00042-7"


def sample_of(letter: str, language: str, head: Letterhead) -> Letter:
    """A letter of that kind with invented facts, under the organisation's own head."""
    at = clock.now()
    with force_locale(language):
        fields = _SAMPLES[letter](head, at)
    return unissued(letter, ("sample", 0), fields, number=NUMBER, language=language, at=at)


def _receipt(head: Letterhead, at: datetime) -> ReceiptFields:
    return ReceiptFields(
        letterhead=head,
        number=NUMBER,
        kind=gettext("Complaint"),
        complainant=_nobody(),
        description=_story(),
        received_at=at,
        received_where=head.desk or head.service or head.organisation,
        channel=gettext("Counter"),
        track_url="https://…/lacak",
        received_by=gettext("Name of the officer"),
        answer_due_at=at + timedelta(days=3),
    )


def _sheet(head: Letterhead, at: datetime) -> DispositionSheetFields:
    return DispositionSheetFields(
        letterhead=head,
        number=NUMBER,
        complainant=_nobody(),
        channel=gettext("Counter"),
        received_at=at - timedelta(hours=2),
        summary=_story(),
        recipients=(Recipient(unit=gettext("Pharmacy"), due_at=at + timedelta(days=2)),),
        issued_at=at,
        sheet=1,
        category=gettext("Medicines and pharmacy"),
        grade="kuning",
        grade_name=gettext("Yellow"),
        due_at=at + timedelta(days=3),
        requests=(Request(phrase=gettext("Clarify"), ticked_for=(1,)),),
        signed_by=gettext("Name of the officer"),
    )


def _official(kind: LetterKind, head: Letterhead, at: datetime) -> OfficialLetterFields:
    is_referral = kind is LetterKind.REFERRAL
    return OfficialLetterFields(
        letterhead=head,
        ticket_number=NUMBER,
        issued_at=at,
        addressee=Addressee(
            name=gettext("Another institution")
            if is_referral
            else gettext("Name of the complainant"),
        ),
        subject=str(SENTENCES[f"{kind}.subject"])
        % {"matter": str(SENTENCES["matter.complaint"]) % {"number": NUMBER}},
        opening=gettext("Here the letter says what it refers to."),
        body=gettext("Here stands what was found and what was done."),
        ending=gettext("Here the letter ends."),
        signatory=Signatory(name=gettext("Name of the signatory")),
    )


def _nobody() -> Complainant:
    return Complainant(identity=Identity.NAMED, name=gettext("Name of the complainant"))


def _story() -> str:
    return str(gettext("The syrup was out of stock, and we were told to buy it outside."))


_SAMPLES: dict[str, Callable[[Letterhead, datetime], Any]] = {
    "receipt": _receipt,
    "disposition_sheet": _sheet,
    **{kind.value: partial(_official, kind) for kind in NUMBERED},
}
