"""The tree of MIME parts, from raw bytes, in bounded time and memory.

The parser of the standard library does the work, under bounds it does not have itself: only multiparts
are descended into and those not below ``MAX_DEPTH``; after ``MAX_PARTS`` it stops; headers are cut to
what its own, quadratic, reading of parameters can bear. Attached messages stay bytes, so that they come
out as they came in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from email import errors
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import Compat32, Policy
from email.utils import collapse_rfc2231_value
from functools import cached_property
from typing import Any

from helpdesk.lib.mail.defects import Defect

MAX_DEPTH = 20
"""The deepest honest mail we met has 7: a signed, forwarded newsletter with pictures."""
MAX_PARTS = 300
MAX_HEADER = 32_000  # characters; a long thread's References, a long list of recipients
MAX_CONTENT_HEADER = 4_000  # a file name of 255 letters beyond ASCII, percent-encoded, fits

_TRUNCATED = (errors.CloseBoundaryNotFoundDefect, errors.StartBoundaryNotFoundDefect)


class Part(Message):
    """One part of a mail. Containers have ``children``; everything else is a leaf with ``body``."""

    depth = 0

    def attach(self, payload: Any) -> None:
        """Called by the parser for every part it begins, before it reads the part."""
        payload.depth = self.depth + 1
        super().attach(payload)

    def get_content_type(self) -> str:
        """What the parser acts upon: it descends into what is a ``multipart/`` or a ``message/`` here.

        ``media_type`` is what the part says of itself.
        """
        if self.media_type.startswith("message/"):
            return "application/octet-stream"
        if self.media_type.startswith("multipart/") and self.depth >= MAX_DEPTH:
            return "application/octet-stream"
        return self.media_type

    @cached_property
    def media_type(self) -> str:
        """As declared, in lower case; ``text/plain`` when nothing, or nothing sensible, is."""
        return super().get_content_type()

    @cached_property
    def fields(self) -> dict[str, list[str]]:
        """Raw header values by name in lower case, in their order, from the top of the part."""
        found = defaultdict(list)
        for name, value in self.raw_items():
            found[name.lower()].append(str(value))
        return dict(found)

    @property
    def children(self) -> list[Part]:
        """The parts of a multipart; empty for a leaf."""
        payload = self._payload  # type: ignore[attr-defined]
        return payload if isinstance(payload, list) else []

    @property
    def body(self) -> bytes:
        """The bytes of a leaf as they are on the wire, not yet decoded."""
        payload = self._payload  # type: ignore[attr-defined]
        return payload.encode("ascii", "surrogateescape") if isinstance(payload, str) else b""

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Of Content-Type, by name in lower case, continuations (RFC 2231) put together."""
        return self._parameters_of("content-type")

    @cached_property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """``inline``, ``attachment`` or empty, and the parameters beside it."""
        value = (self.fields.get("content-disposition") or [""])[0]
        return value.partition(";")[0].strip().lower(), self._parameters_of("content-disposition")

    def _parameters_of(self, header: str) -> dict[str, str]:
        try:
            pairs = self.get_params(failobj=[], header=header, unquote=True)[1:]
            return {name.lower(): collapse_rfc2231_value(value) for name, value in pairs}
        except (ValueError, LookupError, TypeError, AttributeError):
            return {}  # "filename*x=", "name*0*=%": what the standard library trips over


class _Bounds(Compat32):
    """Raw headers, cut. Every value is a ``str`` in which bytes beyond ASCII are surrogates."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        is_structure = name.lower().startswith("content-")
        return name, value[: MAX_CONTENT_HEADER if is_structure else MAX_HEADER]

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value  # not with question marks for the bytes of a raw "foté.jpg"


class _EnoughParts(Exception):
    """The parser is told to stop; what it has read so far hangs on the root."""


def parse(raw: bytes, *, depth: int = 0) -> tuple[Part, set[Defect]]:
    """The root of the mail in *raw*, and what was wrong with its build. *depth* is that of the part in
    which the mail was found.
    """
    made: list[Part] = []

    def begin(policy: Policy | None = None) -> Part:
        if len(made) >= MAX_PARTS:
            raise _EnoughParts
        made.append(Part(policy=policy or _Bounds()))
        made[0].depth = depth
        return made[-1]

    parser = BytesFeedParser(begin, policy=_Bounds())
    made.clear()  # of the one it made to see what the factory takes
    defects: set[Defect] = set()
    try:
        parser.feed(raw.lstrip(b"\r\n\xef\xbb\xbf"))
        parser.close()
    except _EnoughParts:
        defects.add(Defect.TOO_MANY_PARTS)
    for part in made:
        defects.update(_defects_of(part))
    return made[0], defects


def leaves(part: Part) -> Iterator[Part]:
    """Every part that is no container, in the order of the mail."""
    if not part.children:
        yield part
    for child in part.children:
        yield from leaves(child)


def _defects_of(part: Part) -> Iterator[Defect]:
    for defect in part.defects:
        is_end_missing = isinstance(defect, _TRUNCATED)
        yield Defect.TRUNCATED if is_end_missing else Defect.STRUCTURE_BROKEN
    if part.media_type.startswith("multipart/") and part.depth >= MAX_DEPTH:
        yield Defect.NESTED_TOO_DEEP
    for name, values in part.fields.items():
        limit = MAX_CONTENT_HEADER if name.startswith("content-") else MAX_HEADER
        if any(len(value) >= limit for value in values):
            yield Defect.HEADER_CUT
