"""A small October as the house lived it, for whatever is counted and summed up."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine

from helpdesk.accounts.organisation import Organisation
from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets import dispositions
from helpdesk.tickets.dispositions import UnitAnswer
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.states import Access, Grade, Kind, Root, Status
from tests.support.cast import Cast
from tests.tickets.steps import answer, approve, dispose, follow_up, sweep, work_of

OCTOBER = datetime.fromisoformat("2026-10-05T03:00:00+00:00")  # Monday, 10.00 WIB
NOVEMBER = "2026-11-02T01:00:00+00:00"  # 08.00 WIB
CAUSE, ACTION = "Stok minimum belum memicu pesanan", "Batas stok minimum diperbarui"


def live_through(cast: Cast) -> dict[str, str]:
    """Eight matters of October; their numbers by name.

    Two kept (one of them with Farmasi), one missed there, one restricted and missed, one spam; a
    suggestion; and two of the last day, a green one not yet due and one that nobody has verified.
    """
    numbers: dict[str, str] = {}
    with time_machine.travel(OCTOBER, tick=False):
        unit_of_work(_sign)
        for name in ("kept", "stock", "late"):
            said, where = f"Keluhan {name}: obat sirup habis.", cast.place_ids["farmasi"]
            numbers[name] = cast.complain(said, place_id=where).number
            cast.triage(numbers[name], Grade.GREEN, title=f"Perihal {name}")
        numbers["secret"] = cast.complain("Dokter X memaki saya, nama saya Wati Rahasia.").number
        cast.triage(
            numbers["secret"],
            Grade.RED,
            title="Dokter memaki pasien",
            access=Access.RESTRICTED,
            reader_ids=[cast.user_ids["ratih"]],
        )
        numbers["spam"] = cast.complain("Pinjaman cepat cair!").number
        cast.act(
            "sari",
            numbers["spam"],
            lambda t, by: leave_by_exit(t, Status.SPAM, "Iklan pinjaman.", by=by),
        )
        numbers["idea"] = cast.complain("Tambah kursi di lobi.", kind=Kind.SUGGESTION).number
    with time_machine.travel(OCTOBER + timedelta(hours=20), tick=False):
        dispose(cast, numbers["stock"], "farmasi")
        dispose(cast, numbers["late"], "farmasi")
        _found(cast, numbers["stock"])
        approve(cast, numbers["stock"])
        for name in ("kept", "stock"):
            follow_up(cast, numbers[name])
            answer(cast, numbers[name])
    with time_machine.travel(OCTOBER + timedelta(days=26), tick=False):  # Saturday the 31st
        numbers["young"] = cast.complain("Lift macet.").number
        cast.triage(numbers["young"], Grade.GREEN, title="Lift macet")
        numbers["unread"] = cast.complain("Nama saya Wati, anak saya jatuh.").number
    with time_machine.travel(NOVEMBER, tick=False):
        sweep()
    return numbers


def _found(cast: Cast, number: str) -> None:
    said = UnitAnswer(
        findings="Stok habis.",
        root_cause=Root.SUPPLY,
        root_cause_text=CAUSE,
        corrective_action=ACTION,
    )
    cast.act("budi", number, lambda t, by: dispositions.submit_answer(work_of(t, by), said, by=by))


def _sign() -> None:
    here = db.session.get_one(Organisation, 1)
    here.signatory_name, here.signatory_title = "dr. Hanifah", "Direktur"
    here.letter_code, here.letter_initials = "HM.02", "RSIA-C"
