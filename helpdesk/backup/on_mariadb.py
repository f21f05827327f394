"""Copying a MariaDB database out and in with the programs that come with it.

One transaction sees the whole database as it stood when it began, and locks nobody out. The
password travels in a file that only we can read: neither in the arguments nor in the environment,
where other people of the machine could see it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Engine, inspect, text

from helpdesk.backup import CannotBackUp, CannotRestore, Note
from helpdesk.lib.database import db
from helpdesk.lib.engine_facts import engine_facts

FILE_NAME = "database.sql"
_DUMP_OPTIONS = (
    "--single-transaction",
    "--quick",
    "--triggers",
    "--hex-blob",
    "--no-tablespaces",  # reading them would need a privilege over the whole server
    "--skip-lock-tables",
    "--skip-extended-insert",  # a row is a line, so that rows can be counted on the way
    "--no-autocommit",  # and a table is read back in one transaction all the same
    "--default-character-set=utf8mb4",
)
_ROW = re.compile(rb"INSERT INTO `((?:[^`]|``)+)` VALUES ")
# A trigger belongs to the account that made it, which another server need not have.
_OWNER = re.compile(rb" */\*!50017 DEFINER=`(?:[^`]|``)*`@`(?:[^`]|``)*`\*/")
_LAST_WORDS = b"-- Dump completed"
_CHUNK = 1 << 20
# What the URL's query may say about the way to the server, and how MariaDB's programs call it.
_WAYS = {"unix_socket": "socket", "ssl_ca": "ssl-ca", "ssl_cert": "ssl-cert", "ssl_key": "ssl-key"}


def copy_out(target: Path, note: Note) -> dict[str, int]:
    """Write the database to the file *target* as SQL; returns the rows of each table in it.

    Raises CannotBackUp when the program is missing or gives up.
    """
    expected = engine_facts().size or 0
    with _way_in() as options, tempfile.TemporaryFile() as said:
        command = [_program("mariadb-dump", CannotBackUp), options, *_DUMP_OPTIONS, _name()]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as dump:
            assert dump.stdout is not None
            rows, is_complete = _write(dump.stdout, target, lambda done: note(done, expected))
        if dump.returncode or not is_complete:
            raise CannotBackUp(f"mariadb-dump gave up: {_read(said)}")
    return {name: rows[name] for name in sorted(_tables())}


def copy_in(source: Path, note: Note) -> dict[str, int]:
    """Read the SQL of *source* into the empty database; returns its rows by table.

    Raises CannotRestore when the program is missing or gives up; the tables it made are dropped.
    """
    db.session.remove()
    db.engine.dispose()
    try:
        pour(source, _name(), note)
    except BaseException:
        _drop_everything()
        raise
    return rows_in(db.engine)


def rows_in(engine: Engine) -> dict[str, int]:
    """The rows of each table in the database behind *engine*."""
    with engine.connect() as connection:
        return {
            name: connection.scalar(text(f"SELECT COUNT(*) FROM `{name}`")) or 0  # noqa: S608 - a table's own name
            for name in sorted(inspect(connection).get_table_names())
        }


def told_in(source: Path) -> dict[str, int]:
    """The rows of each table as the SQL of *source* tells them. Raises CannotRestore where its end is missing."""
    rows: Counter[str] = Counter()
    with source.open("rb") as file:
        is_complete = _count(file, rows, lambda _line: None)
    if not is_complete:
        raise CannotRestore(f"{source.name} ends in the middle")
    return dict(rows)


def pour(source: Path, database: str, note: Note) -> None:
    """Read the SQL of *source* into the *database* of our server. Raises CannotRestore when the program gives up."""
    total, done = source.stat().st_size, 0
    with _way_in() as options, tempfile.TemporaryFile() as said, source.open("rb") as file:
        command = [_program("mariadb", CannotRestore), options, "--batch", database]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said) as client:
            assert client.stdin is not None
            try:
                while chunk := file.read(_CHUNK):
                    client.stdin.write(chunk)
                    note(done := done + len(chunk), total)
                client.stdin.close()
            except BrokenPipeError:
                pass  # it gave up; its exit code and its words tell why
        if client.returncode:
            raise CannotRestore(f"mariadb gave up: {_read(said)}")


def _write(
    lines: Iterable[bytes], target: Path, tell: Callable[[int], None]
) -> tuple[Counter[str], bool]:
    """Copy the *lines* of a dump, counting rows; was it told to its end?"""
    rows: Counter[str] = Counter()
    with target.open("wb") as file:

        def keep(line: bytes) -> None:
            if line.startswith(b"/*!50003 CREATE*/"):
                line = _OWNER.sub(b"", line)
            file.write(line)
            tell(file.tell())

        return rows, _count(lines, rows, keep)


def _count(lines: Iterable[bytes], rows: Counter[str], keep: Callable[[bytes], None]) -> bool:
    """*keep* each of the *lines* of a dump, and count it where it is a row; was it told to its end?"""
    is_complete = False
    for line in lines:
        if found := _ROW.match(line):
            rows[found[1].replace(b"``", b"`").decode()] += 1
        is_complete = line.startswith(_LAST_WORDS) or (is_complete and not line.strip())
        keep(line)
    return is_complete


def _tables() -> list[str]:
    return inspect(db.engine).get_table_names()


def _drop_everything() -> None:
    """The database was empty before, so all that is in it now is half a restore."""
    with db.engine.begin() as connection:
        connection.execute(text("SET foreign_key_checks = 0"))
        for name in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE `{name}`"))
    db.engine.dispose()


def _program(name: str, refusal: type[Exception]) -> str:
    found = shutil.which(name)
    if found is None:
        raise refusal(f"{name} is not installed on this machine: apt-get install mariadb-client")
    return found


def _name() -> str:
    return str(db.engine.url.database)


@contextmanager
def _way_in() -> Iterator[str]:
    """The option that names a file with the way to the server and the password, mode 0600."""
    url = db.engine.url
    facts: dict[str, object] = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
    }
    facts |= {name: url.query.get(said) for said, name in _WAYS.items()}
    facts["protocol"] = "socket" if facts["socket"] else "tcp"  # as PyMySQL understands localhost
    with tempfile.NamedTemporaryFile("w", prefix="tanggap-", suffix=".cnf") as file:
        lines = [f"{name}={_quoted(fact)}" for name, fact in facts.items() if fact is not None]
        file.write("\n".join(["[client]", *lines, ""]))
        file.flush()
        yield f"--defaults-file={file.name}"  # and no other file of the machine or its user


def _quoted(fact: object) -> str:
    escaped = str(fact).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _read(said: IO[bytes]) -> str:
    """The last line of what a program said. Never a row: the client quotes at most a few words of SQL."""
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"
