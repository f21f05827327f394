"""How units fare is counted by disposition, however often an answer went back and forth."""

from __future__ import annotations

import time_machine

from helpdesk.lib import clock
from helpdesk.monitoring.period import Month
from helpdesk.monitoring.units import unit_records
from helpdesk.tickets.answering import return_answer
from tests.support.cast import Cast
from tests.tickets.steps import FRIDAY, dispose, send_back, submit, work_of


@time_machine.travel(FRIDAY, tick=False)
def test_one_disposition_sent_back_is_one_however_many_rounds_it_had(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    submit(cast, number, "budi")
    cast.act(
        "sari",
        number,
        lambda t, by: return_answer(work_of(t, cast.actor("budi")), "Buktinya?", by=by),
    )
    send_back(cast, number, "budi")
    (record,) = unit_records(cast.actor("hanifah"), Month(2026, 11), clock.now())
    assert (record.dispositions, record.returned) == (1, 1)
