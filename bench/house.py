"""A throwaway house: a database in a temporary folder or on a private server, filled with tickets."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from bench.copying import fill
from config import Settings
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.seed import seed_units
from helpdesk.app import create_app
from helpdesk.catalogue.seed import seed_catalogue
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from tests.support.cast import Cast, assemble
from tests.support.databases import MariadbDatabase, migrate, settings_for
from tests.support.mariadb import PrivateServer

BAR = 30  # characters


@dataclass
class House:
    """The application on one filled database."""

    app: Flask
    settings: Settings
    cast: Cast
    tickets: int
    rows: Counter[str] = field(default_factory=Counter)
    loaded_for: float = 0.0  # seconds


@dataclass(frozen=True)
class Ground:
    """Where throwaway databases are made; gone when the bench ends."""

    folder: Path
    server: PrivateServer | None

    def build(self, tickets: int, open_share: float) -> House:
        """A new database with so many tickets, and the application on it."""
        place = self.folder / str(tickets)
        place.mkdir()
        url = self._database(place, tickets)
        migrate(url, place / "instance")
        settings = settings_for(url, place / "instance", testing=False, log_level="ERROR")
        app = create_app(settings)
        with app.app_context():
            began = time.perf_counter()
            cast = assemble()
            unit_of_work(_seed)
            bar = _Bar(f"{tickets:,} tickets", tickets)
            rows = fill(cast, tickets, open_share, clock.now(), bar.say)
            bar.end()
            db.session.remove()
            return House(app, settings, cast, tickets, rows, time.perf_counter() - began)

    def _database(self, place: Path, tickets: int) -> str:
        if self.server is None:
            return f"sqlite:///{place / 'bench.db'}"
        database = MariadbDatabase(self.server.address, f"bench_{tickets}")
        database.create()
        return database.url


@contextmanager
def ground(*, on_mariadb: bool) -> Iterator[Ground]:
    """Make room for throwaway databases, and clear it away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tanggap-bench-"))
    server = PrivateServer.start() if on_mariadb else None
    try:
        yield Ground(folder, server)
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _seed() -> None:
    by = Actor.system("bench")
    seed_catalogue(seed_units(by=by), by=by)


class _Bar:
    """A progress bar on the terminal; in a log only its end."""

    def __init__(self, label: str, whole: int) -> None:
        self._label, self._whole = label, whole
        self._began = time.perf_counter()
        self._is_drawn = sys.stderr.isatty()

    def say(self, done: int) -> None:
        if self._is_drawn:
            full = BAR * done // self._whole
            line = f"\r{self._label:>16} {'█' * full}{'·' * (BAR - full)} {done:>7,}"
            print(line, end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        took = time.perf_counter() - self._began
        start = "\r" if self._is_drawn else ""
        print(f"{start}{self._label:>16} loaded in {took:.0f} s{' ' * BAR}", file=sys.stderr)
