"""A private clamd from Debian's package, on a temporary folder, for one process that runs tests.

It never touches an existing one: it reads its own configuration alone, listens on a socket in its folder, and knows a
single signature, of the harmless file that scanners are tried with. It can be killed and started again.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from helpdesk.lib.clients.clamd import Clamd
from helpdesk.lib.clients.faults import WireFault
from tests.support.machine import clamd_server

START_WITHIN = 30.0  # seconds; a tenth on an idle machine
TAKES_UP_TO = 1 << 20  # bytes
# Put together here: whole in a file of ours, scanners on people's own machines would take the file away.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
FOUND = "Tests.Eicar.UNOFFICIAL"
INFECTED = b"%PDF-1.4\n" + EICAR

CONFIGURATION = """
LocalSocket {folder}/socket
TCPAddr 127.0.0.1
TCPSocket {port}
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
LogFile {folder}/log
StreamMaxLength {most}
MaxThreads 2
SelfCheck 0
Foreground yes
"""


class ScannerDidNotStart(RuntimeError):
    """The scanner is installed but does not answer; the message ends with its own log."""


@dataclass
class PrivateClamd:
    """One scanner; :meth:`stop` ends it and removes every trace."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def start(cls) -> PrivateClamd:
        """Write its files and start it. Raises ScannerDidNotStart."""
        # Debian's AppArmor profile lets it read and write nowhere else
        folder = Path(tempfile.mkdtemp(prefix="tanggap-clamd-", dir="/tmp"))
        (folder / "signatures").mkdir()
        (folder / "signatures" / "tests.ndb").write_text(f"Tests.Eicar:0:*:{EICAR.hex()}\n")
        scanner = cls(folder, _free_port())
        said = CONFIGURATION.format(folder=folder, port=scanner.port, most=TAKES_UP_TO)
        (folder / "clamd.conf").write_text(said)
        try:
            scanner.run()
        except BaseException:
            scanner.stop()
            raise
        return scanner

    @property
    def address(self) -> str:
        """As the setting names it."""
        return str(self.folder / "socket")

    @property
    def port_address(self) -> str:
        """The same, where it listens for other machines."""
        return f"127.0.0.1:{self.port}"

    def run(self) -> None:
        """Start it if it does not run, also again after :meth:`kill`."""
        if self.process is not None and self.process.poll() is None:
            return
        # setpriv ends it with us, even when we are killed and cannot stop it
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", str(clamd_server()), "-c", self._settings],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_WITHIN
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ScannerDidNotStart(self._log[-2000:])
            try:
                self.process.wait(0.02)
            except subprocess.TimeoutExpired:
                pass

    def kill(self) -> None:
        """``kill -9``; its socket stays behind, as after a crash."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    @contextmanager
    def without_a_place_to_write(self) -> Iterator[None]:
        """As on a full disk: it runs, and examines nothing. Its socket is away meanwhile, its port is not."""
        aside = self.folder.rename(f"{self.folder}-aside")
        try:
            yield
        finally:
            aside.rename(self.folder)

    def stop(self) -> None:
        """End it and remove its folder. May be called twice."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _settings(self) -> str:
        return str(self.folder / "clamd.conf")

    @property
    def _log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else "no log"

    def _answers(self) -> bool:
        try:
            Clamd(self.address).try_out()
        except WireFault:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
