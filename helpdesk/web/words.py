"""The codes of the law as words for people, for templates and for the choices of forms.

A code is stored, its word is shown: ``{{ ticket.status|word("status") }}`` in a template,
``choices=words.choices("channel")`` in a form. What an administrator names (units, categories) is
data.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice

from helpdesk.accounts.roles import Role
from helpdesk.improvements.improvement import State
from helpdesk.letters.letter import LetterKind
from helpdesk.sla.due import LimitUnit
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.duplicates import Reason
from helpdesk.tickets.states import (
    Access,
    Channel,
    Closing,
    DispositionStatus,
    Grade,
    Identity,
    Kind,
    Needs,
    Phrase,
    Root,
    Status,
)
from helpdesk.web.locale import catalogue_now
from helpdesk.web.notice_words import NOTICES

WORDS: dict[str, dict[str, Any]] = {
    "kind": {
        Kind.COMPLAINT: _l("Complaint"),
        Kind.SUGGESTION: _l("Suggestion"),
        Kind.PRAISE: _l("Praise"),
        Kind.INFORMATION: _l("Information request"),
    },
    "channel": {
        Channel.WEB: _l("Web"),
        Channel.COUNTER: _l("Counter"),
        Channel.PHONE: _l("Telephone"),
        Channel.BOX: _l("Suggestion box"),
        Channel.FACEBOOK: _l("Facebook"),
        Channel.LETTER: _l("Letter"),
        Channel.EMAIL: _l("Email"),
        Channel.WHATSAPP: _l("WhatsApp"),
        Channel.LAPOR: "SP4N-LAPOR!",
        Channel.BPJS: "BPJS Kesehatan",
        Channel.AGENCY: _l("Other agency"),
        Channel.SOCIAL: _l("Other social media"),
        Channel.REVIEW: _l("Google review"),
        Channel.PRESS: _l("Press"),
    },
    "by": {  # the channel inside a sentence: "received by ..."
        Channel.WEB: _l("web form"),
        Channel.COUNTER: _l("counter"),
        Channel.PHONE: _l("telephone"),
        Channel.BOX: _l("suggestion box"),
        Channel.FACEBOOK: _l("Facebook"),
        Channel.LETTER: _l("letter"),
        Channel.EMAIL: _l("email"),
        Channel.WHATSAPP: _l("WhatsApp"),
        Channel.LAPOR: "SP4N-LAPOR!",
        Channel.BPJS: "BPJS Kesehatan",
        Channel.AGENCY: _l("another agency"),
        Channel.SOCIAL: _l("other social media"),
        Channel.REVIEW: _l("Google review"),
        Channel.PRESS: _l("the press"),
    },
    "file": {  # lib.media_types.KINDS
        "text/plain": _l("Plain text"),
        "application/pdf": "PDF",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _l(
            "Word document"
        ),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _l("Excel workbook"),
        "image/jpeg": _l("Photo (JPEG)"),
        "image/png": _l("Picture (PNG)"),
        "image/gif": _l("Picture (GIF)"),
        "image/webp": _l("Picture (WebP)"),
        **{f"audio/{one}": _l("Sound recording") for one in ("ogg", "mpeg", "mp4", "aac", "amr")},
        **{f"video/{one}": _l("Video") for one in ("mp4", "3gpp")},
    },
    "grade": {
        Grade.RED: _l("Red"),
        Grade.YELLOW: _l("Yellow"),
        Grade.GREEN: _l("Green"),
    },
    "status": {
        Status.RECEIVED: _l("Received"),
        Status.TRIAGED: _l("Verified"),
        Status.IN_PROGRESS: _l("Being followed up"),
        Status.IN_REVIEW: _l("Answer being checked"),
        Status.ANSWERED: _l("Answered"),
        Status.CLOSED: _l("Closed"),
        Status.MERGED: _l("Merged"),
        Status.NOT_OURS: _l("Not ours to handle"),
        Status.ARCHIVED: _l("Filed without action"),
        Status.SPAM: _l("Spam"),
        Status.WITHDRAWN: _l("Withdrawn"),
    },
    "closing": {
        Closing.CONFIRMED: _l("Confirmed by the complainant"),
        Closing.ASSUMED: _l("Assumed, no reply"),
        Closing.UNILATERAL: _l("Closed by us, with a reason"),
        Closing.ON_THE_SPOT: _l("Solved on the spot"),
        Closing.NO_CONTACT: _l("No contact to ask"),
    },
    "disposition": {
        DispositionStatus.SENT: _l("Not accepted yet"),
        DispositionStatus.ACCEPTED: _l("Accepted by the unit"),
        DispositionStatus.SUBMITTED: _l("Waiting for approval"),
        DispositionStatus.APPROVED: _l("Approved"),
        DispositionStatus.RETURNED: _l("Sent back"),
        DispositionStatus.RECALLED: _l("Recalled"),
        DispositionStatus.COPIED: _l("Unread copy"),
        DispositionStatus.NOTED: _l("Copy, read"),
        DispositionStatus.UNCOPIED: _l("Copy recalled"),
    },
    "identity": {
        Identity.NAMED: _l("Ordinary"),
        Identity.WITHHELD: _l("Confidential"),
        Identity.ANONYMOUS: _l("Anonymous"),
    },
    "access": {
        Access.ORDINARY: _l("Open to those who handle it"),
        Access.RESTRICTED: _l("Named readers only"),
    },
    "needs": {
        Needs.TRIAGE: _l("To be graded"),
        Needs.DISPOSE: _l("To be sent to a unit"),
        Needs.REVIEW: _l("Answer to be checked"),
        Needs.MORE_TIME: _l("More time asked for"),
        Needs.ANSWER: _l("Complainant to be answered"),
        Needs.FOLLOW_UP: _l("Follow-up to be recorded"),
        Needs.NOTHING: _l("Nothing for customer care"),
    },
    "job": {
        "sweep clocks": _l("Watching deadlines"),
        "count figures": _l("Counting figures"),
        "ask for monthly summaries": _l("Ordering monthly summaries"),
        "build summaries": _l("Building summaries"),
        "watch the clock": _l("Watching the clock"),
        "nightly backup": _l("Nightly backup"),
        "backup on request": _l("Backup on request"),
        "read backup back": _l("Reading backups back"),
        "watch the certificate": _l("Watching the HTTPS certificate"),
        "understand mail": _l("Taking up email"),
        "understand whatsapp": _l("Taking up WhatsApp messages"),
        "answer link requests": _l("Answering requests for links"),
        "deliver messages": _l("Sending messages"),
        "fetch mail": _l("Fetching email"),
        "look at WhatsApp": _l("Looking at WhatsApp templates and quality"),
        "watch WhatsApp": _l("Watching whether WhatsApp can be used"),
        "answer conversations": _l("Answering on WhatsApp"),
        "fetch media": _l("Fetching photos and voice messages from WhatsApp"),
        "follow up unread messages": _l("Following up what nobody read on WhatsApp"),
        "follow up questions": _l("Following up questions that nobody answers"),
        "remind of improvements": _l("Reminding of improvements"),
        "forget what was told": _l("Removing anonymous talks and PINs that arrived"),
        "delete what is kept no longer": _l("Deleting personal data that are kept no longer"),
        "throw away deleted files": _l("Throwing away files of deleted data"),
        "keep letters": _l("Keeping letters as PDF"),
        "build case files": _l("Building case files"),
        "housekeeping": _l("Housekeeping"),
        "examine files": _l("Having files examined for viruses"),
        "watch the virus scanner": _l("Watching the virus scanner"),
        "take up older files": _l("Having older files examined for viruses"),
        "recompute deadlines": _l("Recomputing deadlines"),
    },
    "read": {
        "read_restricted": _l("Opened it"),
        "read_original": _l("Opened a file as it came"),
        "reveal_complainant": _l("Had the complainant shown in full"),
        "export_case_file": _l("Made a case file"),
    },
    "letter": {
        LetterKind.RECEIPT: _l("Receipt"),
        LetterKind.DISPOSITION_SHEET: _l("Disposition sheet"),
        LetterKind.REPLY: _l("Reply letter"),
        LetterKind.CLOSING_NOTICE: _l("Closing notice"),
        LetterKind.REQUEST: _l("Request for details"),
        LetterKind.REFERRAL: _l("Referral"),
    },
    "root": {
        Root.PEOPLE: _l("People"),
        Root.PROCEDURE: _l("Procedure not followed"),
        Root.EQUIPMENT: _l("Equipment"),
        Root.SUPPLY: _l("Stock and supply"),
        Root.BUILDING: _l("Building and rooms"),
        Root.SYSTEM: _l("Information system"),
        Root.COMMUNICATION: _l("Communication"),
        Root.OUTSIDE: _l("Outside our control"),
        Root.NOT_PROVEN: _l("Not proven"),
    },
    "phrase": {
        Phrase.SOLVE: _l("Solve"),
        Phrase.CLARIFY: _l("Clarify"),
        Phrase.ADVISE: _l("Comment and advise"),
        Phrase.DRAFT_ANSWER: _l("Draft an answer"),
        Phrase.COORDINATE: _l("Coordinate"),
        Phrase.FOR_INFORMATION: _l("For your information"),
    },
    "role": {
        Role.INTAKE: _l("Intake officer"),
        Role.CARE: _l("Customer care"),
        Role.SUPERVISOR: _l("Customer-care supervisor"),
        Role.UNIT_OFFICER: _l("Unit officer"),
        Role.UNIT_HEAD: _l("Unit head"),
        Role.LEADERSHIP: _l("Leadership"),
        Role.ADMIN: _l("Administrator"),
    },
    "clock": {
        ClockKind.TRIAGE: _l("Verification and grading"),
        ClockKind.DISPOSE: _l("Sending to a unit"),
        ClockKind.HOP: _l("Unit's answer"),
        ClockKind.ANSWER: _l("Answer"),
        ClockKind.RESOLVE: _l("Resolution"),
        ClockKind.CONFIRM: _l("The complainant's word"),
    },
    "limit": {
        LimitUnit.SECONDS: _l("seconds"),
        LimitUnit.MINUTES: _l("minutes"),
        LimitUnit.HOURS: _l("hours"),
        LimitUnit.CALENDAR_DAYS: _l("calendar days"),
        LimitUnit.WORKING_HOURS: _l("working hours"),
        LimitUnit.WORKING_DAYS: _l("working days"),
    },
    "delivery": {
        "queued": _l("Waiting"),
        "sent": _l("Sent"),
        "delivered": _l("Delivered"),
        "read": _l("Read"),
        "failed": _l("Failed"),
    },
    "likeness": {
        Reason.NUMBER: _l("same number in the system it came from"),
        Reason.PERSON: _l("same person"),
        Reason.CONTACT: _l("same telephone or email"),
        Reason.WORDS: _l("similar words"),
        Reason.PLACE: _l("same place"),
        Reason.UNIT: _l("same unit"),
        Reason.CATEGORY: _l("same category"),
    },
    "improvement": {
        State.PLANNED: _l("Planned"),
        State.UNDER_WAY: _l("Under way"),
        State.DONE: _l("Done"),
        State.EFFECTIVE: _l("Effective"),
        State.NOT_EFFECTIVE: _l("Not effective"),
        State.DROPPED: _l("Dropped"),
    },
    "notice": NOTICES,
}

CHANNEL_ICONS: dict[str, str] = {
    Channel.WEB: "web",
    Channel.COUNTER: "desk",
    Channel.PHONE: "phone",
    Channel.BOX: "box",
    Channel.FACEBOOK: "social",
    Channel.LETTER: "letter",
    Channel.EMAIL: "mail",
    Channel.WHATSAPP: "whatsapp",
    Channel.LAPOR: "lapor",
    Channel.BPJS: "bpjs",
    Channel.AGENCY: "agency",
    Channel.SOCIAL: "at",
    Channel.REVIEW: "star",
    Channel.PRESS: "press",
}


def word(code: str, kind: str) -> str:
    """The word for *code* of *kind*, a dash for an empty one that means nothing. Raises KeyError for an unknown one."""
    return _word(catalogue_now(), code, kind)


@lru_cache(maxsize=2048)  # a page says a hundred of them, and each would ask for its language
def _word(_catalogue: object, code: str, kind: str) -> str:
    words = WORDS[kind]  # a StrEnum is found by its text
    return "–" if code == "" and "" not in words else str(words[code])


def choices(kind: str) -> list[SelectChoice]:
    """The codes of *kind* for a form's choices, words still lazy."""
    return [SelectChoice(str(code), shown) for code, shown in WORDS[kind].items()]
