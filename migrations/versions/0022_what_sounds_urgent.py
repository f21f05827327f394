"""A complaint may sound like an emergency: then it is read first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "tickets",
        sa.Column("sounds_urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
