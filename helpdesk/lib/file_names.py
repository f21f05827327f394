"""Names of received files, made fit to be shown and saved. They never choose a place or a type."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 120

_PATHS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # cannot be saved on Windows, or would break a header
_SPACES = re.compile(r"\s+")
# ".jpg", not the ".12" of "kamar 3.12"
_EXTENSION = re.compile(r"\.(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{1,5}$")


def visible_name(name: str) -> str:
    """*name* without directories, control characters and invisible ones; it may be empty, and ends
    where it ended.

    Among the invisible are the bidirectional overrides with which ``gpj.exe`` is made to read
    ``exe.jpg``.
    """
    last = _PATHS.split(unicodedata.normalize("NFC", name))[-1]
    # A line end, too, parts words
    spaced = "".join(" " if mark.isspace() else mark for mark in last)
    visible = "".join(mark for mark in spaced if unicodedata.category(mark)[0] != "C")
    return _SPACES.sub(" ", _FORBIDDEN.sub("_", visible)).strip(" .")[:MAX_LENGTH]


def fit_name(name: str, extensions: tuple[str, ...], *, unnamed: str) -> str:
    """A harmless name of at most 120 characters that ends in one of *extensions* (the first when in
    doubt).

    What nothing is left of is called *unnamed*.
    """
    stem, extension = visible_name(name), extensions[0]
    if found := _EXTENSION.search(stem):
        given = found.group()[1:].lower()
        extension = given if given in extensions else extension
        stem = stem[: found.start()]
    stem = stem[: MAX_LENGTH - len(extension) - 1].strip(" .")
    if not any(mark.isalnum() for mark in stem):
        stem = unnamed
    return f"{stem}.{extension}"
