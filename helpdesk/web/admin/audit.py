"""The audit trail: who did what, newest first, and the search through it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import chain
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk.accounts import staff
from helpdesk.accounts.organisation import local_zone
from helpdesk.audit.search import NOBODY, Search, find_entries
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.words import language_now
from helpdesk.tickets.audited import ids_of_number, numbers_of
from helpdesk.tickets.labels import read_labels
from helpdesk.web.admin import door
from helpdesk.web.admin.audit_details import Names, changes_of, ids_in
from helpdesk.web.admin.audit_words import ACTS, SUBJECTS
from helpdesk.web.typed import day_typed, tidy, whole_number

PAGE = 50


@dataclass(frozen=True)
class Asked:
    """What stands in the address, as the form shows it again; what cannot be understood is empty."""

    who: int | None
    act: str
    kind: str
    number: str
    from_on: date | None
    until_on: date | None

    @property
    def as_address(self) -> dict[str, Any]:
        """The same for the address of the next page."""
        said = {
            "siapa": self.who,
            "tindakan": self.act,
            "perihal": self.kind,
            "nomor": self.number,
            "dari": self.from_on,
            "sampai": self.until_on,
        }
        return {name: value for name, value in said.items() if value not in (None, "")}

    @property
    def search(self) -> Search:
        """The same as the trail takes it; the last day counts whole, in the organisation's zone."""
        return Search(
            actor_id=self.who,
            act=self.act,
            subject_kind=self.kind,
            subject_ids=_ids_of(self.kind, self.number) if self.kind and self.number else None,
            from_at=_begin_of(self.from_on),
            until_at=_begin_of(self.until_on + timedelta(days=1)) if self.until_on else None,
        )


@door.get("/jejak-audit")
def audit_trail() -> ResponseReturnValue:
    """A page of the trail, of what is looked for."""
    asked = _asked()
    before = whole_number(request.args.get("sebelum"))
    rows = find_entries(asked.search, before_id=before, limit=PAGE + 1)
    names = _names(rows[:PAGE])
    more = {"sebelum": rows[PAGE - 1].id, **asked.as_address} if len(rows) > PAGE else None
    return render_template(
        "admin/audit.html",
        entries=rows[:PAGE],
        asked=asked,
        next_url=url_for("admin.audit_trail", **more) if more else None,
        first_url=url_for("admin.audit_trail", **asked.as_address) if before else None,
        people=staff.list_users(),
        nobody=NOBODY,
        acts=ACTS,
        subjects=SUBJECTS,
        changes_of=partial(changes_of, names=names),
        concerning=partial(_concerning, names=names),
    )


def _names(entries: Iterable[AuditEntry]) -> Names:
    """What people call the things that *entries* name, by kind and id."""
    ids = defaultdict(set)
    for kind, id_ in chain.from_iterable(map(ids_in, entries)):
        ids[kind].add(id_)
    labels = read_labels(language_now(), user_ids=ids["user"])
    return {
        "unit": labels.units,
        "category": labels.categories,
        "place": labels.places,
        "user": labels.people,
        "ticket": numbers_of(ids["ticket"]),
    }


def _asked() -> Asked:
    act, kind = request.args.get("tindakan", ""), request.args.get("perihal", "")
    number = tidy(request.args.get("nomor"))[:40]
    return Asked(
        who=whole_number(request.args.get("siapa")),
        act=act if act in ACTS else "",
        # a number alone can only be that of a complaint: other things have none that is known
        kind=kind if kind in SUBJECTS else "ticket" if number else "",
        number=number,
        from_on=day_typed(request.args.get("dari")),
        until_on=day_typed(request.args.get("sampai")),
    )


def _begin_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, local_zone())


def _ids_of(kind: str, number: str) -> Sequence[int]:
    """The ids that *number* may mean: a complaint's number, or the id as the list shows it."""
    shown = whole_number(number)
    ids = [] if shown is None else [shown]
    return [*ids, *ids_of_number(number)] if kind == "ticket" else ids


_ONLY_ONE = frozenset({"organisation", "mail_relay", "whatsapp_line", "summary_settings"})


def _concerning(entry: AuditEntry, names: Names) -> str:
    kind, id_ = entry.subject_kind, entry.subject_id
    word = str(SUBJECTS.get(kind, kind))
    if id_ is None or kind in _ONLY_ONE:
        return word
    name = names.get(kind, {}).get(id_)
    return name if name and kind == "user" else f"{word} {name or id_}"
