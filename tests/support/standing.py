"""One application for all the tests of an engine, as on a server that runs: made once, and put back between tests."""

from __future__ import annotations

import shutil
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask

from config import Settings
from tests.support.databases import settings_for

# What a test may change on an application: its settings, what is kept in its memory, its doors and its hooks.
CHANGEABLE = (
    "config",
    "extensions",
    "view_functions",
    "before_request_funcs",
    "after_request_funcs",
    "teardown_request_funcs",
    "template_context_processors",
)


@dataclass
class Standing:
    """The application of one engine. Making it anew for each test would cost as much as many a test."""

    url: str
    instance: Path
    _as_made: dict[str, Any] = field(default_factory=dict, init=False, repr=False)
    _folders: list[Path] = field(default_factory=list, init=False, repr=False)

    @property
    def file(self) -> Path:
        """Where its database is, on SQLite."""
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def settings(self) -> Settings:
        """What it is made of."""
        return settings_for(self.url, self.instance)

    @cached_property
    def app(self) -> Flask:
        """The application itself, made when the first test asks."""
        from helpdesk.app import create_app

        made = create_app(self.settings)
        self._as_made = {name: _copied(getattr(made, name)) for name in CHANGEABLE}
        self._folders = [place for place in self.instance.rglob("*") if not any(place.iterdir())]
        return made

    def empty(self) -> None:
        """Take away whatever was kept in its folder, but for the folders that it made itself when it was made."""
        shutil.rmtree(self.instance, ignore_errors=True)
        for folder in self._folders:
            folder.mkdir(mode=0o700, parents=True)

    def put_back(self) -> None:
        """Undo what a test did to the application, and let it forget what it read."""
        from helpdesk.lib.database import db

        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for name, as_made in self._as_made.items():
            now = getattr(self.app, name)
            now.clear()
            now.update(_copied(as_made))
        for kept in self.app.extensions.values():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()


def _copied(kept: Any) -> Any:
    """With the lists in it copied too, so that what is added to them later is left behind."""
    fresh = copy(kept)
    for key, value in fresh.items():
        if isinstance(value, list):
            fresh[key] = list(value)
    return fresh
