"""What a summary says of improvements: what stood at the end of its period, and nobody's name."""

from __future__ import annotations

from datetime import UTC, date, datetime

import time_machine
from flask_babel import force_locale

from helpdesk.improvements import access
from helpdesk.improvements.planning import Plan, begin_improvement
from helpdesk.improvements.progress import finish_improvement
from helpdesk.lib.database import unit_of_work
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.summaries.improving import improvement_lines
from tests.support.cast import Cast


def test_a_summary_says_what_stood_at_the_end_of_its_period(cast: Cast) -> None:
    obat, farmasi = cast.category_ids["obat"], cast.unit_ids["farmasi"]

    def begun(title: str, due_on: date, done_on: date | None, who: str = "") -> None:
        pic = cast.user_ids[who] if who else None
        with time_machine.travel("2026-09-10T03:00:00+00:00", tick=False):
            plan = Plan(title, "Diperbaiki.", obat, farmasi, farmasi, due_on, pic)
            one = unit_of_work(lambda: begin_improvement(plan, by=cast.actor("ratih")))
        if done_on:
            with time_machine.travel(f"{done_on}T03:00:00+00:00", tick=False):
                unit_of_work(lambda: finish(one.id, done_on))

    def finish(id_: int, done_on: date) -> None:
        one = access.find_to_change(cast.actor("ratih"), id_)
        finish_improvement(one, "Sudah.", done_on, by=cast.actor("ratih"))

    begun("Terlambat", date(2026, 10, 20), date(2026, 11, 5), who="budi")
    begun("Berjalan", date(2026, 12, 1), None)
    begun("Selesai", date(2026, 10, 20), date(2026, 10, 18))
    begun("Selesai dulu", date(2026, 9, 20), date(2026, 9, 18))
    at = datetime(2026, 11, 20, 3, tzinfo=UTC)
    with time_machine.travel(at, tick=False), force_locale("id"):
        lines = improvement_lines(
            Period(2026, 10), at, None, {farmasi: "Farmasi"}, {obat: "Obat dan farmasi"}
        )
    said = [(one.title, one.state, one.is_late, one.done_on, one.position) for one in lines]
    assert said == [
        ("Terlambat", "under_way", True, None, "Petugas unit"),
        ("Berjalan", "planned", False, None, "Kepala unit"),
        ("Selesai", "done", False, date(2026, 10, 18), "Kepala unit"),
    ]
    assert (lines[-1].since, lines[-1].since_days) == (0, 33)
