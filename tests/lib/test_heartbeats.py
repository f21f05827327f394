"""Each job's last run is known, and a slot is taken once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from helpdesk.lib.database import unit_of_work
from helpdesk.lib.heartbeats import all_beats, beat, take_slot

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_a_good_run(app: Flask) -> None:
    with app.app_context(), time_machine.travel(AT, tick=False) as travel:
        with beat("outbox"):
            assert all_beats()[0].last_started_at == AT
            travel.shift(timedelta(seconds=3))
        (row,) = all_beats()
        assert (row.job, row.runs, row.is_failing) == ("outbox", 1, False)
        assert row.last_ended_at == row.last_ok_at == AT + timedelta(seconds=3)


def test_a_fault_is_recorded_without_its_values_and_goes_on(app: Flask) -> None:
    with app.app_context():
        with beat("sweep"):
            pass
        with pytest.raises(ValueError, match="3273024508900000"), beat("sweep"):
            raise ValueError("bad NIK 3273024508900000")
        (row,) = all_beats()
        assert row.is_failing
        assert row.runs == 2
        assert row.last_error.startswith("ValueError in helpdesk.")
        assert "3273" not in row.last_error
        assert row.last_ok_at is not None
        with beat("sweep"):
            pass
        assert not all_beats()[0].is_failing


def test_a_connection_fault_tells_why(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ConnectionRefusedError), beat("mail"):
            raise ConnectionRefusedError(111, "Connection refused")
        assert all_beats()[0].last_error.endswith("Connection refused")


def test_a_slot_is_taken_once_and_returned_by_a_rollback(app: Flask) -> None:
    def fail() -> None:
        assert take_slot("summary", "2026-11")
        raise LookupError

    with app.app_context():
        with pytest.raises(LookupError):
            unit_of_work(fail)
        assert unit_of_work(lambda: take_slot("summary", "2026-11"))
        assert not unit_of_work(lambda: take_slot("summary", "2026-11"))
        assert unit_of_work(lambda: take_slot("summary", "2026-12"))
        with pytest.raises(RuntimeError, match="unit of work"):
            take_slot("summary", "2027-01")
