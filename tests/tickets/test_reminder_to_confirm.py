"""Where the house wishes it, a complainant who has not said whether it is done is asked once more before the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import time_machine
from flask import Flask

from helpdesk.accounts.actor import Actor
from helpdesk.lib.database import unit_of_work
from helpdesk.messaging.outbox import messages_about
from helpdesk.sla import policies
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets.states import Closing
from tests.support.cast import Cast
from tests.tickets.steps import answer, follow_up, row_of, sweep
from tests.web.browsing import plain
from tests.web.workbench import Browser


def wish_a_reminder() -> None:
    """After seven of the ten working days; the shipped rules have none."""

    def unit() -> None:
        version = policies.last_published()
        assert version is not None
        rules = [
            replace(rule, warn_share=0.7) if rule.clock is ClockKind.CONFIRM else rule
            for rule in policies.rules_of(version.id)
        ]
        policies.publish_version(rules, by=Actor.system())

    unit_of_work(unit)


def test_silence_is_broken_once_and_then_means_yes(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    wish_a_reminder()
    number = cast.complain().number
    cast.triage(number)
    follow_up(cast, number)
    answer(cast, number, by="ratih")
    told = len(messages_about("ticket", row_of(number).id))
    traveller.shift(timedelta(days=11))  # the eighth working day
    sweep()
    (reminder,) = messages_about("ticket", row_of(number).id)[told:]
    assert (reminder.event, reminder.recipient_kind) == ("confirm_reminder", "complainant")
    sweep()
    assert len(messages_about("ticket", row_of(number).id)) == told + 1
    page = cast.sign_in(Browser(app), "sari").get(f"/kerja/tiket/{number}")
    assert "Tinggal beberapa hari bagi pelapor" in plain(page.text)
    traveller.shift(timedelta(days=5))
    sweep()
    assert row_of(number).closing == Closing.ASSUMED
