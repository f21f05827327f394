"""``python -m bench``: load, measure, print one table, write build/bench.json."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Engine

from bench import mail, printing, subjects, whatsapp
from bench.house import House, ground
from bench.http import load_over_http
from bench.references import one_query, reference_app, ten_inserts
from bench.report import Aim, judge, table, write_json
from bench.stopwatch import Subject, measure
from helpdesk.lib.database import db

MANY, FEW = 100_000, 1_000
# A page must be full in both: of a thousand tickets seven in a hundred are open, of a hundred thousand three.
OPEN_OF_MANY, OPEN_OF_FEW = 0.03, 0.07
ROUNDS, QUICK_ROUNDS = 400, 120
MEMORY, QUERY = "(a) fifty rows from memory", "(b) fifty rows by one query"
INSERTS, LOOK = "(c) ten INSERTs", "(d) one indexed query"
WORKLIST, KNOWN = "worklist", "worklist, counts known"
WORKLIST_FEW, KNOWN_FEW = "worklist of 1,000", "worklist of 1,000, counts known"
TICKET, TRACK, OPENING, SWEEP = "ticket", "track", "opening", "sweep, nothing due"
OVERVIEW, OVERVIEW_FEW = "overview", "overview of 1,000"
FIGURES, FIGURES_FEW = "figures of a month", "figures of a month of 1,000"
SETTLING = "counting the fullest day anew"
PDF, PAGES = "monthly summary as PDF", "(e) WeasyPrint, the same pages"
PDF_ROUNDS, QUICK_PDF_ROUNDS = 8, 3  # of some seconds each
AIMS = (
    Aim(WORKLIST, QUERY, 1 / 0.35),
    Aim(KNOWN, QUERY, 1 / 0.35),
    Aim(WORKLIST, WORKLIST_FEW, 1.25),
    Aim(KNOWN, KNOWN_FEW, 1.25),
    Aim(TICKET, QUERY, 1 / 0.35),
    Aim(TRACK, QUERY, 1 / 0.5),
    Aim(OPENING, INSERTS, 2.5),
    Aim(SWEEP, LOOK, 1.5),
    # On a day of one or two complaints most hours, bars and pairs are empty and have no sum to add up.
    Aim(OVERVIEW, OVERVIEW_FEW, 1.5),
    Aim(PDF, PAGES, 2.0),
)


def main() -> int:
    """Run the bench; 0 whether or not every aim is met, because a busy machine is no fault."""
    asked = _arguments()
    rounds = asked.rounds or (QUICK_ROUNDS if asked.quick else ROUNDS)
    with ground(on_mariadb=asked.mariadb) as place:
        many = place.build(asked.tickets, OPEN_OF_MANY)
        few = place.build(FEW, OPEN_OF_FEW)
        times = measure(_subjects(many, few), rounds, _counting(rounds))
        drawn = QUICK_PDF_ROUNDS if asked.quick else PDF_ROUNDS
        times |= measure(_papers(few), drawn, _counting(drawn))
        with mail.posting(many) as posting:
            times |= measure([posting], drawn, _counting(drawn))
        verdicts = judge(AIMS, times)
        print(_heading(many, asked.mariadb, rounds), table(times, verdicts), sep="\n\n")
        if os.getloadavg()[0] > (os.cpu_count() or 1) + 1:
            print("\nThe machine is busy with other things: believe the processor's figures only.")
        emails = mail.rates(times)
        for name, rate in emails.items():
            print(f"{name:34}{rate:9.0f} emails per second")
        messages = whatsapp.rates(times)
        for name, rate in messages.items():
            print(f"{name:34}{rate:9.0f} per second")
        over_http = load_over_http(many, asked.seconds) if asked.http else {}
        for name, rate in over_http.items():
            print(f"{name:34}{rate:9.0f} requests per second")
        hooked = whatsapp.load_hook(many, asked.seconds) if asked.http else None
        if hooked is not None:
            waits = f"p50 {1000 * hooked.p50:.1f} ms, p99 {1000 * hooked.p99:.1f} ms"
            print(f"{'webhooks through gunicorn':34}{hooked.per_second:9.0f} per second, {waits}")
        more = {
            "engine": "mariadb" if asked.mariadb else "sqlite",
            "tickets": many.tickets,
            "rows": dict(many.rows),
            "loaded_in": round(many.loaded_for, 1),
            "emails_per_second": {name: round(rate, 1) for name, rate in emails.items()},
            "whatsapp_per_second": {name: round(rate, 1) for name, rate in messages.items()},
            "http_requests_per_second": over_http,
            "webhooks": asdict(hooked) if hooked else {},
        }
        write_json(asked.to, times, verdicts, more)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_ROUNDS} rounds instead of {ROUNDS}"
    )
    parser.add_argument(
        "--mariadb", action="store_true", help="on a private MariaDB server, not on SQLite"
    )
    parser.add_argument("--http", action="store_true", help="also through gunicorn, with wrk")
    parser.add_argument("--seconds", type=int, default=5, help="how long wrk asks for each page")
    parser.add_argument("--tickets", type=int, default=MANY)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--to", type=Path, default=Path("build/bench.json"))
    return parser.parse_args()


def _subjects(many: House, few: House) -> list[Subject]:
    engine = _engine_of(many)
    reference = reference_app(engine)
    page, page_few = subjects.worklist(many), subjects.worklist(few)
    return [
        Subject(MEMORY, subjects.Page(reference, [("/memory", "")], "Fifty")),
        Subject(QUERY, subjects.Page(reference, [("/query", "")], "Fifty")),
        Subject(INSERTS, ten_inserts(engine)),
        Subject(LOOK, one_query(engine)),
        Subject(WORKLIST, page, prepare=lambda: _forget_counts(many)),
        # Counted by another request: a page that had just been drawn would be drawn from a warm processor.
        Subject(KNOWN, page, prepare=subjects.counting(many)),
        Subject(WORKLIST_FEW, page_few, prepare=lambda: _forget_counts(few)),
        Subject(KNOWN_FEW, page_few, prepare=subjects.counting(few)),
        Subject(TICKET, subjects.ticket_page(many)),
        Subject(TRACK, subjects.track_page(many)),
        Subject(OPENING, subjects.opening(many)),
        Subject(SWEEP, subjects.sweep(many)),
        Subject(OVERVIEW, subjects.overview(many)),
        Subject(OVERVIEW_FEW, subjects.overview(few)),
        Subject(FIGURES, subjects.figures(many)),
        Subject(FIGURES_FEW, subjects.figures(few)),
        Subject(SETTLING, subjects.settling(many)),
        mail.arriving(many),
        *whatsapp.arriving(many),
    ]


def _papers(house: House) -> list[Subject]:
    """What takes seconds, measured by itself: a few rounds are enough."""
    return [Subject(PDF, printing.monthly_pdf(house)), Subject(PAGES, printing.pages_alone(house))]


def _forget_counts(house: House) -> None:
    """As after something happened to a ticket: what stands beside the views is counted anew."""
    house.app.extensions.pop("view_counts", None)


def _engine_of(house: House) -> Engine:
    with house.app.app_context():
        return db.engine


def _heading(house: House, on_mariadb: bool, rounds: int) -> str:
    rows = house.rows
    each = {name: rows[name] / max(1, rows["tickets"]) for name in rows}
    return (
        f"{house.tickets:,} tickets on {'MariaDB' if on_mariadb else 'SQLite'}, loaded in {house.loaded_for:.0f} s; "
        f"each {each['ticket_events']:.1f} events, {each['sla_clocks']:.1f} clocks, "
        f"{each['dispositions']:.1f} dispositions; {rounds} rounds"
    )


def _counting(rounds: int) -> Callable[[int], None]:
    def say(done: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == rounds else ""
            print(
                f"\r{'measuring':>16} round {done} of {rounds}",
                end=end,
                file=sys.stderr,
                flush=True,
            )

    return say


if __name__ == "__main__":
    sys.exit(main())
