"""Several workers, and workers that die: one row for each message, and none without one."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from functools import partial
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import event

from config import Settings
from helpdesk.intake import mailbox_reading
from helpdesk.intake.fetching import fetch_due
from helpdesk.lib import clock
from helpdesk.lib.clients.imap import ImapFolder
from helpdesk.lib.database import db
from tests.support.postboxes import Postbox, letter
from tests.support.processes import crew, meet, together

LETTERS = [letter(f"Keluhan {number:02}") for number in range(12)]


def fetch_beside_another() -> int:
    meet()
    return fetch_due(clock.now())


def look_without_a_lease(mailbox_id: int) -> int:
    """As two do when one was so slow that its lease ran out."""
    meet()
    return mailbox_reading.look_into(mailbox_id, clock.now()).stored


def die_before_the_mark(mailbox_id: int) -> None:
    def die(self: ImapFolder, uids: Sequence[int]) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with mock.patch.object(ImapFolder, "mark_seen", die):
        mailbox_reading.look_into(mailbox_id, clock.now())


def die_at_a_commit(moment: str, mailbox_id: int) -> None:
    """Be killed right before or right after the commit of the fourth message."""
    commits = 0

    @event.listens_for(db.session, moment)
    def _die(_session: Any) -> None:
        nonlocal commits
        commits += 1
        if commits == 6:
            os.kill(os.getpid(), signal.SIGKILL)

    mailbox_reading.look_into(mailbox_id, clock.now())


@pytest.fixture
def full(box: Postbox) -> Postbox:
    """Twelve messages wait."""
    for raw in LETTERS:
        box.on_server.deliver(raw)
    return box


def test_two_workers_at_once(full: Postbox, settings: Settings) -> None:
    told = together(settings, [fetch_beside_another] * 2)
    assert sorted(told) == [0, len(LETTERS)], "one holds the lease, the other finds nothing to do"
    assert full.arrived() == LETTERS


def test_two_who_both_believe_that_they_hold_it(full: Postbox, settings: Settings) -> None:
    told = together(settings, [partial(look_without_a_lease, full.row_id)] * 2)
    assert sum(told) == len(LETTERS)
    assert sorted(full.arrived()) == LETTERS
    assert full.on_server.unseen() == []


@pytest.mark.parametrize(
    "death",
    [
        die_before_the_mark,
        partial(die_at_a_commit, "before_commit"),
        partial(die_at_a_commit, "after_commit"),
    ],
)
def test_a_worker_killed_in_the_middle(full: Postbox, settings: Settings, death: Any) -> None:
    with crew(settings, [partial(death, full.row_id)]) as (victim,):
        assert victim.was_killed
    stored = len(full.arrived())
    assert full.on_server.unseen() == LETTERS, "nothing was marked"
    assert full.fetch() == len(LETTERS) - stored
    assert sorted(full.arrived()) == LETTERS
    assert full.on_server.seen() == LETTERS
    assert full.fetch() == 0
