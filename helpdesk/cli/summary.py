"""``flask summary``: a summary for leadership, made here and now, through the same code as the page's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from helpdesk.cli.house_command import HouseCommand, on_fitting_schema

if TYPE_CHECKING:
    from helpdesk.monitoring.period import Period

_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command("summary", cls=HouseCommand)
@click.option("--month", metavar="2026-10", help="One month.")
@click.option("--quarter", metavar="2026-Q3", help="One quarter.")
@click.option("--year", metavar="2026", help="One year.")
@click.option("--unit", metavar="CODE", help="One unit, by its code; without it the whole house.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.option("--pdf", type=_FILE, help="Where to write the PDF.")
@click.option("--xlsx", type=_FILE, help="Where to write the workbook.")
@with_appcontext
@on_fitting_schema
def summary_command(
    month: str | None,
    quarter: str | None,
    year: str | None,
    unit: str | None,
    language: str,
    pdf: Path | None,
    xlsx: Path | None,
) -> None:
    """Make a numbered summary of a month, quarter or year, and write it to files."""
    from helpdesk.accounts.actor import Actor
    from helpdesk.lib.errors import Invalid
    from helpdesk.monitoring.summaries.asking import Wanted
    from helpdesk.monitoring.summaries.building import build_now
    from helpdesk.monitoring.summaries.shelf import content_of

    _refuse_nowhere(pdf, xlsx)
    period = _period(month, quarter, year)
    wanted = Wanted(period, _unit_id(unit), language)
    try:
        made = build_now(wanted, by=Actor.system("flask summary"))
    except Invalid as invalid:
        with force_locale("en"):
            said = "; ".join(str(one) for one in invalid.fields.values())
        raise click.ClickException(said) from None
    if pdf:
        _write(pdf, content_of(made, "pdf"), made.number)
    if xlsx:
        _write(xlsx, content_of(made, "xlsx"), made.number)
    click.echo(f"{made.number}: {made.period}")


def _refuse_nowhere(*files: Path | None) -> None:
    """Raise UsageError for a folder that is not there, before a number is given out."""
    for file in files:
        if file and not os.access(file.parent, os.W_OK | os.X_OK):
            raise click.UsageError(f"Nothing can be written in {file.parent}.")


def _write(file: Path, content: bytes, number: str) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise click.ClickException(
            f"{file} could not be written ({error.strerror}). "
            f"The summary is made all the same: {number} stands among the summaries."
        ) from None


def _period(month: str | None, quarter: str | None, year: str | None) -> Period:
    """The one period that was named, in the form of its option. Raises UsageError."""
    from helpdesk.accounts.organisation import local_zone
    from helpdesk.lib import clock
    from helpdesk.monitoring.period import Period, PeriodKind

    typed = {PeriodKind.MONTH: month, PeriodKind.QUARTER: quarter, PeriodKind.YEAR: year}
    named = [(kind, code) for kind, code in typed.items() if code]
    if len(named) != 1:
        raise click.UsageError("Name one of --month, --quarter and --year.")
    kind, code = named[0]
    this_month = Period.containing(clock.now().astimezone(local_zone()).date())
    period = Period.parse(code, default=this_month)
    if str(period) != code or period.kind is not kind:
        raise click.UsageError(f"{code!r} is no {kind.value}.")
    return period


def _unit_id(code: str | None) -> int | None:
    """The unit with this code. Raises UsageError."""
    from helpdesk.accounts.units import list_units

    if code is None:
        return None
    found = next((unit.id for unit in list_units() if unit.code == code), None)
    if found is None:
        raise click.UsageError(f"There is no unit {code!r}.")
    return found
