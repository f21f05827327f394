"""Of which work the unit must name the cause: of what it is asked to solve or to clarify."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from helpdesk.tickets.dispositions import Instruction, dispose_ticket
from helpdesk.tickets.states import Phrase
from tests.support.cast import Cast
from tests.tickets.steps import FRIDAY
from tests.web.workbench import act_url, person, send


@time_machine.travel(FRIDAY, tick=False)
@pytest.mark.parametrize(
    ("phrase", "is_needed"),
    [
        (Phrase.SOLVE, True),
        (Phrase.CLARIFY, True),
        (Phrase.ADVISE, False),
        (Phrase.DRAFT_ANSWER, False),
    ],
)
def test_the_cause_is_asked_of_whoever_solves_or_clarifies(
    app: Flask, cast: Cast, phrase: Phrase, is_needed: bool
) -> None:
    number = cast.complain().number
    cast.triage(number)
    asked = [Instruction(unit_id=cast.unit_ids["farmasi"], phrases=[phrase])]
    cast.act("sari", number, lambda t, by: dispose_ticket(t, asked, by=by))
    [work] = cast.ticket(number).dispositions
    budi, url = person(app, cast, "budi"), act_url(number, "jawaban", work.id)
    answered = send(budi, url, findings="Sudah kami periksa.", root_cause="")
    assert answered.status_code == (422 if is_needed else 302)
