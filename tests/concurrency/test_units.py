"""Units of work that meet: the whole function runs again, and never acts on what it read before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError

from config import Settings
from helpdesk.lib.database import ATTEMPTS, db, unit_of_work
from helpdesk.lib.sequences import Sequence, take_next
from tests.support.processes import meet, together

MANY = 12


def embrace(first: str, second: str) -> int:
    """Lock *first*, meet who has locked *second*, and ask for it; returns how often the function ran."""
    runs = 0

    def unit() -> None:
        nonlocal runs
        runs += 1
        take_next(first)
        if runs == 1:
            meet()
        take_next(second)

    unit_of_work(unit)
    return runs


def hold_until_refused() -> int:
    """Keep the lock until the other has been refused it once."""

    def unit() -> int:
        number = take_next("coveted")
        meet()  # it is ours
        meet()  # the other was refused
        return number

    number = unit_of_work(unit)
    meet()  # it is free
    return number


def insist() -> tuple[int, int]:
    """Ask for the lock without patience; returns the number and how often the function ran."""
    lose_patience()
    runs = 0
    meet()

    def unit() -> int:
        nonlocal runs
        runs += 1
        if runs == 2:
            meet()
            meet()
        return take_next("coveted")

    return unit_of_work(unit), runs


def ask_in_vain() -> int:
    """Ask for a lock that is never given; returns how often the function ran before it gave up."""
    lose_patience()
    runs = 0
    meet()

    def unit() -> None:
        nonlocal runs
        runs += 1
        take_next("coveted")

    with pytest.raises(OperationalError):
        unit_of_work(unit)
    meet()
    meet()
    return runs


def lose_patience() -> None:
    """Connections of this process are refused at once instead of waiting for a lock."""
    impatience = {
        "sqlite": "PRAGMA busy_timeout = 0",
        "mysql": "SET SESSION innodb_lock_wait_timeout = 0",
    }[db.engine.dialect.name]

    @event.listens_for(db.engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(impatience)
        cursor.close()

    db.session.remove()
    db.engine.dispose()  # of connections made before


def count_by_hand() -> None:
    """Read, add one, write: loses a count unless the unit is alone with the row."""
    for _ in range(MANY):
        unit_of_work(_add_one)


def _add_one() -> None:
    row = db.session.scalars(
        select(Sequence).where(Sequence.name == "counted").with_for_update()
    ).one()
    row.last += 1


@pytest.mark.engines("mariadb")  # on SQLite the second does not begin before the first is done
def test_a_deadlock_reruns_the_whole_function(app: Flask, settings: Settings) -> None:
    runs = together(settings, [partial(embrace, "x", "y"), partial(embrace, "y", "x")])
    assert sorted(runs) == [1, 2]
    assert last_of(app, "x") == last_of(app, "y") == 2


def test_a_lock_not_given_in_time_reruns_the_whole_function(app: Flask, settings: Settings) -> None:
    jobs: list[Callable[[], Any]] = [hold_until_refused, insist]
    held, (number, runs) = together(settings, jobs)
    assert (held, number, runs) == (1, 2, 2)


def test_after_four_runs_it_gives_up_and_has_changed_nothing(
    app: Flask, settings: Settings
) -> None:
    jobs: list[Callable[[], Any]] = [hold_until_refused, ask_in_vain]
    assert together(settings, jobs) == [1, ATTEMPTS]
    assert last_of(app, "coveted") == 1


def test_nobody_overwrites_what_another_wrote(app: Flask, settings: Settings) -> None:
    with app.app_context():
        unit_of_work(lambda: db.session.add(Sequence(name="counted", last=0)))
    together(settings, [count_by_hand] * 4)
    assert last_of(app, "counted") == 4 * MANY


def test_a_unit_reads_anew_what_an_earlier_unit_had_in_its_hands(app: Flask) -> None:
    """A sweep runs hundreds of units in one session; what lives on in memory must not be believed."""
    with app.app_context():
        unit_of_work(lambda: db.session.add(Sequence(name="counted", last=0)))
        kept = unit_of_work(lambda: db.session.get_one(Sequence, "counted"))

        elsewhere = Thread(target=_set_elsewhere, args=(app, 41))
        elsewhere.start()
        elsewhere.join()

        unit_of_work(_add_one)
        assert kept.last == 42


def _set_elsewhere(app: Flask, last: int) -> None:
    with app.app_context():
        unit_of_work(lambda: db.session.execute(update(Sequence).values(last=last)))


def last_of(app: Flask, name: str) -> int | None:
    with app.app_context():
        return db.session.scalar(select(Sequence.last).where(Sequence.name == name))
