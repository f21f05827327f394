"""``flask backup`` and ``flask restore``: a whole copy of the installation, and the way back."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from helpdesk.backup import CannotBackUp, CannotRestore
from helpdesk.backup.room import size_in_words
from helpdesk.cli.house_command import HouseCommand
from helpdesk.cli.progress import bars

_FOLDER = click.Path(path_type=Path, file_okay=False)
_MOST_SHOWN = 50


@click.command("backup", cls=HouseCommand)
@click.argument("folder", type=_FOLDER, metavar="DIR")
@click.option("--verify", is_flag=True, help="Make none: read the one in DIR again and compare.")
@click.option("--rehearse", is_flag=True, help="The same, and restore it where it disturbs nobody.")
@with_appcontext
def backup_command(folder: Path, verify: bool, rehearse: bool) -> None:
    """Copy database, files and key into DIR, while everybody goes on working.

    DIR must not exist yet, or be empty; it appears when the backup is whole. Keep it as you keep the complaints
    themselves: it holds everything, and the key.
    """
    try:
        act = _rehearse if rehearse else _verify if verify else _make
        act(folder)
    except (CannotBackUp, CannotRestore, OSError) as refusal:
        raise click.ClickException(str(refusal)) from None


@click.command("restore", cls=HouseCommand)
@click.argument("folder", type=_FOLDER, metavar="DIR")
@with_appcontext
def restore_command(folder: Path) -> None:
    """Restore the backup in DIR into an empty database and an empty instance.

    Everything in DIR is compared with its manifest before anything is written. Start web and worker
    only afterwards.
    """
    from helpdesk.backup.restoring import restore_backup
    from helpdesk.lib.schema import Fit

    try:
        with bars() as progress:
            restored = restore_backup(folder, progress)
    except (CannotRestore, OSError) as refusal:
        raise click.ClickException(str(refusal)) from None
    manifest = restored.manifest
    click.echo(
        f"Restored: {manifest.rows} rows in {len(manifest.tables)} tables, "
        f"{len(manifest.kept_files)} files, the key."
    )
    _tell_missing(manifest.missing)
    _stop_at(restored.faults)
    if restored.schema.fit is Fit.SAME:
        click.echo("Every count agrees with the manifest, and the audit trail is whole.")
    else:
        click.echo("Every count agrees with the manifest.")
        click.echo(restored.schema.advice)


def _make(folder: Path) -> None:
    from helpdesk.backup.making import make_backup
    from helpdesk.backup.record import Occasion, recorded

    with bars() as progress:
        manifest = recorded(
            lambda: make_backup(folder, progress),
            occasion=Occasion.BY_HAND,
            folder=folder,
            unrecorded=_tell_unrecorded,
        )
    click.echo(
        f"{folder}: {manifest.rows} rows in {len(manifest.tables)} tables, "
        f"{len(manifest.kept_files)} files, the key; {size_in_words(manifest.size)} "
        f"in {(manifest.ended_at - manifest.started_at).total_seconds():.1f} s."
    )
    _tell_missing(manifest.missing)


def _verify(folder: Path) -> None:
    from helpdesk.backup.making import verify_backup

    with bars() as progress:
        manifest, damages = verify_backup(folder, progress)
    _stop_at(damages)
    made_at = f"{manifest.ended_at:%Y-%m-%d %H:%M} UTC"
    click.echo(f"{folder} is whole: {len(manifest.parts)} parts, made {made_at}.")
    _tell_missing(manifest.missing)


def _rehearse(folder: Path) -> None:
    from helpdesk.backup.rehearsing import rehearse_backup
    from helpdesk.tickets.newest import newest_number

    with bars() as progress:
        found = rehearse_backup(folder, newest_number, progress)
    _stop_at(found.faults)
    newest = f", the newest {found.newest}" if found.newest else ""
    as_of = f"{found.manifest.started_at:%Y-%m-%d %H:%M} UTC"
    click.echo(
        f"{folder} was read back whole: {found.complaints} complaints{newest}, as of {as_of}."
    )
    if found.why_not:
        click.echo(f"It was not restored on trial. {found.why_not}")
    else:
        click.echo("It was restored on trial: schema, references and every count agree.")
    _tell_missing(found.manifest.missing)


def _tell_unrecorded() -> None:
    click.echo(
        "The database takes no entries: that this backup is made stands in no record.", err=True
    )


def _tell_missing(missing: tuple[str, ...]) -> None:
    if missing:
        click.echo(
            f"{len(missing)} files were already lost or damaged when the backup was made; "
            "an older backup may still have them:",
            err=True,
        )
        _show(missing)


def _stop_at(faults: list[str] | tuple[str, ...]) -> None:
    if faults:
        _show(faults)
        raise SystemExit(1)


def _show(sentences: list[str] | tuple[str, ...]) -> None:
    for sentence in sentences[:_MOST_SHOWN]:
        click.echo(f"  {sentence}", err=True)
    if len(sentences) > _MOST_SHOWN:
        click.echo(f"  ... and {len(sentences) - _MOST_SHOWN} more", err=True)
