"""What is remembered is never older than the last change that was committed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from helpdesk.accounts.organisation import organisation
from helpdesk.audit import trail
from helpdesk.lib.database import take_back, unit_of_work
from helpdesk.lib.remembered import remembered
from tests.support.cast import Cast


def reader(values: list[str]) -> Callable[[], str]:
    return lambda: values.pop(0)


def test_it_is_read_once_for_each_edition(app: Flask) -> None:
    with app.app_context():
        read = reader(["old", "new"])
        assert [remembered("name", edition, read) for edition in (7, 7, 8, 8)] == [
            *("old", "old"),
            *("new", "new"),
        ]


def test_what_a_unit_of_work_reads_is_not_kept_because_it_may_be_rolled_back(app: Flask) -> None:
    with app.app_context():
        read = reader(["not committed", "committed"])
        unit_of_work(lambda: remembered("name", 7, read))
        assert remembered("name", 7, read) == "committed"


def test_what_may_serve_in_a_unit_is_put_down_once_it_has_committed(app: Flask) -> None:
    read = reader(["rolled back", "committed", "never asked for"])
    seen: list[str] = []

    def look() -> None:
        seen.append(remembered("name", 7, read, even_in_unit=True))

    def look_and_fail() -> None:
        look()
        raise LookupError

    with app.app_context():
        with pytest.raises(LookupError):
            unit_of_work(look_and_fail)
        unit_of_work(look)
        unit_of_work(look)
        assert seen == ["rolled back", "committed", "committed"]
        assert remembered("name", 7, read) == "committed"


def test_nothing_is_put_down_of_what_the_unit_took_back(app: Flask) -> None:
    read = reader(["taken back", "as it is"])

    def look_and_think_better() -> None:
        remembered("name", 7, read, even_in_unit=True)
        take_back()

    with app.app_context():
        unit_of_work(look_and_think_better)
        assert remembered("name", 7, read) == "as it is"


def test_what_may_serve_in_a_unit_is_read_there_once_for_each_edition(app: Flask) -> None:
    read = reader(["old", "new"])

    def look() -> list[str]:
        return [remembered("name", edition, read, even_in_unit=True) for edition in (7, 7, 8, 8)]

    with app.app_context():
        assert unit_of_work(look) == ["old", "old", "new", "new"]
        assert remembered("name", 8, read) == "new"


def test_a_unit_knows_the_edition_that_it_makes_and_its_request_does_afterwards(
    app: Flask, cast: Cast
) -> None:
    inside: list[int] = []

    def note() -> None:
        inside.append(trail.edition())
        trail.record("unit_edited", by=cast.actor("ayu"))
        inside.append(trail.edition())

    with app.test_request_context("/"):
        before = trail.edition()
        unit_of_work(note)
        assert inside == [before, before + 1]
        assert trail.edition() == before + 1


def test_what_was_noted_and_rolled_back_makes_no_edition(app: Flask, cast: Cast) -> None:
    def note_and_fail() -> None:
        trail.record("unit_edited", by=cast.actor("ayu"))
        raise LookupError

    with app.test_request_context("/"):
        before = trail.edition()
        with pytest.raises(LookupError):
            unit_of_work(note_and_fail)
        assert trail.edition() == before


def test_whatever_is_noted_makes_a_new_edition(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        before = trail.edition()
    unit_of_work(lambda: trail.record("unit_edited", by=cast.actor("ayu")))
    with app.test_request_context("/"):
        assert trail.edition() == before + 1


def test_two_requests_share_one_reading_of_the_organisation(app: Flask, cast: Cast) -> None:
    seen = []
    for _request in range(2):
        with app.test_request_context("/"):
            app.preprocess_request()
            seen.append(organisation())
    assert seen[0] is seen[1]
