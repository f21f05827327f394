"""Numbers count up without gaps; a rollback returns what it took."""

import pytest
from flask import Flask

from helpdesk.lib.database import unit_of_work
from helpdesk.lib.sequences import take_next


def test_every_sequence_counts_from_one(app: Flask) -> None:
    with app.app_context():
        taken = [unit_of_work(lambda: take_next("ticket/2026")) for _ in range(3)]
        other = unit_of_work(lambda: take_next("ticket/2027"))
    assert taken == [1, 2, 3]
    assert other == 1


def test_several_numbers_in_one_unit(app: Flask) -> None:
    with app.app_context():
        assert unit_of_work(lambda: [take_next("letter"), take_next("letter")]) == [1, 2]


def test_a_rollback_returns_the_number(app: Flask) -> None:
    def fail() -> None:
        take_next("ticket/2026")
        raise LookupError

    with app.app_context():
        for _ in range(2):
            with pytest.raises(LookupError):
                unit_of_work(fail)
            unit_of_work(lambda: take_next("ticket/2026"))
        assert unit_of_work(lambda: take_next("ticket/2026")) == 3


def test_a_number_needs_a_unit_of_work(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="unit of work"):
        take_next("ticket/2026")


def test_a_name_that_would_be_cut_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="64"):
        unit_of_work(lambda: take_next("x" * 65))
