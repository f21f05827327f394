"""Templates compiled once in a run: every process that draws pages would compile anew what it draws."""

from __future__ import annotations

import os
from tempfile import TemporaryDirectory

from jinja2 import FileSystemBytecodeCache

_FOLDER = "TANGGAP_COMPILED_TEMPLATES"
_made: list[TemporaryDirectory[str]] = []  # kept until the process ends, which takes it away


def make_folder() -> None:
    """The folder of this run, known to all of its processes; the first one makes it."""
    if _FOLDER not in os.environ:
        _made.append(TemporaryDirectory(prefix="tanggap-templates-"))
        os.environ[_FOLDER] = _made[0].name


def keep_compiled() -> None:
    """Let the applications of this process take templates from those compiled in this run, and add theirs."""
    from helpdesk.app import House

    kept = FileSystemBytecodeCache(os.environ[_FOLDER])
    House.jinja_options = {**House.jinja_options, "bytecode_cache": kept}
