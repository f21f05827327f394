"""``flask account``: a way in again for an administrator who is the only one."""

from __future__ import annotations

import click

from helpdesk.cli.house_command import HouseGroup, on_fitting_schema

account_commands = HouseGroup("account", help="Help somebody back into their account.")


@account_commands.command("reset-second-factor")
@click.argument("username")
@on_fitting_schema
def reset_second_factor_command(username: str) -> None:
    """Take away the second factor of USERNAME, who lost telephone and recovery codes.

    The password still holds; every session of the person ends. The audit trail tells of it.
    """
    from sqlalchemy import select

    from helpdesk.accounts import second_factor
    from helpdesk.accounts.actor import Actor
    from helpdesk.accounts.user import User
    from helpdesk.lib.database import db, unit_of_work
    from helpdesk.lib.errors import NotFound

    user_id = db.session.scalar(select(User.id).where(User.username == username.strip().lower()))
    if user_id is None:
        raise click.ClickException(f"There is no account {username!r}.")
    by = Actor.system("flask account")
    try:
        unit_of_work(lambda: second_factor.reset(user_id, by=by))
    except NotFound:
        raise click.ClickException(f"{username!r} has no second factor.") from None
    click.echo(f"{username} signs in with the password alone until a new one is set up.")
