"""``flask up``: everything that is needed to use the system on one machine, and nothing left when
it ends.
"""

from __future__ import annotations

import os
import socket
import sys
from http.client import HTTPConnection, HTTPException

import click
from flask.cli import with_appcontext

from config import ROOT, Settings
from helpdesk.accounts.organisation import organisation
from helpdesk.cli.children import ChildDied, Children
from helpdesk.cli.demo import load_with_progress
from helpdesk.cli.house_command import HouseCommand
from helpdesk.demo.marks import is_demo
from helpdesk.lib.database import db
from helpdesk.lib.schema import Fit, schema_state
from helpdesk.lib.settings import current_settings

READY_WITHIN = 60.0  # seconds, on a slow machine


@click.command("up", cls=HouseCommand)
@with_appcontext
def up_command() -> None:
    """Bring the database up to date, then run web and worker until Ctrl-C."""
    settings = current_settings()
    host = bind_host(settings)
    for port in _ports(settings):
        refuse_taken_port(host, port)
    _provide_schema(settings)
    _provide_content(settings)
    db.session.remove()
    db.engine.dispose()  # the children have their own connections
    try:
        _run(settings, host)
    except ChildDied as death:
        raise click.ClickException(
            f"{death} Everything was stopped; the reason stands above."
        ) from None


def _ports(settings: Settings) -> list[int]:
    """Where we will listen: the demo has its simulator beside it."""
    return [settings.port, settings.port + 1] if settings.demo else [settings.port]


def bind_host(settings: Settings) -> str:
    """The address to listen on.

    The demo has known passwords, so it stays on this machine unless DEMO_PUBLIC=1 says otherwise.
    """
    if settings.demo:
        return "0.0.0.0" if settings.demo_public else "127.0.0.1"  # noqa: S104 - asked for
    return settings.bind


def refuse_taken_port(host: str, port: int) -> None:
    """Raise ClickException with one clear line when nobody else can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                f"Stop what runs there, or choose another: make run PORT={port + 1}"
            ) from None


def _provide_schema(settings: Settings) -> None:
    """Make the tables of an empty database, and carry a demo forward; a real one is backed up first."""
    import flask_migrate

    state = schema_state()
    is_ours_to_change = state.fit is Fit.EMPTY or (
        settings.demo and state.fit is Fit.OLDER and is_demo()
    )
    if is_ours_to_change:
        click.echo("Bringing the database up to date ...")
        flask_migrate.upgrade()
    elif state.fit is not Fit.SAME:
        raise click.ClickException(state.advice)


def _provide_content(settings: Settings) -> None:
    if settings.demo:
        load_with_progress()
    elif organisation() is None:
        _set_up()


def _set_up() -> None:
    from helpdesk.cli.setup import setup_command

    click.get_current_context().invoke(setup_command)


def _run(settings: Settings, host: str) -> None:
    children = Children()
    with children.until_asked_to_stop():
        environment = {"LOG_LEVEL": "WARNING", **os.environ}
        children.start("web server", _web_command(host, settings.port), cwd=ROOT, env=environment)
        children.start("worker", _flask_command("work"), cwd=ROOT, env=environment)
        if settings.demo:
            children.start("simulator", _flask_command("simulator"), cwd=ROOT, env=environment)
        if children.wait_for(lambda: _all_answer(settings, host), within=READY_WITHIN):
            _greet(settings)
        elif not children.is_asked_to_stop:
            raise ChildDied("The web server does not answer.")
        children.watch()
        click.echo("\nStopping ...")
    click.echo("Stopped.")


def _web_command(host: str, port: int) -> list[str]:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    options = {
        "config": "python:helpdesk.web.serving",
        "bind": bind,
        "graceful-timeout": 10,
        "log-level": "warning",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "gunicorn", *flags, "wsgi:app"]


def _flask_command(*words: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", *words]


def _all_answer(settings: Settings, host: str) -> bool:
    return _answers(host, settings.port, "/healthz") and (
        not settings.demo or _answers(host, settings.port + 1, "/")
    )


def _answers(host: str, port: int, path: str) -> bool:
    reached_at = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared
    connection = HTTPConnection(reached_at, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _greet(settings: Settings) -> None:
    click.echo(f"\nTanggap is running: {settings.base_url}")
    if settings.demo:
        click.echo(f"Its telephones and mailboxes to try: http://localhost:{settings.port + 1}")
        _show_sign_ins()
    click.echo("\nCtrl-C stops everything.")


def _show_sign_ins() -> None:
    from helpdesk.demo.cast import CAST

    click.echo("\nDemo sign-ins:")
    for person in CAST:
        click.echo(f"  {person.username:<16} {person.password:<16} {person.role}")
