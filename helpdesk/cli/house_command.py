"""What every command of the house has in common: a database that is away, or another program's, is one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DatabaseError, OperationalError

Command = TypeVar("Command", bound=Callable[..., Any])


class HouseCommand(click.Command):
    """A command that says in one line that the database cannot be reached, or cannot be read."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it. Raises ClickException where SQLAlchemy or its driver gave up."""
        with in_one_line():
            return super().invoke(ctx)


class HouseGroup(AppGroup):
    """A group of such commands."""

    command_class = HouseCommand


@contextmanager
def in_one_line() -> Iterator[None]:
    """Say in one line what SQLAlchemy or its driver gave up at. Raises ClickException."""
    try:
        yield
    except OperationalError as error:
        raise click.ClickException(f"The database cannot be reached: {_words_of(error)}") from None
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # the others are faults of ours
            raise
        raise click.ClickException(
            f"The database cannot be read: {_words_of(error)}. "
            "Put its file aside, and restore your backup."
        ) from None


def on_fitting_schema(command: Command) -> Command:
    """Let *command* begin only on the very schema that this program was written for; else it says what to do."""

    @wraps(command)
    def begin(*arguments: Any, **options: Any) -> Any:
        from helpdesk.lib.schema import Fit, schema_state

        state = schema_state()
        if state.fit is not Fit.SAME:
            raise click.ClickException(state.advice)
        return command(*arguments, **options)

    return begin  # type: ignore[return-value]


def _words_of(error: DatabaseError) -> str:
    """The driver's own words, without its number: they name a host or a file, never what people wrote."""
    said = error.orig.args if error.orig else ()
    return str(said[-1] if said else type(error).__name__).rstrip(".")
