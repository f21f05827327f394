"""The worklist: everybody's own pile, soonest deadline first, with live counts beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.errors import NotFound
from helpdesk.tickets.labels import Labels, read_labels
from helpdesk.tickets.pages import UNGRADED, Cursor, Filters, page_of
from helpdesk.tickets.worklist import UNCOUNTED, VIEWS, Desk, DeskKind, View, desks_of
from helpdesk.web.doors import current_actor
from helpdesk.web.staff import door
from helpdesk.web.staff.counts import Counts, counts_for, token_of
from helpdesk.web.staff.lines import lines_of
from helpdesk.web.typed import whole_number
from helpdesk.web.words import WORDS

_BEGIN_WITH = View.ALL
_ENDPOINTS = {
    DeskKind.CARE: "staff.worklist",
    DeskKind.UNIT: "staff.unit_tasks",
    DeskKind.RECORDS: "staff.own_records",
}
_TITLES: dict[DeskKind, dict[View, Any]] = {
    DeskKind.CARE: {
        View.NEW: _l("New"),
        View.TO_DISPOSE: _l("To send to a unit"),
        View.DUE_TODAY: _l("Due today"),
        View.LATE: _l("Late"),
        View.WAITING: _l("With the complainant"),
        View.RETURNED: _l("Sent back by a unit"),
        View.REVIEW: _l("Waiting for approval"),
        View.TO_ANSWER: _l("To be answered"),
        View.MINE: _l("Mine"),
        View.ALL: _l("All open"),
        View.CLOSED: _l("Closed"),
    },
    DeskKind.UNIT: {
        View.ALL: _l("All tasks"),
        View.NEW: _l("Just arrived"),
        View.ACCEPTED: _l("Being worked on"),
        View.LATE: _l("Late"),
        View.REVIEW: _l("Waiting for approval"),
        View.DONE: _l("Done"),
    },
    DeskKind.RECORDS: {View.ALL: _l("Still open"), View.CLOSED: _l("Closed")},
}


@dataclass(frozen=True)
class ViewLink:
    """One entry of the list of views."""

    url: str
    label: str
    count: int | None
    is_current: bool
    is_late: bool


@dataclass(frozen=True)
class DeskViews:
    """The views of one desk, under its heading."""

    heading: str
    live_url: str
    views: list[ViewLink]


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
    desk = _desk_named(request.args.get("meja", ""), actor)
    view = _view_in(desk)
    etag = token_of(actor, at, str(get_locale()), desk.kind, desk.unit_id, view)
    response = Response()
    response.set_etag(etag)
    response.headers["Cache-Control"] = "no-cache, private"
    if etag not in request.if_none_match:
        views = _links(desk, view, counts_for(actor, desks_of(actor), at))
        response.set_data(render_template("staff/_views.html", views=views))
    return response.make_conditional(request)


def _show(desk: Desk) -> ResponseReturnValue:
    actor, at = current_actor(), clock.now()
    desks = desks_of(actor)
    if desk not in desks:
        raise NotFound
    view, filters = _view_in(desk), filters_asked()
    labels = read_labels(str(get_locale()))
    counts = counts_for(actor, desks, at)
    after = Cursor.parse(request.args.get("sesudah", ""))
    page = page_of(desk, view, actor, at, filters=filters, after=after)
    return render_template(
        "staff/worklist.html",
        at=at,
        words=WORDS,
        headed=actor.headed_unit_ids,
        desk=desk,
        view=view,
        title=_TITLES[desk.kind][view],
        heading=_heading(desk, view, labels),
        sidebar=[_sidebar(one, desk, view, counts, labels) for one in desks],
        summary=_summary(desk, view, counts, filters),
        lines=lines_of(page.rows, actor, labels, at),
        labels=labels,
        filters=filters,
        plain_url=_url(desk, view),
        first_url=page_url(None) if after else None,
        next_url=page_url(page.after) if page.after else None,
    )


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


def page_url(after: Cursor | None) -> str:
    """This list with the same filters, from *after* on."""
    kept: dict[str, Any] = {
        key: value for key, value in request.args.items() if value and key != "sesudah"
    }
    if after is not None:
        kept["sesudah"] = str(after)
    return url_for(str(request.endpoint), **(request.view_args or {}), **kept)


def _code(text: str | None, known: Collection[str]) -> str:
    return text if text is not None and text in known else ""


def _view_in(desk: Desk) -> View:
    asked = request.args.get("tampilan", "")
    return View(asked) if asked in VIEWS[desk.kind] else _BEGIN_WITH


def _desk_named(name: str, actor: Actor) -> Desk:
    for desk in desks_of(actor):
        if name == _name(desk):
            return desk
    raise NotFound


def _name(desk: Desk) -> str:
    return f"unit-{desk.unit_id}" if desk.unit_id else desk.kind.value


def _url(desk: Desk, view: View) -> str:
    asked: dict[str, Any] = {} if view is _BEGIN_WITH else {"tampilan": view.value}
    if desk.unit_id:
        asked["unit_id"] = desk.unit_id
    return url_for(_ENDPOINTS[desk.kind], **asked)


def _links(desk: Desk, current: View | None, counts: Counts) -> list[ViewLink]:
    return [
        ViewLink(
            url=_url(desk, view),
            label=str(_TITLES[desk.kind][view]),
            count=None if view in UNCOUNTED else counts[desk, view],
            is_current=view is current,
            is_late=view is View.LATE,
        )
        for view in VIEWS[desk.kind]
    ]


def _sidebar(desk: Desk, here: Desk, view: View, counts: Counts, labels: Labels) -> DeskViews:
    current = view if desk == here else None
    asked: dict[str, Any] = {"tampilan": current.value} if current else {}
    # "since" tells the door that a page asks by itself, which is no sign of life
    live_url = url_for("staff.view_counts", meja=_name(desk), since="0", **asked)
    return DeskViews(_name_of(desk, labels), live_url, _links(desk, current, counts))


def _name_of(desk: Desk, labels: Labels) -> str:
    if desk.kind is DeskKind.UNIT:
        return labels.units.get(desk.unit_id, "")
    return str(_("Customer care") if desk.kind is DeskKind.CARE else _("Recorded by me"))


def _heading(desk: Desk, view: View, labels: Labels) -> str:
    title = str(_TITLES[desk.kind][view])
    if desk.kind is DeskKind.UNIT:
        tasks = str(_("Tasks of %(unit)s", unit=labels.units.get(desk.unit_id, "")))
        return tasks if view is _BEGIN_WITH else f"{tasks}: {title}"
    return str(_("Recorded by me")) if desk.kind is DeskKind.RECORDS else title


def _summary(desk: Desk, view: View, counts: Counts, filters: Filters) -> str:
    count = counts.get((desk, view))
    if count is None or filters:
        return ""
    if count > 999:
        return str(_("more than 999 tickets"))
    return str(ngettext("%(num)d ticket", "%(num)d tickets", count))
