"""Every form of a page as a program sees it, to be filled in as nobody would."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from urllib.parse import urljoin

from tests.support.files import jpeg

NONSENSE = (
    "9" * 25, "²", "-1", "\x00\x07a", "%s %(x)s {0}", "' OR 1=1 --", "😀" * 60, "2026-02-30",
    "99:99", "a@", "+62", "<script>", "1e309", "\u200b", "x" * 300, "",
)  # fmt: skip
_OURS = {"csrf_token", "once"}  # without them a form is refused before anybody reads it
_choices = count()

Sent = dict[str, object]


@dataclass
class Form:
    """Where a form is sent to, what of it is hidden, and the names of what people fill in."""

    action: str
    method: str
    hidden: dict[str, str] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)
    file_fields: list[str] = field(default_factory=list)

    def filled(self) -> Iterator[Sent]:
        """Nothing but a photograph; then nonsense in what is seen; then in what is hidden too, and a broken file."""
        kept = {name: value for name, value in self.hidden.items() if name in _OURS}
        yield self.hidden | self._with_file(jpeg())
        yield self.hidden | _nonsense(self.fields)
        yield _nonsense([*self.fields, *self.hidden]) | kept | self._with_file(b"\xff\xd8 no more")

    def _with_file(self, content: bytes) -> Sent:
        return {name: (io.BytesIO(content), "foto.jpg") for name in self.file_fields}


def _nonsense(names: list[str]) -> Sent:
    return {name: NONSENSE[next(_choices) % len(NONSENSE)] for name in names}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(at.get("action", ""), at.get("method", "get")))
            self._is_inside = True
        elif self._is_inside and at.get("name") and tag in ("input", "select", "textarea"):
            form, kind = self.forms[-1], at.get("type", "")
            if kind == "hidden":
                form.hidden[at["name"]] = at.get("value", "")
            else:
                (form.file_fields if kind == "file" else form.fields).append(at["name"])

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "form"


def forms_to_post(page: str, path: str) -> list[Form]:
    """The forms of *page*, which lies at *path*, that change something; ``action`` is where each goes."""
    reader = _Reader()
    reader.feed(page)
    for form in reader.forms:
        form.action = urljoin(path, form.action or path)
    return [form for form in reader.forms if form.method.lower() == "post"]
