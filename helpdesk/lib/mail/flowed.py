"""Paragraphs out of ``format=flowed`` (RFC 3676), in which lines that end in a space go on."""

from __future__ import annotations

import re

_QUOTES = re.compile(r">*")
_SIGNATURE = "-- "


def unflowed(text: str, *, drops_space: bool) -> str:
    """*text* with its soft line breaks taken out; quoted lines are joined to those quoted as deeply.

    *drops_space* is the parameter ``DelSp=yes``: the space at the end is not part of the words.
    """
    lines: list[str] = []
    pieces: list[str] = []
    open_depth = -1
    for raw in text.split("\n"):
        depth, line = _depth_and_words(raw)
        if pieces and (depth != open_depth or line == _SIGNATURE):
            lines.append(_line(open_depth, pieces))
            pieces = []
        goes_on = line.endswith(" ") and line != _SIGNATURE
        pieces.append(line[:-1] if goes_on and drops_space else line)
        open_depth = depth
        if not goes_on:
            lines.append(_line(depth, pieces))
            pieces = []
    if pieces:
        lines.append(_line(open_depth, pieces))
    return "\n".join(lines)


def _depth_and_words(raw: str) -> tuple[int, str]:
    marks = _QUOTES.match(raw)
    depth = marks.end() if marks else 0
    words = raw[depth:]
    return depth, words.removeprefix(" ")  # stuffed, so that a word may begin with ">" or "From "


def _line(depth: int, pieces: list[str]) -> str:
    words = "".join(pieces)
    words = words if words == _SIGNATURE else words.rstrip(" ")
    return f"{'>' * depth} {words}" if depth else words
