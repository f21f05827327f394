"""Improvements for the gallery: one that is late, and one that is done and waits for somebody to look at its effect."""

from __future__ import annotations

from datetime import timedelta

from helpdesk.accounts.standing_in import today
from helpdesk.improvements.linking import link_ticket
from helpdesk.improvements.planning import Plan, begin_improvement
from helpdesk.improvements.progress import finish_improvement
from helpdesk.lib.database import unit_of_work
from tests.support.cast import Cast


def hang_improvements(cast: Cast, number: str) -> dict[str, object]:
    """Both of the pharmacy, on a stage more than five days ago; the one that is done came from *number*."""

    def unit() -> dict[str, object]:
        by, pharmacy = cast.actor("ratih"), cast.unit_ids["farmasi"]
        late = Plan(
            "Stok minimum sirup anak dihitung ulang dari pemakaian tiga bulan terakhir",
            "Akar masalah: stok minimum belum memicu pesanan.\nBatasnya dihitung ulang.",
            cast.category_ids["obat"], pharmacy, pharmacy, today() + timedelta(days=5), cast.user_ids["budi"],
        )  # fmt: skip
        done = Plan("Pemasok kedua", "Kontrak.", late.category_id, pharmacy, pharmacy, late.due_on)
        improvements = [begin_improvement(plan, by=by) for plan in (late, done)]
        link_ticket(improvements[1], cast.ticket(number, "ratih"), by=by)
        finish_improvement(improvements[1], "Kontrak ditandatangani.", today(), by=by)
        return {"improvement": improvements[0].id, "improvement_done": improvements[1].id}

    return unit_of_work(unit)
