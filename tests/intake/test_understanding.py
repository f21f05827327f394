"""Every stored message ends with one fate, whatever fails in between and however many workers there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from helpdesk.intake import understanding
from helpdesk.intake.email import receive_mail
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.mail_outcome import Outcome, Reason
from helpdesk.intake.mail_reading import Arrived, read_arrived
from helpdesk.intake.understanding import MAX_ATTEMPTS, understand, understand_due
from helpdesk.lib import claims, clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.storage import get_storage
from helpdesk.tickets.ticket import Ticket
from tests.intake.mailing import compose, deposit, how_many, row_of
from tests.support.cast import Cast

POISON = "racun"


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail whose subject is the poison breaks the rules that decide about it."""
    honest = receive_mail

    def receive(row: Inbound, arrived: Arrived) -> Outcome:
        outcome = honest(row, arrived)
        if arrived.mail.subject == POISON:
            raise ZeroDivisionError("tidak bisa dibagi")
        return outcome

    monkeypatch.setattr(understanding, "receive_mail", receive)


def test_one_that_fails_goes_aside_and_the_others_go_on(cast: Cast, poison: None) -> None:
    bad = deposit(compose(subject=POISON))
    good = [deposit(compose(f"Ke-{one}.", subject=f"Ke-{one}")) for one in range(3)]
    assert understand_due(clock.now()) == 3
    assert [row_of(one).fate for one in good] == [Fate.OPENED] * 3
    row = row_of(bad)
    assert (row.fate, row.attempts) == ("", 1)
    assert row.error.startswith("could not be understood: ZeroDivisionError in ")
    assert "dibagi" not in row.error, "the words of a fault may quote the mail"
    assert row.look_at is not None
    assert row.look_at > clock.now()
    assert how_many(Ticket) == 3


def test_it_is_tried_at_growing_pauses_and_then_a_person_looks(cast: Cast, poison: None) -> None:
    bad, at, pauses = deposit(compose(subject=POISON)), clock.now(), []
    for _attempt in range(MAX_ATTEMPTS):
        with time_machine.travel(at, tick=False):
            understand_due(at)
        row = row_of(bad)
        if row.look_at is not None:
            pauses.append(row.look_at - at)
            at = row.look_at
    assert pauses == sorted(pauses)
    assert len(pauses) == MAX_ATTEMPTS - 1
    assert (row.fate, row.reason, row.look_at) == (Fate.QUARANTINED, Reason.FAULT, None)
    assert "ZeroDivisionError" in row.error
    assert how_many(Ticket) == 0


def test_what_was_mended_meanwhile_is_taken_up(
    cast: Cast, poison: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = deposit(compose(subject=POISON))
    understand(bad)
    monkeypatch.undo()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert understand(bad) is Fate.OPENED
    assert row_of(bad).error == ""


def test_a_mail_without_its_bytes_waits_for_a_person(cast: Cast) -> None:
    row_id, at = deposit(compose()), clock.now()
    get_storage().discard(row_of(row_id).raw_digest)
    for hours in range(MAX_ATTEMPTS):
        with time_machine.travel(at + timedelta(hours=2 * hours)):
            understand(row_id)
    assert (row_of(row_id).fate, row_of(row_id).reason) == (Fate.QUARANTINED, Reason.FAULT)


def test_a_mail_over_which_workers_die_is_not_tried_for_ever(cast: Cast) -> None:
    row_id, at = deposit(compose()), clock.now()
    for _death in range(MAX_ATTEMPTS - 1):
        _die_over(row_id)
        unit_of_work(
            lambda: db.session.execute(update(Inbound).values(attempts=Inbound.attempts + 1))
        )
    _die_over(row_id)
    with time_machine.travel(at + timedelta(hours=1)):
        assert understand(row_id) is Fate.QUARANTINED
    assert row_of(row_id).reason == Reason.FAULT


def test_a_worker_that_died_once_costs_nothing(cast: Cast) -> None:
    row_id = deposit(compose())
    _die_over(row_id)
    assert understand(row_id) is None
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert understand(row_id) is Fate.OPENED
    assert how_many(Ticket) == 1


def _die_over(row_id: int) -> None:
    """Claim the row and never come back."""

    def let_go() -> None:
        db.session.execute(update(Inbound).values(leased_until=clock.now() - timedelta(seconds=1)))

    unit_of_work(let_go)
    assert claims.claim(Inbound, row_id, clock.now(), understanding.LEASE)


def test_a_worker_that_lost_its_claim_writes_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row_id = deposit(compose())
    read = read_arrived

    def slow(row: Inbound) -> Arrived:
        arrived = read(row)
        monkeypatch.setattr(understanding, "read_arrived", read)
        with time_machine.travel(clock.now() + timedelta(minutes=6)):
            understand(row_id)  # another worker, after the lease ran out
        return arrived

    monkeypatch.setattr(understanding, "read_arrived", slow)
    assert understand(row_id) is Fate.OPENED
    assert how_many(Ticket) == 1


@pytest.mark.parametrize("copies", [1, 2], ids=["one mail", "two copies"])
def test_two_workers_open_one_ticket(app: Flask, cast: Cast, copies: int) -> None:
    raw = compose()
    ids = [deposit(raw) for _copy in range(copies)]
    db.session.rollback()

    def work(row_id: int) -> None:
        with app.app_context():
            understand(row_id)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, ids * (4 // copies)))
    assert how_many(Ticket) == 1
    fates = sorted(row_of(one).fate for one in ids)
    assert fates == ["opened"] if copies == 1 else ["copy", "opened"]


def test_inside_a_unit_nothing_is_understood(cast: Cast) -> None:
    row_id = deposit(compose())
    with pytest.raises(RuntimeError):
        unit_of_work(lambda: understand(row_id))


def test_what_is_not_there_is_said(cast: Cast) -> None:
    with pytest.raises(LookupError):
        understand(4711)
