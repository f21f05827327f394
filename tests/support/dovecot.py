"""A private Dovecot from Debian's package, on a temporary folder, for one process that runs tests.

It never touches an existing server: it reads its own configuration alone, listens on free ports of this machine, and
keeps mail as Maildir below its folder. Whoever signs in with PASSWORD exists, so that every test has mailboxes of
its own by taking another name. It can be killed and started again on the same ports. Runs as root and as an
ordinary user.
"""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.support.certificates import make_certificate
from tests.support.machine import dovecot_server
from tests.support.sign_in_service import SignInService

START_WITHIN = 30.0  # seconds; a half on an idle machine
PASSWORD = "kerang-rebus"
PREFIX = "tanggap-dovecot-"
_numbers = count(1)

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1, 127.0.0.2
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
default_process_limit = 20
default_client_limit = 100
first_valid_uid = 1
ssl = yes
auth_mechanisms = plain xoauth2
auth_failure_delay = 0
auth_cache_size = 0
mail_fsync = never
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""
# What each version calls otherwise. The file of 2.4 begins with its version.
OF_2_3 = """
mail_location = maildir:{folder}/mail/%u
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
"""
OF_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
mail_driver = maildir
mail_path = {folder}/mail/%{{user}}
ssl_server_cert_file = {folder}/cert.pem
ssl_server_key_file = {folder}/key.pem
auth_allow_cleartext = yes
oauth2 {{
  !include {folder}/oauth2.conf
}}
passdb oauth2 {{
  mechanisms_filter = xoauth2
}}
passdb static {{
  mechanisms_filter = plain login
  password = {password}
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/mail/%{{user}}
  }}
}}
"""
INTROSPECTION = """
introspection_mode = post
introspection_url = {url}
username_attribute = email
active_attribute = active
active_value = true
force_introspection = yes
"""


class ServerDidNotStart(RuntimeError):
    """The server is installed but does not answer; the message ends with its own log."""


@dataclass
class Maildir:
    """The store of one person, as the server keeps it on the disk."""

    username: str
    folder: Path
    owner: tuple[int, int]

    def deliver(self, raw: bytes, *, is_seen: bool = False) -> None:
        """Put a message into the inbox, as a mail server does: written aside, then renamed."""
        self._provide()
        name = f"{time.time_ns()}.{next(_numbers)}.tests"
        draft = self.folder / "tmp" / name
        draft.write_bytes(raw)
        os.chown(draft, *self.owner)
        draft.rename(self.folder / "cur" / f"{name}:2,S" if is_seen else self.folder / "new" / name)

    def seen(self, folder: str = "") -> list[bytes]:
        """What is marked as seen, sorted."""
        return sorted(path.read_bytes() for path in self._messages(folder) if _is_seen(path))

    def unseen(self) -> list[bytes]:
        """What is not, sorted."""
        return sorted(path.read_bytes() for path in self._messages("") if not _is_seen(path))

    def mark_all_seen(self) -> None:
        """As somebody does who reads them in webmail."""
        for path in self._messages(""):
            if not _is_seen(path):
                path.rename(self.folder / "cur" / f"{path.name.partition(':')[0]}:2,S")

    def mark_all_unseen(self) -> None:
        """As somebody does who wants to come back to them."""
        for path in self._messages(""):
            path.rename(self.folder / "cur" / f"{path.name.partition(':')[0]}:2,")

    def renumber(self) -> None:
        """Let the server forget its numbering, so that it begins another UIDVALIDITY."""
        for path in self.folder.glob("dovecot[.-]*"):
            if path.name.startswith(("dovecot.index", "dovecot-uidlist")):
                path.unlink()

    def begin_at(self, uid_validity: int) -> None:
        """Let the server, which has not looked here yet, begin with this UIDVALIDITY."""
        path = self.folder / "dovecot-uidlist"
        path.write_text(f"3 V{uid_validity} N1 G{uid_validity:032x}\n")
        os.chown(path, *self.owner)

    def _messages(self, folder: str) -> list[Path]:
        root = self.folder / f".{folder}" if folder else self.folder
        return [path for sub in ("new", "cur") for path in (root / sub).glob("*")]

    def _provide(self) -> None:
        for part in (self.folder, *(self.folder / sub for sub in ("tmp", "new", "cur"))):
            if not part.exists():
                part.mkdir(mode=0o700)
                os.chown(part, *self.owner)


@dataclass
class PrivateDovecot:
    """One server; :meth:`stop` ends it and removes every trace."""

    folder: Path
    tls_port: int
    plain_port: int
    sign_in_service: SignInService
    owner: tuple[int, int]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def start(cls) -> PrivateDovecot:
        """Write the server's files and start it. Raises ServerDidNotStart."""
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        folder.chmod(0o711)  # its processes run as other users where we are root
        _sweep(folder.parent)
        internal, login = _users()
        owner = (internal.pw_uid, internal.pw_gid)
        server = cls(folder, _free_port(), _free_port(), SignInService(), owner)
        server._write_files(internal, login)
        try:
            server.run()
        except BaseException:
            server.stop()
            raise
        return server

    @property
    def ca_file(self) -> Path:
        """Who signed the server's certificate; ``SSL_CERT_FILE`` makes it trusted."""
        return self.folder / "ca.pem"

    def mailbox(self) -> Maildir:
        """A mailbox that nobody has used yet."""
        username = f"kotak{next(_numbers)}@rs.example"
        return Maildir(username, self.folder / "mail" / username, self.owner)

    def run(self) -> None:
        """Start the server, also again after :meth:`kill`."""
        # setpriv ends the server with us, even when we are killed and cannot stop it
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", str(dovecot_server()), "-F", "-c", self._settings],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_WITHIN
        while not _answers(self.tls_port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServerDidNotStart(self.log[-2000:])
            _wait_for_exit(self.process, 0.02)

    def revive(self) -> None:
        """Start the server again if a test has killed it."""
        if self.process is None or self.process.poll() is not None:
            self.run()

    def kill(self) -> None:
        """``kill -9`` for the server and everything it started."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self._wait_until_refused()
        (self.folder / "run" / "master.pid").unlink(missing_ok=True)

    def _wait_until_refused(self) -> None:
        """The processes that it started listen for a moment longer, until the kernel has cleared them away."""
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.tls_port), timeout=1).close()
            except OSError:
                return

    def stop(self) -> None:
        """End the server and remove its folder. May be called twice."""
        self.kill()
        self.sign_in_service.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> str:
        """What the server wrote."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else "no log"

    @property
    def _settings(self) -> str:
        return str(self.folder / "dovecot.conf")

    def _write_files(self, internal: pwd.struct_passwd, login: pwd.struct_passwd) -> None:
        make_certificate(self.folder)
        (self.folder / "mail").mkdir()
        os.chown(self.folder / "mail", *self.owner)
        said = (_of_this_version() + CONFIGURATION).format(
            folder=self.folder,
            internal=internal.pw_name,
            internal_group=_group_of(internal),
            login=login.pw_name,
            password=PASSWORD,
            uid=internal.pw_uid,
            gid=internal.pw_gid,
            plain_port=self.plain_port,
            tls_port=self.tls_port,
        )
        Path(self._settings).write_text(said)
        introspection = INTROSPECTION.format(url=self.sign_in_service.introspection_url)
        (self.folder / "oauth2.conf").write_text(introspection)


def _is_seen(path: Path) -> bool:
    return "S" in path.name.partition(":2,")[2]


def _of_this_version() -> str:
    said = subprocess.run(
        [str(dovecot_server()), "--version"], capture_output=True, text=True, check=True
    )
    return OF_2_3 if said.stdout.startswith("2.3.") else OF_2_4


def _users() -> tuple[pwd.struct_passwd, pwd.struct_passwd]:
    """Whose processes these are: root may not serve mail, so Debian's users do it then."""
    if os.geteuid() == 0:
        return pwd.getpwnam("dovecot"), pwd.getpwnam("dovenull")
    me = pwd.getpwnam(getpass.getuser())
    return me, me


def _group_of(user: pwd.struct_passwd) -> str:
    return grp.getgrgid(user.pw_gid).gr_name


def _sweep(place: Path) -> None:
    """Remove what sessions left that were killed; the folder's name tells whose it was."""
    for folder in place.glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _wait_for_exit(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait *seconds*, but no longer than the process lives."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
