"""Building a summary: gather, draw, write the workbook; each step kept before the next begins.

One builder holds a summary at a time. When it dies its lease runs out, and the next one goes on with
the figures that are stored already; so a summary is never of two moments. Drawing happens outside any
transaction, and its bytes are on the disk before the row names them.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from helpdesk.accounts.actor import Actor
from helpdesk.lib import claims, clock
from helpdesk.lib.database import db, in_transaction, unit_of_work
from helpdesk.lib.logs import place_of
from helpdesk.lib.storage import get_storage
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.summaries.asking import (
    Wanted,
    ask_for_summary,
    find_summary,
    paper_of,
    period_of,
)
from helpdesk.monitoring.summaries.drawing import draw_pdf
from helpdesk.monitoring.summaries.facts import SummaryFacts, to_json
from helpdesk.monitoring.summaries.gathering import gather
from helpdesk.monitoring.summaries.registering import MOST
from helpdesk.monitoring.summaries.schedule import tell_readers
from helpdesk.monitoring.summaries.summary import Status, Summary
from helpdesk.monitoring.summaries.workbook import make_workbook

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # a year of a large house is drawn in one
ATTEMPTS = 3
PAUSE = timedelta(minutes=1)  # a full disk or a database away does not heal at once
GATHERED, DRAWN, DONE = 40, 80, 100  # per cent
READINGS = 3


class LostClaim(Exception):
    """Another builder has taken the summary over; what this one made is left unwritten."""


def build_due(at: datetime, limit: int = 2) -> int:
    """Build what waits at *at*, at most *limit* summaries; returns how many were finished.

    Opens its units itself; raises RuntimeError inside one.
    """
    if in_transaction():
        raise RuntimeError("a summary is built outside any unit of work")
    return sum(build(summary_id) for summary_id in claims.candidates(Summary, at, limit))


def build(summary_id: int) -> bool:
    """Claim the summary and build it to its end; False when somebody else has it, or it failed.

    A fault is logged and written on the row; the third one is the last.
    """
    was_left = claims.was_left(Summary, summary_id)
    token = claims.claim(Summary, summary_id, clock.now(), LEASE)
    if token is None:
        return False
    try:
        if was_left:
            _count_death(summary_id, token)
        _build(summary_id, token)
    except LostClaim:
        log.warning("another worker took the summary over", extra={"summary_id": summary_id})
        return False
    except Exception as fault:  # the row has it, and the next summary must not wait for this one
        log.exception("the summary could not be built", extra={"summary_id": summary_id})
        _set_aside(summary_id, token, fault)
        return False
    return True


def build_now(wanted: Wanted, *, by: Actor) -> Summary:
    """Ask for a summary and build it here, by the same steps; a fault is written down and goes on up.

    It is claimed in the unit that asks, so that no worker takes it meanwhile; should this process
    die, one will.
    """
    token = str(uuid4())

    def ask() -> int:
        summary = ask_for_summary(wanted, by=by)
        summary.lease_token, summary.leased_until = token, clock.now() + LEASE
        return summary.id

    summary_id = unit_of_work(ask)
    try:
        _build(summary_id, token)
    except Exception as fault:
        _set_aside(summary_id, token, fault)
        raise
    return find_summary(summary_id)


def gathered(summary: Summary, at: datetime) -> SummaryFacts:
    """The facts as of *at*, counted anew when somebody wrote between two of the readings.

    Figures come from the sums of whole days, the register from the rows: the two are held against
    each other before anything is printed. Raises RuntimeError when they never agree.
    """
    period = period_of(summary)
    for _reading in range(READINGS):
        settle_days(at)
        facts = gather(period, at, unit_id=summary.unit_id, language=summary.language)
        if _agrees(facts):
            return facts
        at = clock.now()
    raise RuntimeError("the register and the figures of the summary do not agree")


def _build(summary_id: int, token: str) -> None:
    summary = find_summary(summary_id)
    _step(summary_id, token, status=Status.BUILDING.value)
    if summary.progress < GATHERED:
        facts = to_json(gathered(summary, clock.now()))
        _step(summary_id, token, facts=facts, progress=GATHERED)
    paper = paper_of(summary_id)
    db.session.close()  # drawing takes its time and needs no connection
    pdf = get_storage().put(draw_pdf(paper))
    _step(summary_id, token, pdf_digest=pdf, progress=DRAWN)
    xlsx = get_storage().put(make_workbook(paper))
    _finish(summary_id, token, xlsx)


def _agrees(facts: SummaryFacts) -> bool:
    """Does every complaint that was counted stand in the register, judged alike, or every one that may stand in it?"""
    promise = facts.now.promise
    counted = Counter(missed=promise.missed)
    if not facts.lists_only_late:
        counted.update(kept=promise.kept, pending=promise.pending, left=promise.left)
    listed = Counter(line.outcome for line in facts.register)
    return counted == listed or (facts.lists_only_late and len(facts.register) >= MOST)


def _step(summary_id: int, token: str, **values: Any) -> None:
    """Write *values* and hold the claim for another while. Raises LostClaim."""

    def write(summary: Summary) -> None:
        summary.leased_until = clock.now() + LEASE
        for name, value in values.items():
            setattr(summary, name, value)

    _write(summary_id, token, write)


def _finish(summary_id: int, token: str, xlsx: str) -> None:
    def write(summary: Summary) -> None:
        summary.xlsx_digest = xlsx
        summary.status, summary.progress = Status.READY.value, DONE
        summary.error = ""
        tell_readers(summary)
        claims.settle(Summary, summary_id, token)

    _write(summary_id, token, write)


def _count_death(summary_id: int, token: str) -> None:
    """Let a builder that never came back count as a try; raises DiedOverIt where it was the last one."""

    def write(summary: Summary) -> None:
        if summary.attempts + 1 >= ATTEMPTS:
            raise claims.DiedOverIt
        summary.attempts += 1

    _write(summary_id, token, write)


def _set_aside(summary_id: int, token: str, fault: Exception) -> None:
    def write(summary: Summary) -> None:
        summary.attempts += 1
        summary.error = place_of(fault)
        is_over = summary.attempts >= ATTEMPTS
        summary.status = (Status.FAILED if is_over else Status.WAITING).value
        next_look = None if is_over else clock.now() + PAUSE
        claims.settle(Summary, summary_id, token, look_at=next_look)

    try:
        _write(summary_id, token, write)
    except LostClaim:
        log.warning("another worker took the summary over", extra={"summary_id": summary_id})


def _write(summary_id: int, token: str, change: Callable[[Summary], None]) -> None:
    def unit() -> None:
        if not claims.still_mine(Summary, summary_id, token):
            raise LostClaim
        change(db.session.get_one(Summary, summary_id, populate_existing=True))

    unit_of_work(unit)
