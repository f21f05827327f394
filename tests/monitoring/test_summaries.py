"""A summary from asking to its files: numbered, built once, from figures that are kept, and true to the house."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select, update

from helpdesk.accounts.actor import Actor
from helpdesk.lib import claims, clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Invalid, NotFound
from helpdesk.lib.storage import get_storage
from helpdesk.monitoring.conditions import Figure, Question
from helpdesk.monitoring.figures import figures_of
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.register import register
from helpdesk.monitoring.summaries import building
from helpdesk.monitoring.summaries.asking import (
    Wanted,
    ask_for_summary,
    find_summary,
    newest_summaries,
    paper_of,
    try_again,
)
from helpdesk.monitoring.summaries.building import build_due, build_now
from helpdesk.monitoring.summaries.drawing import draw_page, draw_pdf
from helpdesk.monitoring.summaries.facts import Outcome
from helpdesk.monitoring.summaries.registering import LEADERSHIP
from helpdesk.monitoring.summaries.shelf import content_of
from helpdesk.monitoring.summaries.summary import Status, Summary
from helpdesk.monitoring.summaries.wording import register_note
from helpdesk.monitoring.summaries.workbook import make_workbook
from helpdesk.tickets.closing import rate_handling
from tests.monitoring.october import ACTION, CAUSE, NOVEMBER, live_through
from tests.support.cast import Cast
from tests.tickets.steps import as_complainant
from tests.web.browsing import plain

OCTOBER = Period(2026, 10)
SYSTEM = Actor.system()


@pytest.fixture
def lived(cast: Cast) -> Iterator[dict[str, str]]:
    """October has been lived through; it is the second of November, 08.00 WIB."""
    numbers = live_through(cast)
    with time_machine.travel(NOVEMBER, tick=False):
        yield numbers


def ask(**wanted: Any) -> Summary:
    return unit_of_work(lambda: ask_for_summary(Wanted(OCTOBER, **wanted), by=SYSTEM))


def again(summary: Summary) -> Summary:
    db.session.rollback()
    db.session.expire_all()
    return find_summary(summary.id)


def words_of(pdf: bytes) -> str:
    return " ".join(
        word for page in PdfReader(io.BytesIO(pdf)).pages for word in page.extract_text().split()
    )


def test_it_is_numbered_like_the_letters_of_the_house(lived: dict[str, str]) -> None:
    assert [ask().number, ask().number] == [
        "0001/HM.02/RSIA-C/XI/2026",
        "0002/HM.02/RSIA-C/XI/2026",
    ]


def test_what_cannot_be_summed_up_is_refused(cast: Cast) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        for wanted in (
            Wanted(Period(2026, 12)),
            Wanted(OCTOBER, unit_id=99999),
            Wanted(OCTOBER, language="fr"),
        ):
            with pytest.raises(Invalid):
                unit_of_work(lambda wanted=wanted: ask_for_summary(wanted, by=SYSTEM))
        assert newest_summaries().summaries == []


def test_the_worker_builds_it_and_a_second_worker_finds_nothing(lived: dict[str, str]) -> None:
    summary = ask()
    with pytest.raises(NotFound):
        paper_of(summary.id)
    assert build_due(clock.now()) == 1
    done = again(summary)
    assert (done.status, done.progress, done.look_at, done.lease_token) == (
        "ready",
        100,
        None,
        None,
    )
    assert done.pdf_digest
    assert done.xlsx_digest
    assert build_due(clock.now()) == 0


def test_page_pdf_and_workbook_say_what_the_figures_say(lived: dict[str, str], cast: Cast) -> None:
    """One truth on screen, on paper and in Excel: each figure is looked for in all three."""
    as_complainant(lived["kept"], lambda t, by: rate_handling(t, 4, "", by=by))
    summary = build_now(Wanted(OCTOBER, language="en"), by=SYSTEM)
    figures = figures_of(OCTOBER, clock.now())
    kept = figures.promise
    assert (figures.received, kept.kept, kept.missed, kept.pending, kept.left) == (7, 2, 2, 2, 1)
    page = plain(str(draw_page(paper_of(summary.id))))
    paper = words_of(content_of(summary, "pdf"))
    for text in (page, paper):
        for said in (
            "Complaints received 7", "Promise kept 50.0%", "4.0 / 5", "1 rating",
            "kept for 2 of 4 complaints", "2 complaints are not due yet",
            "Of 7 complaints received 4 are judged; 3 are not: not yet due 2, spam 1.",
            "Red 24 hours 0 1 0 0 0.0%", "Green 168 hours 2 3 2 1 66.7%", "All 2 4 2 1 50.0%",
            "1 suggestion, praise or information request", "1 confidential complaint is counted",
            "Complaints past their limit (2)",
        ):  # fmt: skip
            assert said in text, said
    book = load_workbook(io.BytesIO(content_of(summary, "xlsx")))
    assert book.sheetnames == [
        "Summary",
        "Indicator",
        "Register",
        "Units",
        "Categories",
        "Places",
        "Late",
        "Improvements",
    ]
    rows = {row[0]: row[1] for row in book["Summary"].iter_rows(min_row=5, values_only=True)}
    assert rows["Complaints received"] == figures.received
    assert rows["Promise kept"] == kept.printed_share
    assert rows["Rating by complainants"] == figures.rating.mean
    assert rows["Reopened"] == figures.reopened
    assert figures.median_answer is not None
    assert rows["Time to answer, median (hours)"] == figures.median_answer.hours
    assert rows["Still open"] == figures.still_open
    indicator = list(book["Indicator"].iter_rows(min_row=5, max_row=8, values_only=True))
    assert [row[2:7] for row in indicator] == [
        (one.kept, one.judged, one.pending, one.left, one.printed_share)
        for one in (*figures.promise_by_grade.values(), kept)
    ]
    farmasi = figures.by_unit[0]
    units = list(book["Units"].iter_rows(min_row=5, max_col=7, values_only=True))
    assert units == [
        ("Farmasi", farmasi.tickets, farmasi.dispositions, farmasi.returned,
         farmasi.hops.kept, farmasi.hops.judged, farmasi.hops.printed_share)
    ]  # fmt: skip
    categories = list(book["Categories"].iter_rows(min_row=5, values_only=True))
    assert sum(row[1] for row in categories[:-1]) == categories[-1][1] == figures.received
    places = list(book["Places"].iter_rows(min_row=5, max_col=2, values_only=True))
    assert places == [("Outpatient pharmacy", 3), ("No place of the list named", 4), ("All", 7)]
    late = [row[0] for row in book["Late"].iter_rows(min_row=5, values_only=True)]
    assert set(late) == {lived["late"], lived["secret"]}
    seen = register(Question(Figure.RECEIVED, OCTOBER), LEADERSHIP, clock.now(), limit=99)
    missed = [one for one in seen if one.judged == "missed"]
    assert len(missed) == 1  # the other one is told by its number alone
    assert book["Register"].max_row == 4 + figures.received


def test_the_register_names_nobody_and_hides_what_is_confidential(lived: dict[str, str]) -> None:
    summary = build_now(Wanted(OCTOBER), by=SYSTEM)
    lines = {line.number: line for line in paper_of(summary.id).facts.register}
    assert set(lines) == {number for name, number in lived.items() if name != "idea"}
    secret = lines[lived["secret"]]
    assert (secret.is_restricted, secret.grade, secret.outcome) == (True, "merah", "missed")
    assert (secret.title, secret.category, secret.channel, secret.units) == ("", "", "", ())
    assert lines[lived["spam"]].title == "berakhir tanpa verifikasi"
    stored = str(db.session.scalar(select(Summary.facts)))
    for told in (stored, words_of(content_of(summary, "pdf"))):
        assert "Wati" not in told
        assert "memaki" not in told
        assert "Perihal kept" in told


def test_what_units_found_and_did_stands_beside_them(lived: dict[str, str]) -> None:
    facts = paper_of(build_now(Wanted(OCTOBER), by=SYSTEM).id).facts
    (farmasi,) = facts.units
    assert (farmasi.causes[0].root, farmasi.causes[0].text) == ("supply", CAUSE)
    assert farmasi.actions == (ACTION,)
    assert [line.action for line in facts.register if line.number == lived["stock"]] == [ACTION]


def test_one_unit_is_summed_up_by_itself(lived: dict[str, str], cast: Cast) -> None:
    unit_id = cast.unit_ids["farmasi"]
    facts = paper_of(build_now(Wanted(OCTOBER, unit_id=unit_id), by=SYSTEM).id).facts
    assert facts.unit == "Farmasi"
    assert {line.number for line in facts.register} == {lived["stock"], lived["late"]}
    assert facts.now.received == 2


def test_quarter_and_year_add_their_months(lived: dict[str, str]) -> None:
    for code in ("2026-Q4", "2026"):
        period = Period.parse(code, default=OCTOBER)
        facts = paper_of(build_now(Wanted(period), by=SYSTEM).id).facts
        assert facts.now.received == 7
    assert len(facts.trend) == 12


def test_it_stays_what_it_was_whatever_happens_later(lived: dict[str, str], cast: Cast) -> None:
    summary = build_now(Wanted(OCTOBER), by=SYSTEM)
    before = content_of(summary, "pdf"), content_of(summary, "xlsx")
    as_complainant(lived["kept"], lambda t, by: rate_handling(t, 1, "", by=by))
    with time_machine.travel(datetime(2027, 3, 1, tzinfo=UTC), tick=False):
        paper = paper_of(summary.id)
        assert (draw_pdf(paper), make_workbook(paper)) == before
        assert summary.pdf_digest
        get_storage().path(summary.pdf_digest).unlink()
        assert content_of(again(summary), "pdf") == before[0]


def test_a_builder_that_dies_is_followed_by_one_that_goes_on(
    lived: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = ask()

    def die(_paper: object) -> bytes:
        raise SystemExit("killed")

    with monkeypatch.context() as patched:
        patched.setattr(building, "draw_pdf", die)
        with pytest.raises(SystemExit):
            build_due(clock.now())
    half = again(summary)
    assert (half.status, half.progress) == (Status.BUILDING, building.GATHERED)
    counted_at = paper_of(summary.id).facts.counted_at
    assert build_due(clock.now()) == 0  # its lease still holds
    later = clock.now() + building.LEASE + timedelta(seconds=1)
    with time_machine.travel(later, tick=False):
        assert build_due(clock.now()) == 1
    assert again(summary).is_ready
    assert paper_of(summary.id).facts.counted_at == counted_at  # not counted a second time


def test_one_that_kills_each_builder_is_given_up(
    lived: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    summary, begun = ask(), []

    def die(_paper: object) -> bytes:
        begun.append(clock.now())
        raise SystemExit("killed: out of memory")

    monkeypatch.setattr(building, "draw_pdf", die)
    for turn in range(building.ATTEMPTS + 2):
        with (
            time_machine.travel(clock.now() + 2 * building.LEASE * turn, tick=False),
            suppress(SystemExit),
        ):
            build_due(clock.now())
    given_up = again(summary)
    assert (given_up.status, given_up.look_at) == (Status.FAILED, None)
    assert len(begun) == building.ATTEMPTS


def test_whoever_lost_the_claim_writes_nothing(
    lived: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = ask()

    def overtaken(_paper: object) -> bytes:
        unit_of_work(lambda: db.session.execute(update(Summary).values(lease_token="another")))
        return b"%PDF of the slow one"

    monkeypatch.setattr(building, "draw_pdf", overtaken)
    assert build_due(clock.now()) == 0
    assert again(summary).pdf_digest is None


def test_a_fault_is_written_down_and_the_third_is_the_last(
    lived: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = ask()

    def fail(_paper: object) -> bytes:
        raise OSError("no space left for Wati")

    with monkeypatch.context() as patched:
        patched.setattr(building, "draw_pdf", fail)
        for attempt in range(building.ATTEMPTS):
            with time_machine.travel(clock.now() + building.PAUSE * attempt, tick=False):
                assert claims.candidates(Summary, clock.now(), 5) == [summary.id]
                assert build_due(clock.now()) == 0
    failed = again(summary)
    assert (failed.status, failed.look_at) == (Status.FAILED, None)
    assert failed.error.startswith("OSError in helpdesk.monitoring.summaries.building:")
    assert "Wati" not in failed.error
    unit_of_work(lambda: try_again(summary.id, by=SYSTEM))
    assert build_due(clock.now()) == 1
    assert again(summary).number == summary.number


def test_figures_and_register_that_disagree_are_never_printed(
    lived: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "helpdesk.monitoring.summaries.gathering.register_lines", lambda *_, **__: ()
    )
    with pytest.raises(RuntimeError, match="do not agree"):
        build_now(Wanted(OCTOBER), by=SYSTEM)
    assert db.session.scalar(select(Summary.facts)) is None


def test_of_more_complaints_than_a_file_can_hold_those_past_their_limit_are_listed(
    lived: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large insurer's year: better a shorter register, which says so, than no summary at all."""
    before = paper_of(build_now(Wanted(OCTOBER), by=SYSTEM).id).facts
    for place in ("gathering", "building"):
        monkeypatch.setattr(f"helpdesk.monitoring.summaries.{place}.MOST", 3)
    short = build_now(Wanted(OCTOBER), by=SYSTEM)
    facts = paper_of(short.id).facts
    assert {line.outcome for line in facts.register} == {Outcome.MISSED}
    assert (facts.late, facts.now) == (before.late, before.now)
    assert len(facts.register) < len(before.register)
    said = "hanya yang melewati batas waktu yang dicantumkan di sini"
    assert said in words_of(content_of(short, "pdf"))
    sheet = load_workbook(io.BytesIO(content_of(short, "xlsx")))["Register"]
    assert any(said in str(cell.value) for row in sheet.iter_rows() for cell in row)
    fewer = "hanya 1 yang dapat dimuat"
    assert fewer not in register_note(facts)
    assert fewer in register_note(replace(facts, register=facts.register[:1]))
