"""What the administrator's health page remembers: how each backup went, and when the clock was set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import helpdesk.lib.database

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema one step forward."""
    op.create_table(
        "backups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(length=16), nullable=False),
        sa.Column("night", sa.Date(), nullable=True),
        sa.Column("folder", sa.String(length=500), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("started_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.Column("ended_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("missing_files", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backups")),
    )
    op.create_index("ix_backups_started", "backups", ["started_at"])
    op.create_index("ix_backups_night", "backups", ["night", "id"])
    op.create_table(
        "clock_jumps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("noticed_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_jumps")),
    )
    op.create_index("ix_clock_jumps_noticed", "clock_jumps", ["noticed_at"])
