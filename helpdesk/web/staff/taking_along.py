"""Take a list along as a workbook: with the filters that stand in its address, but to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_login import current_user

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.roles import Permission
from helpdesk.lib import clock
from helpdesk.lib.database import in_own_units
from helpdesk.lib.errors import NotFound
from helpdesk.lib.limits_storage import limited
from helpdesk.lib.words import language_now
from helpdesk.tickets.access import knows_named
from helpdesk.tickets.labels import Labels, read_labels
from helpdesk.tickets.pages import UNGRADED, Filters, Page, search_page
from helpdesk.tickets.whole_list import read_whole
from helpdesk.tickets.worklist import DeskKind
from helpdesk.web.doors import current_actor
from helpdesk.web.list_workbook import OFTEN, Reading, send_list
from helpdesk.web.signed_in import person_asking
from helpdesk.web.staff import door
from helpdesk.web.staff.desks import TITLES, desk_named, heading_beside, view_in
from helpdesk.web.staff.worklist import filters_asked, page_asked
from helpdesk.web.words import word


@door.post("/unduh")
@limited(OFTEN, whose=person_asking)
@in_own_units
def download_list() -> Response:
    """What lies on one of the person's desks under a view."""
    actor, at, labels = _reader(), clock.now(), read_labels(language_now())
    desk = desk_named(request.args.get("meja", ""), actor)
    view, filters = view_in(desk), filters_asked()
    whole = read_whole(
        lambda begin, size: page_asked(desk, view, actor, at, filters, begin, size=size)
    )
    reading = Reading(
        by=actor,
        at=at,
        name=f"{heading_beside(desk, labels)}: {TITLES[desk.kind][view]}",
        asked=_in_words(filters, labels),
        labels=labels,
        words=filters.words,
        knows_all=actor.may(Permission.TRIAGE),
        knows_named=desk.kind is DeskKind.UNIT or knows_named(actor),
        unit=labels.units.get(desk.unit_id, ""),
        shows_officer=desk.unit_id in actor.headed_unit_ids,
    )
    asked = {"desk": desk.kind.value, "view": view.value, **_as_facts(filters)}
    return send_list(whole, reading, asked, unit_id=desk.unit_id)


@door.post("/cari/unduh")
@limited(OFTEN, whose=person_asking)
@in_own_units
def download_found() -> Response:
    """What a search found."""
    actor, at, labels = _reader(), clock.now(), read_labels(language_now())
    filters = filters_asked()
    whole = read_whole(
        lambda begin, size: (
            search_page(actor, filters, begin=begin, size=size) if filters else Page([])
        )
    )
    reading = Reading(
        by=actor,
        at=at,
        name=str(_("Search results")),
        asked=_in_words(filters, labels),
        labels=labels,
        words=filters.words,
        knows_all=actor.may(Permission.TRIAGE),
        knows_named=knows_named(actor),
    )
    return send_list(whole, reading, {"desk": "search", **_as_facts(filters)})


def _reader() -> Actor:
    """Raises NotFound for whoever only administers: what they may have recorded themselves is no list of theirs."""
    if not current_user.reads_complaints:
        raise NotFound
    return current_actor()


def _in_words(filters: Filters, labels: Labels) -> list[tuple[str, str]]:
    """What each filter but the words is called and what it is set to; those that narrow nothing are left out."""

    def named(names: Mapping[int, str], row_id: int | None) -> str:
        return names.get(row_id, str(row_id)) if row_id else ""

    def said(code: str, kind: str) -> str:
        return word(code, kind) if code else ""

    is_ungraded = filters.grade == UNGRADED
    told = [
        (_("Grade"), _("not graded yet") if is_ungraded else said(filters.grade, "grade")),
        (_("Unit"), named(labels.units, filters.unit_id)),
        (_("Channel"), said(filters.channel, "channel")),
        (_("Kind"), said(filters.kind, "kind")),
        (_("Category"), named(labels.categories, filters.category_id)),
        (_("Place"), named(labels.places, filters.place_id)),
    ]
    return [(name, value) for name, value in told if value]


def _as_facts(filters: Filters) -> dict[str, Any]:
    """For the trail: the words that were looked for may name somebody, so only that there were any."""
    asked = asdict(filters)
    asked["searched"] = bool(asked.pop("words"))
    return {name: value for name, value in asked.items() if value}
