"""``flask demo``: the hospital that does not exist, loaded or built anew."""

from __future__ import annotations

import shutil

import click

from helpdesk.cli.house_command import HouseGroup, on_fitting_schema
from helpdesk.lib.settings import current_settings

demo_commands = HouseGroup("demo", help="Load the demo, or build it anew. Needs DEMO=1.")


@demo_commands.command("load")
@on_fitting_schema
def load_command() -> None:
    """Load the demo into an empty database; nothing happens when it is there."""
    _refuse_without_demo()
    load_with_progress()
    click.echo("The demo is loaded.")


@demo_commands.command("reset")
def reset_command() -> None:
    """Throw the demo away and build it anew, up to this moment. Stop web and worker before."""
    import flask_migrate

    from helpdesk.demo.marks import NotADemo
    from helpdesk.demo.reset import wipe_demo

    _refuse_without_demo()
    try:
        wipe_demo()
    except NotADemo as refusal:
        raise click.ClickException(str(refusal)) from None
    _forget_mails()
    flask_migrate.upgrade()
    load_with_progress()
    click.echo("The demo was built anew.")


def _forget_mails() -> None:
    """The simulator's mails are about complaints that exist no longer."""
    settings = current_settings()
    shutil.rmtree(settings.instance_path / "simulator", ignore_errors=True)


def load_with_progress() -> None:
    """Load the demo unless it is there, with a bar; raises ClickException for somebody's database."""
    from helpdesk.demo.load import load_demo
    from helpdesk.demo.marks import NotADemo, is_loaded

    if is_loaded():
        return
    try:
        with click.progressbar(length=100, label="Loading the demo") as bar:
            load_demo(lambda done, total: bar.update(done * 100 // max(1, total) - bar.pos))
    except NotADemo as refusal:
        raise click.ClickException(str(refusal)) from None


def _refuse_without_demo() -> None:
    settings = current_settings()
    if not settings.demo:
        raise click.ClickException("This is not the demo. Run it with DEMO=1.")
