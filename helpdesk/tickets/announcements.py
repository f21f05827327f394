"""Who hears of what. Messages are queued in the same unit of work as the event; the postman sends them later.

Texts never carry what was said (health data stays on the page): they carry the number, a deadline and the link.
On a restricted ticket only its named readers hear, whatever their position.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import select

from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import User
from helpdesk.lib.database import db
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.hearers import (
    addressees_of,
    allowed,
    askers_of,
    desk_of,
    giver_of,
    heads_today,
    hearing_today,
    holders_of,
    leading_of,
    officer_of,
    people_at_work,
    people_of,
    readers_of_reply,
)
from helpdesk.tickets.moves import Move
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Grade, Kind, Status
from helpdesk.tickets.telling import can_say, tell_complainant, tell_staff, worded_for
from helpdesk.tickets.ticket import Disposition, Ticket
from helpdesk.tickets.urgent_words import raise_alarm, raise_first_alarm

Hearing = Callable[[Ticket, TicketEvent, Disposition | None], None]
Hearers = Callable[[Ticket, TicketEvent, Disposition | None], Iterable[User]]


def announce(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Queue the messages that an event calls for."""
    for hearing in WHO_HEARS.get(Move(event.kind), ()):
        hearing(ticket, event, disposition)


# ---------------------------------------------------------------- the complainant


def _complainant(template: str, *, otherwise: str = "") -> Hearing:
    """*otherwise* is said where the words of *template* might not arrive."""

    def hearing(ticket: Ticket, event: TicketEvent, _work: Disposition | None) -> None:
        is_said = not otherwise or can_say(template, ticket)
        tell_complainant(worded_for(template if is_said else otherwise, ticket), ticket, event)

    return hearing


def _on_opening(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """A suggestion or praise is thanked for; a complaint or question is promised an answer, while there is time."""
    if event.details.get("is_solved") or event.details.get("is_told"):
        return  # the closing follows at once, or the guided conversation has said it all
    if Kind(ticket.kind).is_thanked:
        template = "thanked"
    elif ticket.due_at is not None and ticket.due_at <= event.recorded_at:
        template = "received_late"
    elif ticket.sounds_urgent and can_say("received_urgent", ticket):
        template = "received_urgent"
    else:
        template = "received"
    _complainant(template)(ticket, event, disposition)


def _on_vouching(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """The receipt that was held back; whoever has been answered meanwhile gets the link to read it."""
    if ticket.state.is_worked_on:
        _on_opening(ticket, event, disposition)
    else:
        _complainant("link_again")(ticket, event, disposition)


def _on_amending(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Where they are reached elsewhere now they hear how it stands: what was said before went to nobody of theirs."""
    is_elsewhere = event.details["is_sure"]
    is_late = ticket.due_at is not None and ticket.due_at <= event.at
    if is_elsewhere and event.details["due_at"]:  # of a question that still waits for its answer
        _complainant("question")(ticket, event, disposition)
    elif is_elsewhere and ticket.state is Status.ANSWERED:
        _on_answer(ticket, event, disposition)
    elif is_elsewhere and not is_late:  # what is late is not promised anew
        _on_vouching(ticket, event, disposition)
    elif is_elsewhere or event.details["is_new"]:  # where their own contact stays, its link ended
        _complainant("link_again")(ticket, event, disposition)


def _on_exit(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    if ticket.state is not Status.SPAM:
        _complainant(f"exit_{ticket.status}")(ticket, event, disposition)


def _on_revival(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Whoever was told of the end; of spam nobody was."""
    if event.details["exit"] != Status.SPAM:
        _complainant("taken_up_again")(ticket, event, disposition)


def _on_answer(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    template = "replied" if Kind(ticket.kind).is_thanked else "answered"
    _complainant(template)(ticket, event, disposition)


def _on_silence(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Whoever was thanked was asked nothing, so their silence needs no word."""
    if not Kind(ticket.kind).is_thanked:
        _on_closing(ticket, event, disposition)


def _on_closing(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    _complainant(f"closed_{ticket.closing}")(ticket, event, disposition)


def _on_news(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Of the ticket that theirs was joined to."""
    _complainant(f"merged_{event.details['news']}")(ticket, event, disposition)


def _on_letter(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Of a letter to them; one to somebody else is none of their business, and spam is not written to."""
    if event.details["is_theirs"] and ticket.state is not Status.SPAM:
        _complainant("letter_issued")(ticket, event, disposition)


def _confirm_reminder(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    if event.details.get("clock") == ClockKind.CONFIRM and not Kind(ticket.kind).is_thanked:
        _complainant("confirm_reminder")(ticket, event, disposition)


def _late_apology(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """For the answer that is missing; not for its record, nor twice for what was late when it was recorded."""
    is_unanswered = event.details.get("clock") == ClockKind.ANSWER and not ticket.first_answered_at
    is_unanswered = is_unanswered or ticket.state is Status.MERGED
    if is_unanswered and not event.details.get("at_recording"):
        _complainant("late_apology")(ticket, event, disposition)


# ---------------------------------------------------------------- staff


def _those(template: str, hearers: Hearers) -> Hearing:
    def hearing(ticket: Ticket, event: TicketEvent, work: Disposition | None) -> None:
        tell_staff(template, hearers(ticket, event, work), ticket, event, work)

    return hearing


def _desk(template: str) -> Hearing:
    """The officer at the desk who owns the ticket, or every supervisor while nobody does."""
    return _those(template, lambda ticket, _event, _work: desk_of(ticket))


def _unit(template: str) -> Hearing:
    """The officer named on the disposition and the heads of the unit."""
    return _those(template, lambda _ticket, _event, work: people_of(work) if work else ())


def _clock(template: str) -> Hearing:
    """Whoever holds the clock: the unit for a hop, the desk for the others; nobody for the complainant's own."""

    def hearing(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
        if event.details.get("clock") != ClockKind.CONFIRM:
            holders = _holders_of_clock(ticket, event, disposition)
            tell_staff(template, holders, ticket, event, disposition)

    return hearing


def _holders_of_clock(
    ticket: Ticket, event: TicketEvent, disposition: Disposition | None
) -> list[User]:
    is_hop = event.details.get("clock") == ClockKind.HOP
    holders = people_of(disposition) if is_hop and disposition else desk_of(ticket)
    return hearing_today(ticket, holders, disposition)


def _new_readers(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Whoever was named a reader of a restricted case learns that it is there."""
    ids = event.details.get("new_readers", [])
    people = db.session.scalars(select(User).where(User.id.in_(ids), User.is_active)) if ids else ()
    known = allowed(ticket, people)
    tell_staff("named_reader", known, ticket, event, disposition, who_knew=True)


def _ladder(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    tell = event.details.get("tell")
    if tell == "unit_head":
        people = heads_today(ticket, disposition)
    else:
        people = holders_of(Role(tell)) if tell in (Role.SUPERVISOR, Role.LEADERSHIP) else []
    # Where nobody has the position, or may not know of the ticket, its desk must: nobody hearing would be silence.
    may_hear = hearing_today(ticket, people, disposition) or desk_of(ticket)
    # Whoever holds the clock was told of the breach itself.
    if event.details.get("due_at") == event.at.isoformat():
        knowing = {user.id for user in _holders_of_clock(ticket, event, disposition)}
        may_hear = [user for user in may_hear if user.id not in knowing]
    tell_staff("escalated", may_hear, ticket, event, disposition)


def _called_off(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """Whose work ended because somebody recalled it: they may not see the ticket any more, but knew of it."""
    ended = set(event.details.get("recalled", [disposition.id] if disposition else []))
    for work in ticket.dispositions:
        if work.id in ended:
            people = officer_of(work) if ticket.is_restricted else people_of(work)
            tell_staff("recalled", people, ticket, event, work, who_knew=ticket.is_restricted)


def _on_regrading(ticket: Ticket, event: TicketEvent, _work: Disposition | None) -> None:
    """The units at work learn that it is graver or less grave now, each with its own deadline."""
    if event.details["from"] == event.details["to"]:
        return
    for work in ticket.dispositions:
        if work.is_open:
            tell_staff("regraded", people_of(work), ticket, event, work)


def _on_grading(ticket: Ticket, event: TicketEvent, work: Disposition | None) -> None:
    """A complaint that becomes merah is known at once to whoever can clear the way for it, not when it is late."""
    is_red_now = ticket.grade == Grade.RED and event.details.get("from") != Grade.RED
    if is_red_now and not Kind(ticket.kind).is_thanked:
        above = allowed(ticket, [*holders_of(Role.SUPERVISOR), *holders_of(Role.LEADERSHIP)])
        # As on the ladder: nobody hearing would be silence.
        tell_staff("graded_red", above or desk_of(ticket), ticket, event, work)


def _on_addition(ticket: Ticket, event: TicketEvent, disposition: Disposition | None) -> None:
    """What is added to a merged complaint is for those at work on the one that it was joined to."""
    leading = leading_of(ticket)
    people = desk_of(leading or ticket)
    if leading is not None:
        people += people_at_work(leading)
    tell_staff("complainant_wrote", people, leading or ticket, event, disposition)


WHO_HEARS: dict[Move, tuple[Hearing, ...]] = {
    Move.OPEN: (_on_opening, raise_first_alarm),
    Move.TRIAGE: (_new_readers, _on_grading),
    Move.GUARD: (_new_readers,),
    Move.REGRADE: (_on_regrading, _on_grading),
    Move.POSTPONE: (_complainant("due_moved", otherwise="interim"),),
    Move.DISPOSE: (_unit("disposed"),),
    Move.COPY: (_unit("copied"),),
    Move.ASSIGN: (_unit("assigned"),),
    Move.RECALL: (_called_off,),
    Move.SEND_BACK: (_desk("returned_by_unit"),),
    Move.ASK_TIME: (_desk("time_asked"),),
    Move.SET_DEADLINE: (_unit("time_decided"),),
    Move.DECLINE_TIME: (_unit("time_decided"),),
    Move.SUBMIT: (_desk("submitted"),),
    Move.RETURN_ANSWER: (_unit("submission_returned"),),
    Move.ASK: (_complainant("question"),),
    Move.REPLY_TO_QUESTION: (_those("complainant_wrote", readers_of_reply), raise_alarm),
    Move.REMIND: (_complainant("question_reminder", otherwise="question"),),
    Move.UNANSWERED: (_those("question_unanswered", askers_of),),
    Move.ADD_MESSAGE: (_on_addition, raise_alarm),
    Move.OTHER_WROTE: (_desk("other_wrote"), raise_alarm),
    Move.UNDELIVERED: (_desk("undelivered"),),
    Move.CALL_WANTED: (_desk("call_wanted"),),
    Move.VOUCH: (_on_vouching,),
    Move.AMEND: (_on_amending,),
    Move.CHANGE_CONTACTS: (_on_amending,),
    Move.INTERIM_REPLY: (_complainant("interim"),),
    Move.ANSWER: (_on_answer,),
    Move.SOLVE: (_on_closing,),
    Move.CONFIRM: (_on_closing, raise_alarm),
    Move.RATE: (raise_alarm,),
    Move.CLOSE_BY_SILENCE: (_on_silence,),
    Move.CLOSE_UNILATERALLY: (_on_closing, _called_off),
    Move.OBJECT: (_complainant("reopened"), _desk("objection"), raise_alarm),
    Move.EXIT: (_on_exit, _called_off),
    Move.REVIVE: (_on_revival,),
    Move.CONTEST: (_on_revival, _desk("exit_contested"), raise_alarm),
    Move.MERGE: (_on_exit, _called_off),
    Move.SPLIT: (_complainant("split_off"),),
    Move.NEWS: (_on_news,),
    Move.RESEND_LINK: (_complainant("link_again"),),
    Move.LETTER: (_on_letter,),
    Move.WARN: (_clock("due_soon"), _confirm_reminder),
    Move.BREACH: (_clock("breached"), _late_apology),
    Move.ESCALATE: (_ladder,),
    Move.INSTRUCT: (_those("instructed", addressees_of),),
    Move.ANSWER_INSTRUCTION: (_those("instruction_answered", giver_of),),
}
