"""Figures of each day of receipt, and the tickets that changed since they were counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpdesk.lib.database import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The three tables; every day that already has tickets is noted, so that the worker counts it."""
    op.create_table(
        "days_touched",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_days_touched_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_days_touched")),
    )
    with op.batch_alter_table("days_touched") as batch_op:
        batch_op.create_index("ix_days_touched_day", ["received_on", "id"])
    op.create_table(
        "day_facts",
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cut", sa.String(length=10), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "cut", "received_on", "key", name=op.f("pk_day_facts")),
    )
    with op.batch_alter_table("day_facts") as batch_op:
        batch_op.create_index("ix_day_facts_day", ["received_on"])
    op.create_table(
        "counted_days",
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("counted_at", Moment(), nullable=False),
        sa.Column("next_due_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("received_on", name=op.f("pk_counted_days")),
    )
    with op.batch_alter_table("counted_days") as batch_op:
        batch_op.create_index("ix_counted_days_due", ["next_due_at"])
    op.execute(
        "INSERT INTO days_touched (received_on, ticket_id) "
        "SELECT received_on, MIN(id) FROM tickets GROUP BY received_on"
    )
