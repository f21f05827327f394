"""What this person should do next about a ticket: one act, said plainly; everything else they may do is in the menu.

Which acts are possible is asked of ``moves_open_to``; here stands only how each is offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for
from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.tickets.access import Scope, has_it, is_given_to
from helpdesk.tickets.moves import Move
from helpdesk.tickets.picture import Hop, Picture
from helpdesk.tickets.states import DispositionStatus as At
from helpdesk.tickets.states import Needs
from helpdesk.tickets.workflow import is_possible_on
from helpdesk.web.filters import plain_url

NUMBER_MARK = "--number--"
_WITH_UNIT = frozenset({At.SENT, At.ACCEPTED})


@dataclass(frozen=True)
class Way:
    """How a move is offered. *on*: the dispositions it acts on, else empty. *key*: its keyboard key.

    What is done at once has none: a letter that is hit by mistake must only ever open a page.
    """

    endpoint: str
    label: Any
    icon: str
    priority: int
    on: frozenset[At] = frozenset()
    is_own_unit: bool = False
    key: str = ""
    at_once: bool = False  # needs no page: one press does it


@dataclass(frozen=True)
class Act:
    """An act as a link (*is_page*) or as a button that posts at once.

    *path* has NUMBER_MARK in the place of the ticket's number, so that a link is drawn once for all tickets.
    """

    move: Move
    path: str
    label: Any = field(compare=False)  # its path says which act it is
    icon: str
    is_page: bool
    version: int = 0  # of what a button posts on
    key: str = ""
    unit_id: int | None = None


@dataclass(frozen=True)
class Step:
    """What the person should do now. *kind* names the words in ``staff/_next.html``."""

    kind: str
    act: Act | None = None
    hop: Hop | None = None
    menu: list[Act] = field(default_factory=list)
    number_mark: str = NUMBER_MARK


# In the order in which an act is worth doing; those of the composer are not here.
WAYS: dict[Move, Way] = {
    Move.TRIAGE: Way("staff.triage", _l("Grade and classify"), "edit", 10, key="t"),
    Move.APPROVE: Way(
        "staff.approve", _l("Check and approve"), "check", 20, on=frozenset({At.SUBMITTED}), key="a"
    ),
    Move.ANSWER: Way("staff.answer", _l("Answer the complainant"), "send", 25, key="r"),
    Move.DISPOSE: Way("staff.dispose", _l("Send to units"), "dispose", 30, key="d"),
    Move.ACCEPT: Way(
        "staff.accept",
        _l("Accept the task"),
        "check",
        40,
        on=frozenset({At.SENT}),
        is_own_unit=True,
        at_once=True,
    ),
    Move.TAKE_NOTE: Way(
        "staff.take_note",
        _l("Mark as read"),
        "check",
        45,
        on=frozenset({At.COPIED}),
        is_own_unit=True,
        at_once=True,
    ),
    Move.SUBMIT: Way(
        "staff.submit",
        _l("Write the unit's answer"),
        "send",
        50,
        on=_WITH_UNIT,
        is_own_unit=True,
        key="r",
    ),
    Move.FOLLOW_UP: Way("staff.follow_up", _l("Record a follow-up"), "note", 60),
    Move.ASSIGN: Way(
        "staff.assign", _l("Give to an officer"), "user", 70, on=_WITH_UNIT, is_own_unit=True
    ),
    Move.ASK_TIME: Way(
        "staff.ask_time", _l("Ask for more time"), "clock", 75, on=_WITH_UNIT, is_own_unit=True
    ),
    Move.SEND_BACK: Way(
        "staff.send_back", _l("Not for our unit"), "return", 80, on=_WITH_UNIT, is_own_unit=True
    ),
    Move.RETURN_ANSWER: Way(
        "staff.return_answer",
        _l("Hand the answer back"),
        "return",
        90,
        on=frozenset({At.SUBMITTED}),
    ),
    Move.SET_DEADLINE: Way(
        "staff.set_deadline", _l("Set the unit's deadline"), "clock", 94, on=_WITH_UNIT
    ),
    Move.DECLINE_TIME: Way("staff.decline_time", _l("Give no more time"), "x", 95, on=_WITH_UNIT),
    Move.RECALL: Way(
        "staff.recall", _l("Recall the disposition"), "return", 100, on=_WITH_UNIT | {At.COPIED}
    ),
    Move.REGRADE: Way("staff.regrade", _l("Change the grade"), "alert", 110),
    Move.RECLASSIFY: Way("staff.reclassify", _l("Change category or title"), "edit", 120),
    Move.AMEND: Way("staff.amend", _l("Correct the data"), "edit", 125),
    Move.TAKE: Way("staff.take", _l("Become the owner"), "user", 130, at_once=True),
    Move.CALLED: Way("staff.note_call", _l("Note the call"), "phone", 15),
    Move.ADD_MESSAGE: Way("staff.add_message", _l("Add what the complainant said"), "speak", 140),
    Move.WRITE: Way("staff.write_email", _l("Write an email"), "mail", 143),
    Move.LETTER: Way("staff.write_letter", _l("Write a letter"), "letter", 145),
    Move.REDACT: Way("staff.redact", _l("Redact the units' copy"), "hidden", 150),
    Move.GUARD: Way("staff.guard", _l("Decide who may read it"), "lock", 160),
    Move.CONFIRM: Way("staff.confirm", _l("The complainant says it is solved"), "check", 168),
    Move.RATE: Way("staff.rate", _l("Write down the complainant's rating"), "note", 171),
    Move.OBJECT: Way("staff.object", _l("The complainant says it is not solved"), "x", 170),
    Move.REVIVE: Way("staff.revive", _l("Take it up again"), "return", 164),
    Move.MERGE: Way("staff.merge", _l("Join to another ticket"), "merge", 165),
    Move.SPLIT: Way("staff.split", _l("Separate from the other ticket"), "merge", 166),
    Move.VOUCH: Way("staff.vouch", _l("Send the receipt that was held back"), "check", 142),
    Move.RESEND_LINK: Way("staff.resend", _l("Send the link again"), "send", 175),
    Move.NEW_PIN: Way("staff.new_pin", _l("Give a new PIN"), "key", 180),
    Move.INSTRUCT: Way("staff.instruct", _l("Give an instruction"), "speak", 185),
    Move.EXIT: Way("staff.exit", _l("End without handling"), "leave", 190),
    Move.CLOSE_UNILATERALLY: Way(
        "staff.close_unilaterally", _l("Close without the complainant's word"), "lock", 200
    ),
    Move.HOLD: Way("staff.hold", _l("Keep its data: a dispute"), "lock", 210),
    Move.RELEASE: Way("staff.release", _l("End the hold on its data"), "lock", 210),
    Move.ERASE: Way("staff.erase", _l("Delete the personal data"), "x", 220),
}
# Sheets and receipts are no moves; they are printed.
_PAPERS: tuple[tuple[str, Any, bool], ...] = (
    ("staff.sheet", _l("Print the disposition sheet"), True),
    ("staff.receipt", _l("Print the receipt"), False),
)

_CALLED_FOR = {
    Needs.TRIAGE: Move.TRIAGE,
    Needs.DISPOSE: Move.DISPOSE,
    Needs.REVIEW: Move.APPROVE,
    Needs.MORE_TIME: Move.SET_DEADLINE,
    Needs.ANSWER: Move.ANSWER,
    Needs.FOLLOW_UP: Move.FOLLOW_UP,
}


def step_for(picture: Picture, actor: Actor) -> Step:
    """The one act that is called for, and the menu of the others."""
    acts = sorted(_acts(picture, actor), key=lambda offered: WAYS[offered[0].move].priority)
    kind, move, hop = _called_for(picture, actor)
    chosen = next(
        (act for act, at in acts if act.move is move and (hop is None or at is hop)), None
    )
    menu = [act for act, _ in acts if act is not chosen]
    papers = _papers(picture) if picture.ticket.erased_at is None else ()
    return Step(kind, chosen, hop, [*menu, *papers])


def _called_for(picture: Picture, actor: Actor) -> tuple[str, Move | None, Hop | None]:
    """The words to say, the move they call for, and the unit's work it is about."""
    if picture.scope is Scope.UNIT:
        return _called_for_at_unit(picture, actor)
    if picture.scope is Scope.LEADERSHIP and Move.INSTRUCT in picture.moves:
        return "instruct", Move.INSTRUCT, None
    if picture.scope is Scope.CARE:
        return _called_for_at_desk(picture, actor)
    return "none", None, None


def _called_for_at_desk(picture: Picture, actor: Actor) -> tuple[str, Move | None, Hop | None]:
    """What the desk has to do; where it has nothing, what the officer's own unit has."""
    ticket, needs = picture.ticket, Needs(picture.ticket.needs)
    if needs is Needs.REVIEW:
        hop = next((hop for hop in picture.hops if hop.state is At.SUBMITTED), None)
        return "review", Move.APPROVE, hop
    if needs is Needs.MORE_TIME:
        hop = next((hop for hop in picture.hops if hop.disposition.wants_until), None)
        return needs.value, Move.SET_DEADLINE, hop
    if needs is not Needs.NOTHING:
        return needs.value, _CALLED_FOR[needs], None
    if not ticket.state.is_open:
        return "none", Move.REVIVE, None  # offered only where it had ended unhandled
    at_own_unit = _called_for_at_unit(picture, actor)
    if at_own_unit[1] is not None:
        return at_own_unit
    if not ticket.state.is_worked_on:
        must_call = ticket.call_wanted_at is not None
        return ("call", Move.CALLED, None) if must_call else ("answered", None, None)
    if ticket.first_answered_at is not None and ticket.followed_up_at is None:  # and reopened since
        return Needs.FOLLOW_UP.value, Move.FOLLOW_UP, None
    return "wait", None, None


def _called_for_at_unit(picture: Picture, actor: Actor) -> tuple[str, Move | None, Hop | None]:
    own = [hop for hop in picture.hops if has_it(actor, hop.disposition)]
    for state, kind, move in (
        (At.SENT, "accept", Move.ACCEPT),
        (At.ACCEPTED, "submit", Move.SUBMIT),
        (At.COPIED, "copied", Move.TAKE_NOTE),
        (At.SUBMITTED, "submitted", None),
        (At.APPROVED, "approved", None),
        (At.NOTED, "noted", None),
    ):
        for hop in own:
            if hop.state is state:
                return kind, move, hop
    return "none", None, None


def _acts(picture: Picture, actor: Actor) -> Iterator[tuple[Act, Hop | None]]:
    for move, way in WAYS.items():
        if move not in picture.moves:
            continue
        if not way.on:
            if act := _act(picture, move, way, None):
                yield act, None
            continue
        for hop in picture.hops:
            is_possible = is_possible_on(move, hop.disposition)
            is_offered = hop.state in way.on and is_possible and _is_theirs(move, hop, actor)
            if is_offered and (act := _act(picture, move, way, hop)):
                yield act, hop


def _is_theirs(move: Move, hop: Hop, actor: Actor) -> bool:
    """Is the act theirs on this unit's work? What a colleague was given is only their head's beside them."""
    if not WAYS[move].is_own_unit:
        return True
    if move is Move.ASSIGN:
        return hop.disposition.unit_id in actor.headed_unit_ids
    return is_given_to(actor, hop.disposition)


def _act(picture: Picture, move: Move, way: Way, hop: Hop | None) -> Act | None:
    methods = methods_of(way.endpoint)
    if not methods:
        return None
    is_page = "GET" in methods and not way.at_once
    return Act(
        move=move,
        path=plain_url(way.endpoint, number=NUMBER_MARK) if hop is None else _path_on(way, hop),
        label=way.label,
        icon=way.icon,
        is_page=is_page,
        version=0 if is_page else (hop.disposition if hop else picture.ticket).version,
        key=way.key if is_page else "",
        unit_id=hop.disposition.unit_id if hop else None,
    )


def _path_on(way: Way, hop: Hop) -> str:
    return url_for(way.endpoint, number=NUMBER_MARK, disposition_id=hop.disposition.id)


def _papers(picture: Picture) -> Iterator[Act]:
    for endpoint, label, needs_units in _PAPERS:
        if picture.is_care and methods_of(endpoint) and (picture.hops or not needs_units):
            yield Act(Move.NOTE, plain_url(endpoint, number=NUMBER_MARK), label, "print", True)
    if picture.scope is not Scope.RECORDER:
        path = plain_url("staff.case_file", number=NUMBER_MARK)
        yield Act(Move.NOTE, path, _l("The whole case as PDF"), "download", True)


def methods_of(endpoint: str) -> frozenset[str]:
    """How *endpoint* can be asked; nothing where there is no such page."""
    kept: dict[str, frozenset[str]] = current_app.extensions.setdefault("methods_of", {})
    if endpoint not in kept:
        is_known = endpoint in current_app.view_functions
        rules = current_app.url_map.iter_rules(endpoint) if is_known else ()
        kept[endpoint] = frozenset(method for rule in rules for method in rule.methods or ())
    return kept[endpoint]
