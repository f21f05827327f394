"""``flask upgrade``: backup, migrate, check. What `make upgrade` runs once the program is new."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from helpdesk.backup import CannotBackUp, CannotRestore
from helpdesk.cli.house_command import HouseCommand
from helpdesk.cli.progress import bars
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.database_file import name_of
from helpdesk.lib.schema import Fit, SchemaState, schema_state
from helpdesk.lib.settings import current_settings


@click.command("upgrade", cls=HouseCommand)
@click.option("--without-backup", is_flag=True, help="Do not make a backup first.")
@with_appcontext
def upgrade_command(without_backup: bool) -> None:
    """Bring the database forward to this program: backup, migrate, check. Stop web and worker first."""
    state = schema_state()
    if state.fit is Fit.NEWER:
        raise click.ClickException(state.advice)
    if state.fit is Fit.EMPTY or without_backup:
        is_new = f" {name_of(db.engine)} has no tables yet." if state.fit is Fit.EMPTY else ""
        click.echo(f"1 of 3  Backup: none.{is_new}")
        backup = None
    else:
        backup = _back_up(state)
    _migrate(state, backup)
    _check()


def _back_up(state: SchemaState) -> Path:
    from helpdesk.backup.making import make_backup
    from helpdesk.backup.record import Occasion, recorded

    settings = current_settings()
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    folder = settings.backup_dir / f"before-upgrade-from-{state.revision}-{stamp}"
    try:
        with bars() as progress:
            recorded(
                lambda: make_backup(folder, progress), occasion=Occasion.UPGRADE, folder=folder
            )
    except (CannotBackUp, OSError) as refusal:
        raise click.ClickException(f"{refusal} Nothing was changed.") from None
    click.echo(f"1 of 3  Backup: {_shortest(folder)}")
    _distrust(folder)
    return folder


def _distrust(folder: Path) -> None:
    """Where the worker's last backup could not be read back, read this one before anything rests on it."""
    from helpdesk.backup.record import last_is_unreadable
    from helpdesk.backup.rehearsing import rehearse_backup
    from helpdesk.tickets.newest import newest_number

    if not last_is_unreadable():
        return
    try:
        faults = rehearse_backup(folder, newest_number).faults
    except (CannotRestore, OSError) as fault:
        faults = (str(fault),)
    if faults:
        raise click.ClickException(
            f"The worker's last backup could not be read back, nor can this one: {faults[0]} "
            "Nothing was changed. Mend it, or set BACKUP_DIR to another disk."
        )
    click.echo(
        "        The worker's last backup could not be read back; this one was, and is whole."
    )


def _migrate(before: SchemaState, backup: Path | None) -> None:
    import flask_migrate

    try:
        flask_migrate.upgrade()
    except DBAPIError as fault:  # its own words quote the rows; those of the driver say enough
        raise click.ClickException(_way_back(before, backup, fault.orig)) from None
    after = schema_state()
    if before.revision == after.revision:
        click.echo(f"2 of 3  Schema: {after.revision}, nothing to migrate.")
    else:
        click.echo(f"2 of 3  Schema: {before.revision or 'none'} → {after.revision}")


def _way_back(before: SchemaState, backup: Path | None, fault: object) -> str:
    """What to do after a migration that stopped. MariaDB keeps what was done of it, so it is not begun again."""
    place = f"the backup {_shortest(backup)}" if backup else "the backup you made"
    way = (
        "Drop its tables and begin again."
        if before.fit is Fit.EMPTY
        else f"Install the program as it was, and restore {place} into an empty database."
    )
    return (
        f"The migration stopped: {fault}\n"
        f"The schema is now somewhere between {before.revision or 'none'} and {before.head}. "
        f"Do not start web and worker. {way}"
    )


def _check() -> None:
    from helpdesk.cli.check import run_all_checks

    click.echo("3 of 3  Checks:")
    if not run_all_checks():
        raise click.ClickException(
            "The checks found the above. Do not start web and worker: restore the backup, or ask for help."
        )
    click.echo("Done. Start web and worker.")


def _shortest(folder: Path) -> Path:
    """The path as somebody would type it from here."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder
