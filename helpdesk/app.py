"""Floor 7: wires everything; no rules."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from flask import Flask, g, request, session
from flask.typing import ResponseReturnValue
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from helpdesk.accounts.organisation import organisation
from helpdesk.lib import logs
from helpdesk.lib.database import db, init_database, unit_of_work
from helpdesk.web import assets, drawn_once, errors, filters, headers, locale, signed_in
from helpdesk.web.doors import init_doors
from helpdesk.web.environment import HouseEnvironment

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class House(Flask):
    """Flask, with every unsafe request dispatched in one unit of work."""

    jinja_environment = HouseEnvironment

    def dispatch_request(self, *args: Any) -> ResponseReturnValue:
        """Run the view; an unsafe one inside a unit, rerun as a whole when two writers met."""
        view = self.view_functions.get(request.endpoint or "")
        handle = super().dispatch_request
        if request.method in SAFE_METHODS or getattr(view, "in_own_units", False):
            return handle(*args)
        before = deepcopy(dict(session))  # flashes are appended to a list that lives in it

        def attempt() -> ResponseReturnValue:
            # An attempt that was rolled back must not leave a flash behind
            if dict(session) != before:
                session.clear()
                session.update(deepcopy(before))
            return handle(*args)

        return unit_of_work(attempt)


def create_app(settings: Settings | None = None) -> House:
    """Build the application from *settings*, or from the environment."""
    settings = settings or Settings.from_environment()
    app = House(
        "helpdesk",
        root_path=str(ROOT / "helpdesk"),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
        instance_path=str(settings.instance_path.resolve()),
    )
    _configure(app, settings)
    logs.init_logging(app, settings.log_level)  # first, so that no other hook can answer before it
    init_database(app, settings.database_url)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    CSRFProtect(app)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    _wire(app, settings)
    return app


def _configure(app: House, settings: Settings) -> None:
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        MAX_CONTENT_LENGTH=settings.max_upload_megabytes * 1024 * 1024,
        # Several texts of the longest size fit, so that the form can say itself which is too long.
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        SESSION_COOKIE_NAME="tanggap",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open as long as the session lives
        WTF_CSRF_SSL_STRICT=False,  # behind village proxies the referrer is often stripped
    )
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}


def _wire(app: House, settings: Settings) -> None:
    from helpdesk import cli
    from helpdesk.intake import mail_addresses
    from helpdesk.lib import limits_storage, storage
    from helpdesk.messaging import relay
    from helpdesk.web import handed_over, metrics

    storage.init_storage(app, settings.instance_path / "files")
    locale.init_locale(app)
    assets.init_assets(app)
    filters.init_filters(app)
    drawn_once.init_drawing(app)
    signed_in.init_sign_in(app)
    handed_over.init_handing_over(app)
    limits_storage.init_limits(app)
    relay.know_own_addresses(app, mail_addresses.received_at)
    init_doors(app)
    errors.init_errors(app)
    metrics.init_metrics(app)
    headers.init_headers(app)
    cli.init_commands(app)
    if settings.demo:
        from helpdesk.demo import sign_in_cards

        app.register_blueprint(sign_in_cards.door)

    @app.context_processor
    def _on_every_page() -> dict[str, Any]:
        return {"organisation": organisation(), "demo": settings.demo}

    @app.teardown_request
    @app.teardown_appcontext
    def _forget(_error: BaseException | None) -> None:
        for name in ("organisation", "audit_edition"):
            g.pop(name, None)
