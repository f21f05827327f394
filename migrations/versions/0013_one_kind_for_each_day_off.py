"""A day is closed once, whatever its kind; and no identifier says that it was verified, for none ever was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

HOLIDAYS = sa.table(
    "holidays",
    sa.column("id", sa.Integer),
    sa.column("on", sa.Date),
    sa.column("calendar_key", sa.Integer),
    sa.column("is_active", sa.Boolean),
)


def upgrade() -> None:
    _keep_one_row_for_each_day()
    with op.batch_alter_table("holidays") as table:
        table.create_unique_constraint("uq_holidays_on_calendar_key", ["on", "calendar_key"])
        table.drop_constraint("uq_holidays_on_kind_calendar_key", type_="unique")
    with op.batch_alter_table("identifiers") as table:
        table.drop_column("is_verified")


def _keep_one_row_for_each_day() -> None:
    """The one that closes the day, else the first that was written; as the pages have shown it so far."""
    connection, row = op.get_bind(), HOLIDAYS.c
    told = sa.select(row.id, row.on, row.calendar_key).order_by(row.is_active.desc(), row.id)
    kept: set[tuple[object, int]] = set()
    for found in connection.execute(told).all():
        if (found.on, found.calendar_key) in kept:
            connection.execute(HOLIDAYS.delete().where(row.id == found.id))
        kept.add((found.on, found.calendar_key))
