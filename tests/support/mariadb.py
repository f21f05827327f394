"""A private MariaDB server from Debian's package, on a temporary folder, for one test session.

It never touches an existing server: no configuration file is read, the data, the socket and the TCP port are
its own, it listens on 127.0.0.1 alone, and its one user has a random password.
"""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pymysql

from tests.support.machine import mariadb_server, roomy_memory

START_WITHIN = 60.0  # seconds; three on an idle machine
STOP_WITHIN = 20.0
USER = "tanggap"
PREFIX = "tanggap-mariadb-"

# The server has no certificate. Without this every connection reads all authorities of the machine first, in 20 ms,
# only to be told so.
pymysql.connections.SSL_ENABLED = False


class ServerDidNotStart(RuntimeError):
    """The server is installed but does not answer; the message ends with its own log."""


@dataclass(frozen=True)
class Address:
    """How to reach the server; travels as its URL from pytest-xdist's controller to the workers."""

    port: int
    password: str

    @property
    def url(self) -> str:
        """The server without a database; a database's name may be appended."""
        return f"mysql+pymysql://{USER}:{self.password}@127.0.0.1:{self.port}/"

    @classmethod
    def from_url(cls, url: str) -> Address:
        """The address that :attr:`url` tells."""
        parts = urlsplit(url)
        return cls(int(parts.port or 0), str(parts.password))

    def connect(self, database: str | None = None) -> pymysql.Connection:
        """A bare connection, autocommitting, for what tests do behind the product's back."""
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=self.password,
            database=database,
            charset="utf8mb4",
            autocommit=True,
        )


@dataclass
class PrivateServer:
    """One running server; :meth:`stop` ends it and removes every trace."""

    folder: Path
    address: Address
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def start(cls) -> PrivateServer:
        """Create the server's files and start it. Raises ServerDidNotStart."""
        place = roomy_memory() or Path(tempfile.gettempdir())
        _sweep(place)
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
        server = cls(folder, Address(_free_port(), secrets.token_hex(12)))
        try:
            server._install()
            server._run()
            server._wait()
        except BaseException:
            server.stop()
            raise
        return server

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def stop(self) -> None:
        """End the server, gently if it lets us, and remove its folder. May be called twice."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _install(self) -> None:
        with self.log.open("wb") as log:
            made = subprocess.run(
                [
                    "mariadb-install-db",
                    "--no-defaults",
                    f"--datadir={self.folder / 'files'}",
                    f"--auth-root-socket-user={getpass.getuser()}",
                    "--skip-test-db",
                    *_as_user(),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if made.returncode:
            raise ServerDidNotStart(self._last_words())

    def _run(self) -> None:
        first_words = self.folder / "first.sql"
        first_words.write_text(
            f"CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{self.address.password}';\n"
            f"GRANT ALL ON *.* TO {USER}@'127.0.0.1';\n"
        )
        first_words.chmod(0o600)
        with self.log.open("ab") as log:
            # setpriv ends the server with us, even when we are killed and cannot stop it
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", str(mariadb_server()), *self._options()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _options(self) -> list[str]:
        return [
            "--no-defaults",
            *_as_user(),
            f"--datadir={self.folder / 'files'}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--tmpdir={self.folder}",
            f"--init-file={self.folder / 'first.sql'}",
            f"--port={self.address.port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--performance-schema=OFF",
            # what Debian's configuration says, which --no-defaults leaves out
            "--character-set-server=utf8mb4",
            "--collation-server=utf8mb4_general_ci",
            "--innodb-flush-log-at-trx-commit=1",
            "--innodb-buffer-pool-size=96M",
            "--innodb-log-file-size=24M",
            "--innodb-doublewrite=0",
            "--innodb-file-per-table=0",  # TRUNCATE would make a file and delete one
            "--lock-wait-timeout=20",
        ]

    def _wait(self) -> None:
        deadline = time.monotonic() + START_WITHIN
        while True:
            try:
                self.address.connect().close()
                return
            except pymysql.err.OperationalError:
                if self.process is None or self.process.poll() is not None:
                    raise ServerDidNotStart(self._last_words()) from None
                if time.monotonic() > deadline:
                    raise ServerDidNotStart(self._last_words()) from None
            _wait_for_exit(self.process, 0.05)

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else "no log"


def _wait_for_exit(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait *seconds*, but no longer than the process lives."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _sweep(place: Path) -> None:
    """Remove what sessions left that were killed; the folder's name tells whose it was."""
    for folder in place.glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_user() -> list[str]:
    """The server refuses to run as root unless told so."""
    return ["--user=root"] if os.geteuid() == 0 else []
