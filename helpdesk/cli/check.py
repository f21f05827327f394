"""``flask check``: does what is stored agree with itself? Ends with 1 when it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import click

from helpdesk.cli.house_command import HouseGroup, on_fitting_schema

check_commands = HouseGroup("check", help="Compare what is stored with what it should be.")
MOST_SHOWN = 50


@dataclass(frozen=True)
class Check:
    """Something to prove: *problems* gives a sentence for each place where it does not hold.

    *pending* tells what nobody can prove yet and what will be well by itself.
    """

    problems: Callable[[], Iterable[str]]
    well: str
    pending: Callable[[], Iterable[str]] = tuple


def _schema() -> Iterable[str]:
    from helpdesk.lib.schema import Fit, schema_state

    state = schema_state()
    return [] if state.fit is Fit.SAME else [state.advice]


def _audit() -> Iterable[str]:
    from helpdesk.audit.trail import broken_links

    return broken_links()


def _clocks() -> Iterable[str]:
    from helpdesk.tickets.clocks import wrong_clocks
    from helpdesk.tickets.recomputing import progress

    return wrong_clocks(but=progress().keys())


def _pending_clocks() -> Iterable[str]:
    from helpdesk.tickets.recomputing import progress

    if left := sum(each.total - each.done for each in progress().values()):
        yield f"{left} deadlines are still being counted again after a change of hours; the worker does it."


def _files() -> Iterable[str]:
    from helpdesk.lib.named_files import missing_files

    return missing_files()


CHECKS = {
    "schema": Check(_schema, "The schema is the one this program was written for."),
    "audit": Check(_audit, "The audit trail is whole."),
    "clocks": Check(_clocks, "Every deadline is right.", _pending_clocks),
    "files": Check(_files, "Every stored file is there and unharmed."),
}


@check_commands.command("schema")
def schema_command() -> None:
    """Compare the database's schema with the one this program was written for."""
    _end_with(run_check("schema"))


@check_commands.command("audit")
@on_fitting_schema
def audit_command() -> None:
    """Prove that no entry of the audit trail was altered or removed."""
    _end_with(run_check("audit"))


@check_commands.command("clocks")
@on_fitting_schema
def clocks_command() -> None:
    """Recompute every deadline from its clock and pauses, and compare."""
    _end_with(run_check("clocks"))


@check_commands.command("files")
@on_fitting_schema
def files_command() -> None:
    """Read every file that a row names again, and compare it with its digest."""
    _end_with(run_check("files"))


@check_commands.command("all")
def all_command() -> None:
    """All of them, whatever the earlier ones say."""
    _end_with(run_all_checks())


def run_all_checks() -> bool:
    """Run every check; is all well? A schema that does not fit ends it, for nothing could be read."""
    if not run_check("schema"):
        return False
    verdicts = [run_check(name) for name in CHECKS if name != "schema"]
    return all(verdicts)


def run_check(name: str) -> bool:
    """Say what the check *name* finds; is all well?"""
    check, count = CHECKS[name], 0
    for count, problem in enumerate(check.problems(), start=1):
        if count <= MOST_SHOWN:
            click.echo(problem, err=True)
    if count > MOST_SHOWN:
        click.echo(f"... and {count - MOST_SHOWN} more", err=True)
    pending = list(check.pending())
    for sentence in pending:
        click.echo(sentence)
    if not count and not pending:
        click.echo(check.well)
    return not count


def _end_with(is_well: bool) -> None:
    if not is_well:
        raise SystemExit(1)
