"""One ticket, whole: what was said, what to do next, what happened, and what stands beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.standing_in import away_today
from helpdesk.improvements.access import may_begin, sees_any
from helpdesk.improvements.linking import improvements_of
from helpdesk.intake.whatsapp.talks import Beside, talk_at
from helpdesk.letters.letter import Letter
from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound, Refused
from helpdesk.lib.words import language_now
from helpdesk.messaging.whatsapp import catalogue
from helpdesk.tickets.access import Scope, find_for
from helpdesk.tickets.correspondence import letters_of
from helpdesk.tickets.duplicates import Hint, find_duplicates
from helpdesk.tickets.moves import Move
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.picture import Picture, picture_of
from helpdesk.tickets.sought import sought_of
from helpdesk.tickets.states import Channel, Status
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.unattended import empty_among
from helpdesk.web.doors import current_actor
from helpdesk.web.once import draw_key
from helpdesk.web.staff import door, rail
from helpdesk.web.staff.next_act import methods_of, step_for
from helpdesk.web.staff.noting import note_act, note_reads
from helpdesk.web.staff.thread import entries_of
from helpdesk.web.way_back import list_left

_COMPOSER = {  # what is short enough to write on the ticket itself; the final answer has its own page
    "note": "staff.write_note",
    "interim_reply": "staff.reply_interim",
    "ask": "staff.ask",
}


@door.get("/tiket/<number>")
def ticket(number: str) -> ResponseReturnValue:
    """The ticket as the signed-in person may see it."""
    actor = current_actor()
    values = page_values(find_to_read(actor, number, even_erased=True), actor)
    if note_reads(actor, values["picture"].joined.tickets):
        values = page_values(find_for(actor, number), actor)
    return render_template("staff/ticket.html", **values)


@door.post("/tiket/<number>/pelapor")
def reveal_complainant(number: str) -> ResponseReturnValue:
    """Show the complainant in full, once; who asked stands in the audit trail."""
    actor = current_actor()
    found = find_for(actor, number)
    values = page_values(found, actor)
    if not values["picture"].knows_complainant:
        raise Refused
    note_act("reveal_complainant", found.id, actor)
    note_reads(actor, values["picture"].joined.tickets)
    values["person"] = rail.full_person_facts(found)
    values["picture"] = replace(values["picture"], is_revealed=True)
    values["thread_entries"] = entries_of(values["picture"])
    return render_template("staff/ticket.html", **values)


def find_to_read(actor: Actor, number: str, *, even_erased: bool = False) -> Ticket:
    """The ticket for a page that shows it; of a restricted one it is noted, before the page is sent, who read it.

    Raises NotFound too where its personal data were deleted: then it has no page but its own.
    """
    found = find_for(actor, number)
    if found.erased_at is not None and not even_erased:
        raise NotFound
    # The unit begins by forgetting every row that was read.
    return find_for(actor, number) if note_reads(actor, [found]) else found


def page_values(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """What ``staff/ticket.html`` needs; leadership draws the same page behind its own door."""
    at = clock.now()
    picture = picture_of(ticket, actor, language_now())
    talk = _talk_beside(picture)
    return {
        "at": at,
        "picture": picture,
        "ticket": ticket,
        "deadline": rail.deadline_of(picture, actor, at),
        "ladder": rail.ladder_of(ticket),
        "list_url": list_left(_beginning_of(picture)),
        "step": step_for(picture, actor),
        "composer": _composer(picture),
        "road": _road_beside(picture, talk, at),
        "once": draw_key(),
        "clocks": rail.clock_lines(picture, at),
        "hop_clocks": {
            hop.disposition.id: rail.clock_line(hop.clock, at)
            for hop in picture.hops
            if hop.clock is not None and hop.is_own
        },
        "empty_unit_ids": _empty_units(picture),
        "away": away_today(),
        "person": rail.person_facts(ticket) if picture.knows_complainant else [],
        "is_address_dead": rail.is_address_dead(picture),
        "number_of": number_of,
        "thread_entries": entries_of(picture),
        "messages": rail.message_lines(picture),
        "hints": _hints_beside(picture, actor),
        "letters": _letters_beside(picture),
        "talk": talk,
        **_improvements_beside(picture, actor),
    }


def _beginning_of(picture: Picture) -> str:
    """Where the readers of such a page find their lists."""
    return "leadership.overview" if picture.scope is Scope.LEADERSHIP else "staff.worklist"


def _empty_units(picture: Picture) -> frozenset[int]:
    """Where work waits and nobody is to do it, for customer care, who can send it elsewhere."""
    open_hops = [hop.disposition for hop in picture.hops if hop.disposition.is_open]
    return empty_among({one.unit_id for one in open_hops}) if picture.is_care else frozenset()


def _road_beside(picture: Picture, talk: Beside | None, at: datetime) -> str:
    """By which channel the complainant learns of what is written to them; '' where it is known that none reaches them.

    Mostly from what the page has read already; the forms of the acts look closer (``roads``).
    """
    ticket = picture.ticket
    is_lost = ticket.call_wanted_at is not None or rail.is_address_dead(picture)
    if is_lost or not ticket.can_be_written_to:
        return ""
    needs_template = talk is not None and not talk.is_open(at)
    if needs_template and not catalogue.has_template("interim", ticket.language):
        return ""
    return ticket.reply_channel


def _talk_beside(picture: Picture) -> Beside | None:
    """The talk on WhatsApp, for customer care; only where something of the complaint was said there."""
    ticket = picture.ticket
    was_said_there = ticket.channel == Channel.WHATSAPP or any(
        "whatsapp" in event.details for event in picture.story
    )
    if not picture.is_care or not was_said_there or ticket.reply_channel != "whatsapp":
        return None
    return talk_at(ticket.reply_address)


def _letters_beside(picture: Picture) -> list[Letter]:
    """The official letters, for customer care; each of them is an event, so most tickets need not be asked."""
    if not picture.is_care or picture.ticket.erased_at is not None:
        return []
    is_told = any(event.kind == Move.LETTER for event in picture.story)
    return letters_of(picture.ticket.id) if is_told else []


def _improvements_beside(picture: Picture, actor: Actor) -> dict[str, Any]:
    """What is being improved because of it, and whether this reader may say so; nothing for who only took it down."""
    if picture.scope is Scope.RECORDER or not sees_any(actor):
        return {"improvements": [], "may_improve": False}
    return {
        "improvements": improvements_of(picture.ticket, actor),
        "may_improve": may_begin(actor) and picture.ticket.state is not Status.SPAM,
    }


def _hints_beside(picture: Picture, actor: Actor) -> list[Hint]:
    """What may be about the same matter, for customer care while nobody has looked at the ticket yet."""
    if not picture.is_care or picture.ticket.state is not Status.RECEIVED:
        return []
    return find_duplicates(actor, sought_of(picture.ticket))


def _composer(picture: Picture) -> dict[str, str]:
    """Where each kind of writing that the person may send now is posted to."""
    return {
        move: url_for(endpoint, number=picture.number)
        for move, endpoint in _COMPOSER.items()
        if move in picture.moves and "POST" in methods_of(endpoint)
    }
