"""A complaint may sound like an emergency: then it is read first. Patient safety is red unless somebody explains."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CATEGORIES = sa.table(
    "categories", sa.column("code", sa.String), sa.column("needs_red_review", sa.Boolean)
)
SHIPPED = "keselamatan"


def upgrade() -> None:
    op.add_column(
        "tickets",
        sa.Column("sounds_urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "categories",
        sa.Column("needs_red_review", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(
        CATEGORIES.update().where(CATEGORIES.c.code == SHIPPED).values(needs_red_review=True)
    )
