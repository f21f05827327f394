"""``flask setup``: organisation, zone and first administrator, asked or read from the environment.

Running it again adds only what is missing, so an installation script may call it every time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from config import WrongSetting, flag
from helpdesk.accounts import passwords, setup
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import organisation
from helpdesk.accounts.passwords import OneTimePassword, draw_one_time_password
from helpdesk.accounts.seed import seed_units
from helpdesk.accounts.setup import OrganisationFacts
from helpdesk.accounts.staff import Person, check_person
from helpdesk.cli.house_command import HouseCommand, on_fitting_schema
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.errors import Invalid
from helpdesk.lib.zones import INDONESIAN


@dataclass(frozen=True)
class _Administrator:
    """The first administrator; without *chosen_hash* the one-time password is printed."""

    person: Person
    one_time: OneTimePassword
    chosen_hash: str


@click.command("setup", cls=HouseCommand)
@with_appcontext
@on_fitting_schema
def setup_command() -> None:
    """Set up the organisation and the first administrator.

    Reads TANGGAP_ORGANISATION, TANGGAP_ZONE, TANGGAP_ADMIN_NAME, TANGGAP_ADMIN_USERNAME,
    TANGGAP_ADMIN_PASSWORD and TANGGAP_HOSPITAL (1 or 0), and asks for what is not there.
    """
    with force_locale("en"):
        present = organisation()
        facts = None if present else _ask_organisation()
        is_hospital = _ask_hospital(is_new=present is None)
        administrator = None if setup.has_administrator() else _ask_administrator()
        try:
            unit_of_work(lambda: _provide(facts, is_hospital, administrator))
        except Invalid as invalid:
            raise click.ClickException(str(invalid)) from None
    _report(administrator)


def _provide(
    facts: OrganisationFacts | None, is_hospital: bool, administrator: _Administrator | None
) -> None:
    from helpdesk.catalogue.seed import seed_catalogue
    from helpdesk.sla.seed import seed_sla

    by = Actor.system("flask setup")
    row = setup.set_up_organisation(facts, by=by) if facts else organisation()
    if row is not None:
        seed_sla(row.zone)
    if is_hospital:
        seed_catalogue(seed_units(by=by), by=by)
    if administrator is not None:
        setup.add_first_administrator(
            administrator.person,
            password=administrator.one_time,
            chosen_hash=administrator.chosen_hash,
            by=by,
        )


def _ask_organisation() -> OrganisationFacts:
    def named(name: str) -> OrganisationFacts:
        return OrganisationFacts(name=name)

    def within(zone: str) -> OrganisationFacts:
        return replace(facts, zone=INDONESIAN.get(zone.upper(), zone))

    question = "Name of the organisation"
    facts = named(_ask("TANGGAP_ORGANISATION", question, check=_passes(named)))
    question = "Time zone (WIB, WITA, WIT or such as Asia/Jakarta)"
    return within(_ask("TANGGAP_ZONE", question, "WIB", check=_passes(within)))


def _passes(facts: Callable[[str], OrganisationFacts]) -> Callable[[str], None]:
    return lambda said: setup.check_organisation(facts(said))


def _ask_hospital(*, is_new: bool) -> bool:
    """A later run adds units and categories only when the environment says so."""
    if os.environ.get("TANGGAP_HOSPITAL", "").strip():
        try:
            return flag(os.environ, "TANGGAP_HOSPITAL")
        except WrongSetting as wrong:
            raise click.ClickException(str(wrong)) from None
    if not is_new or not sys.stdin.isatty():
        return is_new
    return click.confirm("Begin with the usual units and categories of a hospital?", default=True)


def _ask_administrator() -> _Administrator:
    def check(full_name: str = "Administrator", username: str = "admin") -> None:
        check_person(Person(username=username, full_name=full_name), but=None)

    question = "Name of the first administrator"
    full_name = _ask("TANGGAP_ADMIN_NAME", question, "Administrator", check=check)
    username = _ask(
        "TANGGAP_ADMIN_USERNAME",
        "Their username",
        "admin",
        check=lambda said: check(username=said),
    )
    chosen = _ask_password(username)
    return _Administrator(
        Person(username=username, full_name=full_name),
        draw_one_time_password(),
        passwords.hash_password(chosen) if chosen else "",
    )


def _ask_password(username: str) -> str:
    """A password that passes the rule for everybody; empty when a one-time one is wanted."""
    said = os.environ.get("TANGGAP_ADMIN_PASSWORD", "")
    if said or not sys.stdin.isatty():
        return _strong(username)(said) if said else ""
    return str(
        click.prompt(
            "Their password (empty: a one-time password is made)",
            default="",
            show_default=False,
            hide_input=True,
            confirmation_prompt=True,
            value_proc=_strong(username),
        )
    )


def _strong(username: str) -> Callable[[str], str]:
    def check(password: str) -> str:
        if password:
            try:
                passwords.refuse_weak(password, username=username)
            except Invalid as invalid:
                raise click.UsageError(str(invalid)) from None
        return password

    return check


def _ask(
    variable: str, question: str, default: str | None = None, *, check: Callable[[str], None]
) -> str:
    """What the environment says, or somebody at the terminal, who is asked until *check* raises nothing."""
    said = os.environ.get(variable, "").strip()
    if said:
        return said
    if sys.stdin.isatty():
        return str(click.prompt(question, default=default, value_proc=_checked(check)))
    if default is None:
        raise click.ClickException(f"Nobody is here to answer. Set {variable} and run it again.")
    return default


def _checked(check: Callable[[str], None]) -> Callable[[str], str]:
    def stripped(said: str) -> str:
        try:
            check(said.strip())
        except Invalid as invalid:
            raise click.UsageError(str(invalid)) from None
        return said.strip()

    return stripped


def _report(administrator: _Administrator | None) -> None:
    here = organisation()
    click.echo(f"{here.name if here else 'The organisation'} is set up.")
    if administrator is None:
        click.echo("An administrator is there already; nothing was changed.")
        return
    click.echo(f"Administrator: {administrator.person.username}")
    if not administrator.chosen_hash:
        click.echo(f"One-time password (good for 7 days): {administrator.one_time.text}")
        click.echo("It must be changed at the first sign-in.")
