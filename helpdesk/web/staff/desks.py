"""The desks and views beside the list: what they are called, where they are, how much lies under each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from helpdesk.accounts.actor import Actor
from helpdesk.lib.errors import NotFound
from helpdesk.tickets.labels import Labels
from helpdesk.tickets.saved_views import may_share, views_of
from helpdesk.tickets.worklist import VIEWS, Desk, DeskKind, View, desks_of
from helpdesk.web.filters import plain_url
from helpdesk.web.locale import language_now
from helpdesk.web.staff.counts import Counts
from helpdesk.web.view_links import ViewLink

BEGIN_WITH = View.ALL
_ASKED_OF_A_LIST = frozenset(
    {"tampilan", "grading", "unit", "kanal", "jenis", "kategori", "tempat", "cari"}
)
_LONGEST = 200
_ENDPOINTS = {
    DeskKind.CARE: "staff.worklist",
    DeskKind.UNIT: "staff.unit_tasks",
    DeskKind.RECORDS: "staff.own_records",
}
TITLES: dict[DeskKind, dict[View, Any]] = {
    DeskKind.CARE: {
        View.NEW: _l("New"),
        View.TO_DISPOSE: _l("To send to a unit"),
        View.DUE_TODAY: _l("Due today"),
        View.LATE: _l("Late"),
        View.WAITING: _l("With the complainant"),
        View.RETURNED: _l("Sent back by a unit"),
        View.REVIEW: _l("Waiting for approval"),
        View.MORE_TIME: _l("More time asked for"),
        View.TO_ANSWER: _l("To be answered"),
        View.TO_FOLLOW_UP: _l("Follow-up to record"),
        View.INSTRUCTED: _l("Instructions"),
        View.TO_CALL: _l("To be called"),
        View.MINE: _l("Mine"),
        View.ALL: _l("All open"),
        View.CLOSED: _l("Closed"),
    },
    DeskKind.UNIT: {
        View.ALL: _l("All tasks"),
        View.NEW: _l("Just arrived"),
        View.ACCEPTED: _l("Being worked on"),
        View.LATE: _l("Late"),
        View.INSTRUCTED: _l("Instructions"),
        View.TO_READ: _l("To be read"),
        View.REVIEW: _l("Waiting for approval"),
        View.DONE: _l("Done"),
    },
    DeskKind.RECORDS: {View.ALL: _l("Still open"), View.CLOSED: _l("Closed")},
}


@dataclass(frozen=True)
class DeskViews:
    """The views of one desk, under its heading."""

    heading: str
    live_url: str
    views: tuple[ViewLink, ...]


@dataclass(frozen=True)
class SavedLink:
    """A view that the person keeps under a name of their own, or that a colleague shares with them."""

    id: int
    url: str
    label: str
    is_current: bool
    is_own: bool
    is_shared: bool
    may_be_shared: bool


def view_in(desk: Desk) -> View:
    """The view that the address asks for, or the one to begin with."""
    asked = request.args.get("tampilan", "")
    return View(asked) if asked in VIEWS[desk.kind] else BEGIN_WITH


def desk_named(name: str, actor: Actor) -> Desk:
    """One of the person's own desks; raises NotFound for any other."""
    for desk in desks_of(actor):
        if name == desk.name:
            return desk
    raise NotFound


def view_url(desk: Desk, view: View) -> str:
    """Where *view* of *desk* is, without filters."""
    asked: dict[str, Any] = {} if view is BEGIN_WITH else {"tampilan": view.value}
    if desk.unit_id:
        asked["unit_id"] = desk.unit_id
    return plain_url(_ENDPOINTS[desk.kind], **asked)


def view_links(desk: Desk, current: View | None, counts: Counts) -> tuple[ViewLink, ...]:
    """Every view of *desk* with what lies under it."""
    return tuple(
        ViewLink(url, label, counts.get((desk, view)), view is current, view is View.LATE)
        for view, url, label in _named_views(desk, language_now(), request.script_root)
    )


@lru_cache(maxsize=500)  # they are the same on every page of everybody
def _named_views(desk: Desk, _language: str, _root: str) -> tuple[tuple[View, str, str], ...]:
    return tuple(
        (view, view_url(desk, view), str(TITLES[desk.kind][view])) for view in VIEWS[desk.kind]
    )


def views_beside(desk: Desk, here: Desk, view: View, counts: Counts, labels: Labels) -> DeskViews:
    """The views of one desk, as they stand beside the list of *here*."""
    current = view if desk == here else None
    asked: dict[str, Any] = {"tampilan": current.value} if current else {}
    # "since" tells the door that a page asks by itself, which is no sign of life
    live_url = plain_url("staff.view_counts", meja=desk.name, since="0", **asked)
    return DeskViews(heading_beside(desk, labels), live_url, view_links(desk, current, counts))


def heading_beside(desk: Desk, labels: Labels) -> str:
    """Beside the other desks of the person: the work of a unit is told from the house's own desk of the same name."""
    label = _desk_label(desk, labels)
    return str(_("Tasks of %(unit)s", unit=label)) if desk.kind is DeskKind.UNIT else label


def _desk_label(desk: Desk, labels: Labels) -> str:
    """What a desk is called on the page."""
    if desk.kind is DeskKind.UNIT:
        return labels.units.get(desk.unit_id, "")
    return str(_("Customer care") if desk.kind is DeskKind.CARE else _("Recorded by me"))


def saved_links(actor: Actor, here: Desk) -> list[SavedLink]:
    """The views that the person keeps or shares; the one whose filters stand in the address is the current one."""
    at_hand = {desk.name: desk for desk in desks_of(actor)}
    now = (here.name, asked_now())
    return [
        SavedLink(
            id=view.id,
            url=_saved_url(at_hand[view.desk], view),
            label=view.name,
            is_current=(view.desk, view.asked) == now,
            is_own=view.user_id == actor.user_id,
            is_shared=view.is_shared,
            may_be_shared=view.user_id == actor.user_id and may_share(actor, at_hand[view.desk]),
        )
        for view in views_of(actor)
        if view.desk in at_hand
    ]


def asked_now() -> dict[str, Any]:
    """What the address of a list asks for, apart from the page and the desk."""
    return {
        key: value[:_LONGEST]
        for key, value in request.args.items()
        if value and key in _ASKED_OF_A_LIST
    }


def _saved_url(desk: Desk, view: Row[Any]) -> str:
    values: dict[str, Any] = dict(view.asked)
    if desk.unit_id:
        values["unit_id"] = desk.unit_id
    return url_for(_ENDPOINTS[desk.kind], **values)
