"""What this machine has for tests beyond Python. What it lacks is skipped loudly here and fails in CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

CHROMIUMS = ("chromium-headless-shell", "chromium")
_MEMORY = Path("/dev/shm")
# Bytes free: MariaDB's files take 600 MB at most, what the tests write less than that
_ROOM = 2 * 1024**3


def roomy_memory() -> Path | None:
    """A folder in memory, where fsync costs nothing, or None where there is none with room enough."""
    if not os.access(_MEMORY, os.W_OK) or os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC:
        return None
    return _MEMORY if shutil.disk_usage(_MEMORY).free > _ROOM else None


def mariadb_server() -> str | None:
    """Where Debian puts the server, or None where it is not installed."""
    return shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def chromium() -> str | None:
    """Debian's Chromium; CHROMIUM names another one.

    Without its windows and menus, where that is installed: the same pages come in half the time.
    """
    names = [os.environ["CHROMIUM"]] if "CHROMIUM" in os.environ else CHROMIUMS
    return next((found for name in names if (found := shutil.which(name))), None)


def dovecot_server() -> str | None:
    """Where Debian puts the IMAP server, or None where it is not installed."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def clamd_server() -> str | None:
    """Where Debian puts the virus scanner, or None where it is not installed."""
    return shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def pdftotext() -> str | None:
    return shutil.which("pdftotext")


def lacks() -> dict[str, str]:
    """What is missing, and the Debian package that brings it."""
    found = {
        "MariaDB": (mariadb_server(), "mariadb-server"),
        "Chromium": (chromium(), "chromium"),
        "Dovecot": (dovecot_server(), "dovecot-imapd"),
        "clamd": (clamd_server(), "clamav-daemon"),
        "pdftotext": (pdftotext(), "poppler-utils"),
    }
    return {
        name: f"{name} is not installed (Debian package {package})"
        for name, (program, package) in found.items()
        if program is None
    }


def need(name: str) -> None:
    """Skip the test that asks, or fail it in CI, when the machine lacks *name*."""
    if reason := lacks().get(name):
        if IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)
