"""The staff door: one workbench for everybody who works here.

It opens to every role, because anybody may record a complaint and leadership opens the tickets
behind its figures; what is found behind it is decided by ``tickets.access``.
"""

from helpdesk.web.doors import EVERYBODY_IN_HOUSE
from helpdesk.web.doors import door as make_door

door = make_door("staff", __name__, opens_to=EVERYBODY_IN_HOUSE, prefix="/kerja")

from helpdesk.web.staff import (  # noqa: E402 - the pages hang themselves on the door above
    amending,
    answers,
    calls,
    case_files,
    closings,
    confidentiality,
    conversation,
    dispositions,
    emails,
    erasing,
    files,
    instructions,
    letters,
    likely,
    mail,
    merging,
    more_time,
    own_complaint,
    posters,
    presence,
    quarantine,
    recording,
    saved_views,
    search,
    several,
    suggestion_box,
    taking_along,
    talks,
    ticket,
    triage,
    unit_work,
    verdicts,
    worklist,
)

__all__ = [
    "amending",
    "answers",
    "calls",
    "case_files",
    "closings",
    "confidentiality",
    "conversation",
    "dispositions",
    "door",
    "emails",
    "erasing",
    "files",
    "letters",
    "instructions",
    "likely",
    "mail",
    "merging",
    "more_time",
    "own_complaint",
    "posters",
    "presence",
    "quarantine",
    "recording",
    "saved_views",
    "search",
    "several",
    "suggestion_box",
    "taking_along",
    "talks",
    "ticket",
    "triage",
    "unit_work",
    "verdicts",
    "worklist",
]
