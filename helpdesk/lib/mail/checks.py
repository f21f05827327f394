"""What our own receiving server says about the sender: Authentication-Results (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from helpdesk.lib.mail.message import NO_RESULT, PASSING, Checks

_MAX_READ = 8_000
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"?')
_BREAKS = re.compile(r"[()\"\\]|[^()\"\\]+")
_RESULT = re.compile(
    r"\s*(spf|dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)(.*)", re.IGNORECASE | re.DOTALL
)


def read_checks(values: Sequence[str], authserv_id: str) -> Checks:
    """The results in the topmost of *values* that the server *authserv_id* wrote. Those below it came
    with the mail, and so may be of the sender's making; without a name nothing is believed."""
    name = authserv_id.strip().casefold()
    for value in values if name else ():
        author, *results = _split(_without_comments(value[:_MAX_READ]))
        said_by = author.split()  # "mx.example.org", or with a version, "mx.example.org 1"
        if said_by and said_by[0].strip('"').casefold() == name:
            return _checks(results)
    return Checks()


def _checks(results: Sequence[str]) -> Checks:
    found: dict[str, str] = {}
    for result in results:
        match = _RESULT.match(result)
        if match is None:
            continue
        method, verdict, about = match.group(1).lower(), match.group(2).lower(), match.group(3)
        if method == "spf" and "smtp.helo" in about and "smtp.mailfrom" not in about:
            continue  # about the name of a machine, not about the sender
        # Of several signatures one that holds is enough.
        if method not in found or (method == "dkim" and verdict == PASSING):
            found[method] = verdict
    spf, dkim, dmarc = (found.get(method, NO_RESULT) for method in ("spf", "dkim", "dmarc"))
    return Checks("fail" if spf == "hardfail" else spf, dkim, dmarc)


def _without_comments(value: str) -> str:
    """*value* without what stands in parentheses, nested ones, too."""
    return "".join(_outside(value))


def _outside(value: str) -> Iterator[str]:
    depth, at = 0, 0
    while at < len(value):
        if depth == 0 and value[at] == '"' and (quoted := _QUOTED.match(value, at)):
            yield quoted.group()
            at = quoted.end()
            continue
        piece = _BREAKS.match(value, at)
        words = piece.group() if piece else value[at]
        if words == "\\":
            at += 1  # the next character means nothing
        elif words == "(":
            depth += 1
        elif words == ")":
            depth = max(0, depth - 1)
        elif depth == 0:
            yield words
        at += len(words)


def _split(value: str) -> list[str]:
    """At the semicolons that stand outside quotation marks; never empty."""
    parts, at = [""], 0
    while at < len(value):
        quoted = _QUOTED.match(value, at)
        end = quoted.end() if quoted else at + 1
        if not quoted and value[at] == ";":
            parts.append("")
        else:
            parts[-1] += value[at:end]
        at = end
    return parts
