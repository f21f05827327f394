"""What came of reading each backup back: in a table of its own, for a backup is made before this very step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpdesk.lib.database import Moment

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema one step forward."""
    op.create_table(
        "backup_readings",
        sa.Column("backup_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("newest", sa.String(length=32), nullable=False),
        sa.Column("fault", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["backup_id"], ["backups.id"], name=op.f("fk_backup_readings_backup_id")
        ),
        sa.PrimaryKeyConstraint("backup_id", name=op.f("pk_backup_readings")),
    )
