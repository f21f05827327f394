"""The real thing: gunicorn and the worker as processes of their own, on a database and an instance of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from flask import Flask

from config import ROOT, Settings
from tests.support.databases import MariadbDatabase, SqliteTemplate, migrate, settings_for
from tests.support.engines import ENGINES

READY_WITHIN = 60.0  # seconds
STOP_WITHIN = 20.0
SERVING = ("--config", "python:helpdesk.web.serving")
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy


@dataclass
class Live:
    """A running installation. ``app`` is the same installation in this process, for arranging and looking."""

    settings: Settings
    folder: Path
    server: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    worker: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _app: Flask | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return self.settings.base_url

    @property
    def app(self) -> Flask:
        if self._app is None:
            from helpdesk.app import create_app

            self._app = create_app(self.settings)
        return self._app

    def start_server(self, *options: str) -> None:
        """Start gunicorn and return when it answers; the port stays the same from start to start."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Bound here and handed over: nobody can take the port in between, and who connects early waits
        with listener:
            listener.bind(("127.0.0.1", self.settings.port))
            listener.listen(128)
            self.settings = _at_port(self.settings, listener.getsockname()[1])
            bind = f"fd://{listener.fileno()}"
            self.server = self._start(
                "gunicorn", *SERVING, "--bind", bind, "--threads", "4", *options, "wsgi:app",
                keep=listener.fileno(),
            )  # fmt: skip
        try:
            _direct.open(f"{self.url}/healthz", timeout=READY_WITHIN).close()
        except OSError as error:
            self.stop()
            raise RuntimeError(f"the server does not answer: {error}\n{self.log}") from error

    def start_worker(self) -> None:
        """Start the worker; it tells that it lives by its heartbeats."""
        self.worker = self._start("flask", "--app", "wsgi", "work")

    @contextmanager
    def without_worker(self) -> Iterator[None]:
        """While a past is arranged that the worker would have a hand in: it takes what is due from who deposits it."""
        _end(self.worker)
        yield
        self.start_worker()

    def stop(self) -> None:
        """End both, gently if they let us."""
        _end(self.worker)
        _end(self.server)
        if self._app is not None:
            from helpdesk.lib.database import db

            with self._app.app_context():
                db.session.remove()
                db.engine.dispose()
            self._app = None

    @property
    def log(self) -> str:
        """The last that both had to say."""
        file = self.folder / "live.log"
        return file.read_text(errors="replace")[-4000:] if file.exists() else ""

    def _start(
        self, module: str, *arguments: str, keep: int | None = None
    ) -> subprocess.Popen[bytes]:
        with (self.folder / "live.log").open("ab") as log:
            return subprocess.Popen(
                # setpriv ends the process with us, even when we are killed and cannot stop it
                ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=environment_of(self.settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=() if keep is None else (keep,),
            )


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment that makes another process read these very settings."""
    return {
        **{
            name: os.environ[name]
            for name in ("PATH", "HOME", "LANG", "TMPDIR")
            if name in os.environ
        },
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "INSTANCE_PATH": str(settings.instance_path),
        # What is counted goes away with everything else of the test
        "RUNTIME_DIRECTORY": str(settings.instance_path.parent),
        "BASE_URL": settings.base_url,
        "PORT": str(settings.port),
        "DEMO": "1" if settings.demo else "0",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="module")
def live(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """Server and worker for the tests of one file, on SQLite; their imports were done elsewhere.

    For both engines: ``@pytest.mark.parametrize("live", ["sqlite", "mariadb"], indirect=True)``.
    """
    from tests.support.forked import ForkedLive  # which knows what runs without a fork

    engine = getattr(request, "param", "sqlite")
    if engine not in request.config.stash[ENGINES].chosen:
        pytest.skip(f"--engine leaves out {engine}")
    folder = tmp_path_factory.mktemp("live")
    with ExitStack() as afterwards:
        url = _own_database(engine, request, folder, afterwards)
        running = ForkedLive(settings_for(url, folder / "instance", testing=False, port=0), folder)
        afterwards.callback(running.stop)
        running.start_server()
        running.start_worker()
        yield running


def _own_database(
    engine: str, request: pytest.FixtureRequest, folder: Path, afterwards: ExitStack
) -> str:
    if engine == "sqlite":
        template: SqliteTemplate = request.getfixturevalue("sqlite_template")
        return template.copy_to(folder / "live.db")
    worker = request.getfixturevalue("worker_id")
    address = request.config.stash[ENGINES].mariadb()
    database = MariadbDatabase(address, f"tanggap_live_{worker}")
    database.create()
    afterwards.callback(database.drop)
    migrate(database.url, folder / "instance")
    return database.url


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _at_port(settings: Settings, port: int) -> Settings:
    return replace(settings, port=port, base_url=f"http://127.0.0.1:{port}")
