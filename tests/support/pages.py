"""A bare application with the look and no database, for tests of what pages are made of."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g
from flask_login import LoginManager

from helpdesk.web import assets, filters, locale
from helpdesk.web.assets import STATIC

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: id\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "%(day)s at %(time)s"
msgstr "%(day)s pukul %(time)s"

msgid "Today %(time)s"
msgstr "Hari ini %(time)s"

msgid "%(time)s left"
msgstr "%(time)s lagi"

msgid "%(time)s late"
msgstr "Terlambat %(time)s"

msgid "%(num)d day"
msgid_plural "%(num)d days"
msgstr[0] "%(num)d hari"

msgid "%(num)d hour"
msgid_plural "%(num)d hours"
msgstr[0] "%(num)d jam"

msgid "%(num)d minute"
msgid_plural "%(num)d minutes"
msgstr[0] "%(num)d menit"

msgid "This field is required."
msgstr "Mohon diisi."

msgid "Field must be at least %(min)d character long."
msgid_plural "Field must be at least %(min)d characters long."
msgstr[0] "Tulis paling sedikit %(min)d huruf."
"""


def bare_app(zone: str = "Asia/Jakarta") -> Flask:
    """Assets, filters and locale on an application of an organisation in *zone*."""
    app = Flask("bare", static_folder=None, template_folder=str(STATIC.parent / "templates"))
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.secret_key = "for tests only"
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)

    @app.before_request
    def _organisation() -> None:
        settle_in(zone)

    locale.init_locale(app)
    assets.init_assets(app)
    filters.init_filters(app)
    LoginManager(app).request_loader(lambda _request: None)
    return app


def settle_in(zone: str = "Asia/Jakarta") -> None:
    """Be an organisation in *zone* for the rest of this context, without a row."""
    g.organisation = SimpleNamespace(name="RSIA Contoh", timezone=ZoneInfo(zone))


def keep_catalogue(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a small Indonesian catalogue in the place of the real one; gives its file."""
    path = folder / "id" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO, encoding="utf-8")
    monkeypatch.setattr(locale, "CATALOGUES", folder)
    return path
