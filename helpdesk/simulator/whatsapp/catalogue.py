"""The templates of the account: handed in, looked at for a moment, approved."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from helpdesk.lib import clock
from helpdesk.simulator.whatsapp.file import PhoneFile
from helpdesk.simulator.whatsapp.refusals import GraphRefusal, missing

LOOKED_AT_FOR = timedelta(seconds=3)
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
LONGEST_BODY = 1024
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_VARIABLE = re.compile(r"\{\{\s*([a-z0-9_]+)\s*\}\}")
_ON_AN_EDGE = re.compile(r"^\s*\{\{[^}]*\}\}|\{\{[^}]*\}\}\s*$")
_UNPRINTABLE = re.compile(r"[\n\t]| {5,}")
_ALREADY_THERE = 2388024  # the provider's subcode


@dataclass(frozen=True)
class Template:
    """One template in one language. *components* is the provider's JSON."""

    id: int
    name: str
    language: str
    category: str
    status: str
    parameter_format: str
    components: list[dict[str, Any]] = field(default_factory=list)

    @property
    def body(self) -> str:
        """Its words, with ``{{variables}}``."""
        return _body_of(self.components)

    @property
    def variables(self) -> list[str]:
        """The names in its words, in order, each once."""
        return list(dict.fromkeys(_VARIABLE.findall(self.body)))

    def filled(self, components: list[dict[str, Any]]) -> str:
        """Its words with the values of a send. Raises GraphRefusal as the provider would."""
        parameters = [
            one
            for part in components
            if part.get("type") == "body"
            for one in part.get("parameters") or []
        ]
        wanted = self.variables
        is_named = self.parameter_format == "NAMED"
        names = (
            [str(one.get("parameter_name", "")) for one in parameters]
            if is_named
            else [str(place + 1) for place in range(len(parameters))]
        )
        if sorted(names) != sorted(wanted):
            raise GraphRefusal(
                132000, f"body: expected parameters {wanted}, but {names} were given"
            )
        values = [str(one.get("text", "")) for one in parameters]
        if any(not value.strip() for value in values):
            raise missing("template['components'][0]['parameters'][0]['text']")
        if any(_UNPRINTABLE.search(value) for value in values):
            raise GraphRefusal(
                132018,
                "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
            )
        by_name = dict(zip(names, values, strict=True))
        return _VARIABLE.sub(lambda found: by_name[found[1]], self.body)


class TemplateCatalogue:
    """The templates in the *file*."""

    def __init__(self, file: PhoneFile) -> None:
        self._file = file

    def hand_in(self, wanted: dict[str, Any]) -> Template:
        """Take a new one, which is approved a moment later. Raises GraphRefusal."""
        components = wanted.get("components")
        if not isinstance(components, list):
            raise missing("components")
        name, language = str(wanted.get("name", "")), str(wanted.get("language", ""))
        category, form = str(wanted.get("category", "")), str(wanted.get("parameter_format", ""))
        _check_head(name, language, category)
        _check_body(components)
        return self.put(
            name,
            language,
            components,
            category=category,
            parameter_format=(form or "POSITIONAL").upper(),
            approved_from=clock.now() + LOOKED_AT_FOR,
        )

    def put(
        self,
        name: str,
        language: str,
        components: list[dict[str, Any]],
        *,
        category: str = "UTILITY",
        parameter_format: str = "NAMED",
        approved_from: datetime | None = None,
    ) -> Template:
        """Keep one that nobody looks at again. Raises GraphRefusal when there is one of that name and language."""
        row = (name, language, category, json.dumps(components), parameter_format)
        try:
            with self._file.opened() as wire:
                wire.execute(
                    "INSERT INTO templates (name, language, category, components, parameter_format, status,"
                    " approved_from) VALUES (?, ?, ?, ?, ?, 'APPROVED', ?)",
                    (*row, (approved_from or clock.now()).isoformat()),
                )
        except sqlite3.IntegrityError:
            raise GraphRefusal(
                100, "Content in this language already exists", subcode=_ALREADY_THERE
            ) from None
        return next(one for one in self.named(name) if one.language == language)

    def turn(self, name: str, language: str, status: str) -> None:
        """Let the provider think otherwise of one: PAUSED, DISABLED, REJECTED, APPROVED."""
        with self._file.opened() as wire:
            wire.execute(
                "UPDATE templates SET status = ?, approved_from = '' WHERE name = ? AND language = ?",
                (status, name, language),
            )

    def named(self, name: str) -> list[Template]:
        """A template in all its languages."""
        return [one for one in self.page(limit=1_000_000) if one.name == name]

    def page(self, *, after: int = 0, limit: int = 25) -> list[Template]:
        """Some of them, behind the one with that id."""
        with self._file.opened() as wire:
            rows = wire.execute(
                "SELECT * FROM templates WHERE id > ? ORDER BY id LIMIT ?", (after, limit)
            ).fetchall()
        now = clock.now().isoformat()
        return [
            Template(
                id=row["id"],
                name=row["name"],
                language=row["language"],
                category=row["category"],
                status="PENDING" if row["approved_from"] > now else row["status"],
                parameter_format=row["parameter_format"],
                components=json.loads(row["components"]),
            )
            for row in rows
        ]


def _check_head(name: str, language: str, category: str) -> None:
    if not _NAME.fullmatch(name):
        raise GraphRefusal(100, "name may hold lower-case letters, digits and underscores only")
    if not _LANGUAGE.fullmatch(language):
        raise GraphRefusal(100, "language is not a supported code")
    if category not in CATEGORIES:
        raise GraphRefusal(100, f"category must be one of {', '.join(CATEGORIES)}")


def _check_body(components: list[dict[str, Any]]) -> None:
    """As strict as the provider: an example for each variable, and none at the beginning or the end."""
    body = _body_of(components)
    if not body.strip() or len(body) > LONGEST_BODY:
        raise GraphRefusal(100, f"a body of 1 to {LONGEST_BODY} characters is required")
    if _ON_AN_EDGE.search(body):
        raise GraphRefusal(
            100, "Variables can't be at the start or end of the template", subcode=2388299
        )
    if _VARIABLE.search(body) and not _part(components, "BODY").get("example"):
        raise GraphRefusal(100, "The body needs an example for each variable", subcode=2388043)


def _body_of(components: list[dict[str, Any]]) -> str:
    return str(_part(components, "BODY").get("text", ""))


def _part(components: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    parts = (
        one
        for one in components
        if isinstance(one, dict) and str(one.get("type", "")).upper() == kind
    )
    return next(parts, {})
