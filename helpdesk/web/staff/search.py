"""The search box: a number typed any way opens its ticket; anything else is looked for in the words.

A short number among words is offered beside what holds them: the room in ``kamar 208`` is no ticket.

So does the number that it has in the system it was forwarded from. And, for customer care, it is looked for among what
complainants left: their telephone, email address and record number.
"""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import number_prefix
from helpdesk.lib import clock
from helpdesk.lib.words import language_now
from helpdesk.tickets.access import find_candidates
from helpdesk.tickets.callers import was_left
from helpdesk.tickets.labels import read_labels
from helpdesk.tickets.number import is_among_words, parse_number, with_right_check
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.origin import find_by_origin
from helpdesk.tickets.pages import Page, search_page
from helpdesk.tickets.ticket import Ticket
from helpdesk.web.doors import current_actor
from helpdesk.web.staff import door
from helpdesk.web.staff.desks import asked_now
from helpdesk.web.staff.lines import lines_of
from helpdesk.web.staff.worklist import cursor_asked, filters_asked, page_url


@door.get("/cari")
def search() -> ResponseReturnValue:
    """One ticket with that number: there. Several, or somebody's own number too: choose. None: what holds the words."""
    actor, filters = current_actor(), filters_asked()
    candidates = find_candidates(actor, filters.words) if filters.words else []
    meant = {number_of(candidate) for candidate in candidates}
    meant |= {number_of(row) for row in find_by_origin(actor, filters.words)}
    is_meant = not candidates or _means_a_ticket(filters.words)
    if len(meant) == 1 and is_meant and not was_left(filters.words, actor):
        return redirect(url_for("staff.ticket", number=meant.pop()))
    near = [] if candidates else _near(actor, filters.words)
    at = clock.now()
    begin = cursor_asked()
    page = search_page(actor, filters, begin=begin) if filters else Page([])
    labels = read_labels(language_now())
    return render_template(
        "staff/search.html",
        at=at,
        candidates=[] if begin else candidates,
        near=[] if begin else near,
        number_of=number_of,
        lines=lines_of(page.rows, actor, labels, at),
        labels=labels,
        filters=filters,
        is_cut=page.is_cut,
        download_url=url_for("staff.download_found", **asked_now()),
        plain_url=url_for("staff.search", cari=filters.words),
        previous_url=page_url(page.before),
        next_url=page_url(page.after),
    )


def _means_a_ticket(typed: str) -> bool:
    prefix = number_prefix()
    is_whole = parse_number(typed, prefix=prefix).problem is None
    return is_whole or not is_among_words(typed, prefix=prefix)


def _near(actor: Actor, typed: str) -> list[Ticket]:
    """The ticket whose number was typed with a wrong check digit, where *actor* may see it."""
    meant = with_right_check(typed, prefix=number_prefix())
    return find_candidates(actor, meant) if meant else []
