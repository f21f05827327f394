"""pytest's side of the two engines: which run, what starts the server, and what is said when it cannot."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.support.machine import mariadb_server, need
from tests.support.mariadb import Address, PrivateServer
from tests.support.network import allow_database

BOTH = ("sqlite", "mariadb")


@dataclass
class Engines:
    """The choice of ``--engine`` and the session's MariaDB server, started when first needed."""

    chosen: tuple[str, ...]
    address: Address | None = None
    _server: PrivateServer | None = field(default=None, repr=False)

    def mariadb(self) -> Address:
        """The private server, started by the first who asks. Skips the test where none is installed."""
        if self.address is None:
            need("MariaDB")
            self._server = PrivateServer.start()
            self.address = self._server.address
        allow_database("127.0.0.1", self.address.port)
        return self.address

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = self.address = None


ENGINES = pytest.StashKey[Engines]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=("sqlite", "mariadb", "both"),
        default="both",
        help="the database engines that tests run on (default: both)",
    )


def pytest_configure(config: pytest.Config) -> None:
    choice = config.getoption("--engine")
    engines = Engines(BOTH if choice == "both" else (choice,))
    worker = getattr(config, "workerinput", None)  # set in the processes of pytest-xdist
    if worker and worker.get("mariadb"):
        engines.address = Address.from_url(worker["mariadb"])
    config.stash[ENGINES] = engines


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """pytest-xdist is about to start a worker: the controller starts the one server for all of them."""
    engines = node.config.stash[ENGINES]  # type: ignore[attr-defined]
    if "mariadb" in engines.chosen and mariadb_server():
        node.workerinput["mariadb"] = engines.mariadb().url  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if ENGINES in config.stash:
        config.stash[ENGINES].stop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that touches a database runs once per chosen engine."""
    if "engine" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("engines")
    wanted = marker.args if marker else BOTH
    chosen = metafunc.config.stash[ENGINES].chosen
    params = [
        pytest.param(name, marks=pytest.mark.mariadb if name == "mariadb" else ())
        for name in BOTH
        if name in wanted and name in chosen
    ]
    metafunc.parametrize("engine", params, scope="session")
