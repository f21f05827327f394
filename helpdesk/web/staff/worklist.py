"""The worklist: everybody's own pile, soonest deadline first, with live counts beside it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.standing_in import away_in
from helpdesk.intake.desk_counts import feel_pulse
from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound
from helpdesk.lib.words import language_now
from helpdesk.tickets.alarms import urgent_first
from helpdesk.tickets.labels import Labels, read_labels
from helpdesk.tickets.pages import SIZE, UNGRADED, Cursor, Filters, Page, page_of
from helpdesk.tickets.worklist import Desk, DeskKind, View, desks_of
from helpdesk.web.doors import current_actor
from helpdesk.web.filters import plain_url
from helpdesk.web.live import unless_known
from helpdesk.web.staff import door
from helpdesk.web.staff.counts import Counts, counts_for, token_of
from helpdesk.web.staff.desks import (
    BEGIN_WITH,
    TITLES,
    asked_now,
    desk_named,
    saved_links,
    view_in,
    view_links,
    view_url,
    views_beside,
)
from helpdesk.web.staff.lines import lines_of
from helpdesk.web.typed import whole_number
from helpdesk.web.way_back import note_list
from helpdesk.web.words import WORDS

_EDGES = ("sesudah", "sebelum")  # the address's words for after and before


@door.get("")
def worklist() -> ResponseReturnValue:
    """The desk at which the person begins: customer care's, their unit's, or what they recorded."""
    return _show(desks_of(current_actor())[0])


@door.get("/unit/<int:unit_id>")
def unit_tasks(unit_id: int) -> ResponseReturnValue:
    """The tasks of one of the person's own units."""
    return _show(Desk(DeskKind.UNIT, unit_id))


@door.get("/catatan-saya")
def own_records() -> ResponseReturnValue:
    """What the person recorded for others, and where it stands."""
    return _show(Desk(DeskKind.RECORDS))


@door.get("/hitung")
def view_counts() -> ResponseReturnValue:
    """The counts beside a desk's views, for the page that is open; 304 while nothing has happened."""
    actor, at = current_actor(), clock.now()
    desk = desk_named(request.args.get("meja", ""), actor)
    view = view_in(desk)
    newest = feel_pulse(actor).newest_event_id
    tag = token_of(actor, at, newest, language_now(), desk.kind, desk.unit_id, view)

    def draw() -> str:
        views = view_links(desk, view, counts_for(actor, desks_of(actor), at, newest))
        return render_template("staff/_views.html", views=views)

    return unless_known(tag, draw)


def _show(desk: Desk) -> ResponseReturnValue:
    actor, at = current_actor(), clock.now()
    desks = desks_of(actor)
    if desk not in desks:
        raise NotFound
    note_list("staff.worklist")
    view, filters = view_in(desk), filters_asked()
    labels = read_labels(language_now())
    pulse = feel_pulse(actor)
    counts = counts_for(actor, desks, at, pulse.newest_event_id)
    begin = cursor_asked()
    page = page_asked(desk, view, actor, at, filters, begin, has_alarms=bool(pulse.alarms))
    return render_template(
        "staff/worklist.html",
        at=at,
        headed=actor.headed_unit_ids,
        desk=desk,
        view=view,
        title=TITLES[desk.kind][view],
        heading=_heading(desk, view, labels),
        picks=desk.kind is DeskKind.CARE and view is not View.CLOSED,
        saved=saved_links(actor, desk),
        save_url=url_for("staff.save_view", meja=desk.name, **asked_now()) if filters else "",
        download_url=_download_url(desk),
        sidebar=[views_beside(one, desk, view, counts, labels) for one in desks],
        pulse=pulse,
        away=away_in(desk.unit_id),
        summary=_shown(page) if filters else _summary(desk, view, counts),
        lines=lines_of(page.rows, actor, labels, at, are_own_work=desk.kind is DeskKind.UNIT),
        labels=labels,
        filters=filters,
        plain_url=view_url(desk, view),
        previous_url=page_url(page.before),
        next_url=page_url(page.after),
    )


def _download_url(desk: Desk) -> str:
    asked = asked_now()
    # Kept for the bare list alone: what somebody may type is too much to keep
    reach = url_for if asked else plain_url
    return reach("staff.download_list", meja=desk.name, **asked)


def page_asked(
    desk: Desk,
    view: View,
    actor: Actor,
    at: datetime,
    filters: Filters,
    begin: Cursor | None,
    *,
    size: int = SIZE,
    has_alarms: bool = True,
) -> Page:
    """One page of a desk; customer care's whole list is led by what sounds like an emergency."""
    page = page_of(desk, view, actor, at, filters=filters, begin=begin, size=size)
    is_led = has_alarms and desk.kind is DeskKind.CARE and not (filters or begin)
    return urgent_first(page, desk, view, actor, at) if is_led else page


def filters_asked() -> Filters:
    """The filters that stand in the address; what we do not know narrows nothing."""
    asked = request.args
    return Filters(
        grade=_code(asked.get("grading"), {*WORDS["grade"], UNGRADED}),
        unit_id=whole_number(asked.get("unit")),
        channel=_code(asked.get("kanal"), WORDS["channel"]),
        kind=_code(asked.get("jenis"), WORDS["kind"]),
        category_id=whole_number(asked.get("kategori")),
        place_id=whole_number(asked.get("tempat")),
        words=asked.get("cari", "").strip()[:200],
    )


def cursor_asked() -> Cursor | None:
    """Where the page that stands in the address begins or ends; None for the first."""
    onward = Cursor.parse(request.args.get("sesudah", ""))
    return onward or Cursor.parse(request.args.get("sebelum", ""), leads_back=True)


def page_url(edge: Cursor | None) -> str | None:
    """This list with the same filters, after or before *edge*; None where no page is."""
    if edge is None:
        return None
    kept = {**asked_now(), _EDGES[edge.leads_back]: str(edge)}
    return url_for(str(request.endpoint), **(request.view_args or {}), **kept)


def _code(text: str | None, known: Collection[str]) -> str:
    return text if text is not None and text in known else ""


def _heading(desk: Desk, view: View, labels: Labels) -> str:
    title = str(TITLES[desk.kind][view])
    if desk.kind is DeskKind.UNIT:
        tasks = str(_("Tasks of %(unit)s", unit=labels.units.get(desk.unit_id, "")))
        return tasks if view is BEGIN_WITH else f"{tasks}: {title}"
    return str(_("Recorded by me")) if desk.kind is DeskKind.RECORDS else title


def _shown(page: Page) -> str:
    """How many stand on this page: what filters leave is not counted, so only whoever sees all of it is told so."""
    count = len(page.rows)
    if not count:
        return ""
    if page.before is not None:
        return str(ngettext("%(num)d ticket on this page", "%(num)d tickets on this page", count))
    if page.after is not None:
        return str(ngettext("the first ticket", "the first %(num)d tickets", count))
    return str(ngettext("%(num)d ticket", "%(num)d tickets", count))


def _summary(desk: Desk, view: View, counts: Counts) -> str:
    count = counts.get((desk, view))
    if count is None:
        return ""
    if count > 999:
        return str(_("more than 999 tickets"))
    return str(ngettext("%(num)d ticket", "%(num)d tickets", count))
