"""Fixtures for everybody: a fresh database on each engine, the application, its client.

The settings of the tools are in pyproject.toml; what only one folder needs is in that folder's conftest.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis

from config import Settings
from tests.support.cast import Cast, assemble
from tests.support.compiled import keep_compiled, make_folder
from tests.support.databases import MariadbDatabase, SqliteTemplate, State, migrate
from tests.support.engines import ENGINES
from tests.support.machine import IN_CI, lacks, roomy_memory
from tests.support.network import guarded
from tests.support.standing import Standing
from tests.tickets.steps import FRIDAY

# What `make test-quick` leaves out beside MariaDB and the browser: whole houses, other processes, papers, long stories,
# what is tried with a hundred inventions, and what needs dozens of tickets or a visit to every page.
SLOW = (
    "backup",
    "browser",
    "cli/test_mail.py",
    "cli/test_summary.py",
    "cli/test_up.py",
    "concurrency",
    "demo",
    "intake/test_email_mutations.py",
    "intake/test_fetching",
    "intake/whatsapp/test_arrivals.py::test_a_post_may_hold_a_thousand_messages",
    "intake/whatsapp/test_dialogue.py::test_any_talk_goes_on",
    "intake/whatsapp/test_mutations.py",
    "journeys",
    "letters/test_paper.py",
    "letters/test_roll.py",
    "lib/mail/test_properties.py",
    "lib/test_schema.py",
    "migrations",
    "monitoring/test_figures_cost.py",
    "monitoring/test_figures_over_histories.py",
    "monitoring/test_summaries.py",
    "monitoring/test_summary_paper.py",
    "simulator",
    "test_deploy.py",
    "test_worker.py",
    "tickets/test_histories.py",
    "tickets/test_recomputing.py",
    "web/test_acts_rights.py::test_the_sheet_and_the_receipt_are_printed",
    "web/test_case_file.py",
    "web/test_doors.py::test_every_door_opens_to_its_people_alone",
    "web/test_health.py",
    "web/test_letters.py",
    "web/test_nonsense.py",
    "web/test_posters.py",
    "web/test_query_counts.py",
    "web/test_summaries.py",
    "web/test_ticket_page.py::test_the_number_of_queries_does_not_grow",
    "web/test_virus_scanner.py",
    "web/test_words.py",
    "web/test_worklist.py::test_more_than_fifty_go_on_another_page",
    "web/test_worklist.py::test_the_number_of_queries_does_not_grow",
)

# What takes longest goes first, by files: the other worker must not wait at the end for one that began last.
LONGEST = (
    "browser/test_twelve_people.py",
    "browser/test_accessibility.py",
    "browser/test_accessibility_at_work.py",
    "browser",
    "monitoring/test_figures_over_histories.py",
    "backup",
    "concurrency",
    "monitoring/test_summaries.py",
    "demo",
    "web/test_nonsense.py",
    "web/test_query_counts.py",
    "lib/test_schema.py",
    "cli",
    "journeys",
    "tickets",
    "web",
)

BEGAN = time.time()

pytest_plugins = ["tests.support.engines", "tests.support.live", "tests.support.browser"]

hypothesis.register_profile("local", deadline=None)
hypothesis.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.load_profile("ci" if IN_CI else "local")
# For `make test-quick`: a fifth of the inventions where a test does not say how many it needs
hypothesis.register_profile("quick", hypothesis(), max_examples=20)


@pytest.fixture(autouse=True, scope="session")
def _no_network_inside_a_transaction() -> Iterator[None]:
    with guarded():
        yield


@pytest.fixture(autouse=True, scope="session")
def _worked_out_once() -> None:
    """What would be the same in every test: what a template is compiled to, whether a password fits."""
    from tests.support.passwords import remember_what_fits

    keep_compiled()
    remember_what_fits()


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    """A Friday in November, 10.00 in Padang: the time stands still until the test moves it."""
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """A migrated SQLite file, made once."""
    return SqliteTemplate.make(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def mariadb_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[MariadbDatabase]:
    """A migrated MariaDB database, made once in every process that runs tests."""
    database = MariadbDatabase(request.config.stash[ENGINES].mariadb(), f"tanggap_{worker_id}")
    database.create()
    migrate(database.url, tmp_path_factory.mktemp("mariadb"))
    assert database.migrated
    yield database
    database.drop()


@pytest.fixture
def standing(engine: str, request: pytest.FixtureRequest) -> Standing:
    """The application of this engine, which stands from the first test to the last."""
    found: Standing = request.getfixturevalue(f"standing_on_{engine}")
    found.empty()
    return found


@pytest.fixture(scope="session")
def standing_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """The application on a file that every test is given anew."""
    folder = tmp_path_factory.mktemp("standing")
    return Standing(f"sqlite:///{folder / 'fresh.db'}", folder / "instance")


@pytest.fixture(scope="session")
def standing_on_mariadb(
    mariadb_database: MariadbDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Standing:
    """The application on the database that is put back before every test."""
    return Standing(mariadb_database.url, tmp_path_factory.mktemp("standing") / "instance")


@pytest.fixture
def engine_url(engine: str, standing: Standing, request: pytest.FixtureRequest) -> str:
    """The URL of a database, on each engine in turn: just migrated, or with the people in it that the test asks for."""
    begins_with_cast = "people" in request.fixturenames
    if engine == "sqlite":
        template: SqliteTemplate = request.getfixturevalue("sqlite_template")
        if begins_with_cast:
            template, _ = request.getfixturevalue("cast_on_file")
        return template.copy_to(standing.file)
    database: MariadbDatabase = request.getfixturevalue("mariadb_database")
    state = database.migrated
    if begins_with_cast:
        state, _ = request.getfixturevalue("cast_on_mariadb")
    database.restore(state)
    return database.url


@pytest.fixture
def blank_url(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, worker_id: str
) -> Iterator[str]:
    """The URL of a database without a single table, for tests of the migrations themselves."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.db'}"
        return
    address = request.config.stash[ENGINES].mariadb()
    database = MariadbDatabase(address, f"tanggap_blank_{worker_id}")
    database.create()
    yield database.url
    database.drop()


@pytest.fixture
def settings(engine_url: str, standing: Standing) -> Settings:
    """What ``app`` is made of; a process started by a test gets the same through its environment."""
    return standing.settings


@pytest.fixture
def app(settings: Settings, standing: Standing) -> Iterator[Flask]:
    """The application on a fresh, migrated database. Push a context to use the domain."""
    yield standing.app
    standing.put_back()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts: it keeps cookies and follows nothing by itself."""
    return app.test_client()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow by its place, so that the list can be read in one, and put first what takes longest."""
    for item in items:
        if f"{_place(item)}::{item.name}".startswith(SLOW):
            item.add_marker(pytest.mark.slow)
    items.sort(key=_turn)


def _place(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).as_posix()


def _turn(item: pytest.Item) -> int:
    place = _place(item)
    return next((turn for turn, long in enumerate(LONGEST) if place.startswith(long)), len(LONGEST))


def pytest_collection_finish() -> None:
    """All the modules and tests stay until the end: the garbage collector need not walk through them any more."""
    gc.collect()
    gc.freeze()


def pytest_configure() -> None:
    """Look for garbage less often: among all our modules and tests it took a quarter of a run.

    Tests are kept as they were compiled even where the environment keeps no bytecode, as containers are told: each
    process of each run, and each program that a test starts, would compile everything anew.

    What tests write goes to memory where there is room: on a disk the fsync of every commit on SQLite is waited for.
    """
    make_folder()
    gc.set_threshold(20_000)
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if memory := roomy_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly, just before the closing line, which part of the proof is missing on this machine."""
    if missing := lacks():
        terminalreporter.section("NOT PROVED on this machine", sep="!", red=True, bold=True)
        for reason in missing.values():
            terminalreporter.line(reason, red=True)


@pytest.fixture(scope="session")
def cast_on_file(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> tuple[SqliteTemplate, Cast]:
    """A SQLite file with the cast in it, assembled once: most tests begin with it."""
    return sqlite_template.with_more(tmp_path_factory.mktemp("cast"), _assemble_today)


@pytest.fixture(scope="session")
def cast_on_mariadb(
    mariadb_database: MariadbDatabase, tmp_path_factory: pytest.TempPathFactory
) -> tuple[State, Cast]:
    """The same as a state to which MariaDB is put back."""
    return mariadb_database.with_more(tmp_path_factory.mktemp("cast"), _assemble_today)


def _assemble_today() -> Cast:
    """The house is as old as the run, even when the first who needs it is a test that travels in time."""
    with time_machine.travel(BEGAN):
        return assemble()


@pytest.fixture
def people(engine: str, request: pytest.FixtureRequest) -> Cast:
    """The cast, with whom ``engine_url`` then begins. Ask for ``cast`` to act in an application context."""
    on_engine = "cast_on_file" if engine == "sqlite" else "cast_on_mariadb"
    _, assembled = request.getfixturevalue(on_engine)
    return deepcopy(assembled)


@pytest.fixture
def cast(people: Cast, app: Flask) -> Iterator[Cast]:
    """The organisation with its people, in an application context (see tests/support/cast.py)."""
    with app.app_context():
        yield people
