"""What is settled in the house this morning: a copy to be read, more time asked for, and who is ill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from helpdesk.accounts.leaves import enter_leave
from helpdesk.accounts.standing_in import today
from helpdesk.demo.cast import head_of
from helpdesk.demo.hospital import Hospital
from helpdesk.demo.life import Life
from helpdesk.lib.clock import standing_at
from helpdesk.tickets.dispositions import Instruction, dispose_ticket
from helpdesk.tickets.more_time import ask_for_time
from helpdesk.tickets.states import Phrase

_PHARMACY = "farmasi"
_CONCERNS_THE_PHARMACY, _TAKES_LONGER = "infus-bengkak", "racikan-dua-jam"
_WHY = "Data penyiapan puyer bulan ini baru lengkap lusa; setelah itu jawaban kami susun."


def settle_among_units(lives: Sequence[Life], now: datetime) -> None:
    """Inside the caller's unit of work."""
    for life in _open_today(lives, _CONCERNS_THE_PHARMACY):
        copy = Instruction(
            unit_id=life.hospital.unit_ids[_PHARMACY], phrases=(Phrase.FOR_INFORMATION,)
        )
        with standing_at(now - timedelta(minutes=35)):
            dispose_ticket(life.ticket, [copy], by=life.desk)
    for life in _open_today(lives, _TAKES_LONGER):
        work = life.ticket.dispositions[0]
        until = max(now, work.due_at or now) + timedelta(days=2)
        with standing_at(now - timedelta(minutes=30)):
            ask_for_time(work, until, _WHY, by=life.staff(head_of(_PHARMACY)))


def fall_ill(hospital: Hospital, now: datetime) -> None:
    """The technician is ill for three days: the head of the unit noted it and stands in."""
    ill, head = "rudi", head_of("sarana")
    with standing_at(now):
        enter_leave(
            hospital.user_ids[ill],
            today(),
            today() + timedelta(days=2),
            hospital.user_ids[head],
            by=hospital.actor(head),
        )


def _open_today(lives: Sequence[Life], story: str) -> Iterator[Life]:
    return (
        life
        for life in lives
        if life.has_begun and life.plan.sample.code == story and life.ticket.state.is_worked_on
    )
