"""Who is away from when to when, and who stands in for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpdesk.lib.database import Moment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_leaves_user_id"),
        sa.ForeignKeyConstraint(["deputy_id"], ["users.id"], name="fk_leaves_deputy_id"),
        sa.PrimaryKeyConstraint("id", name="pk_leaves"),
    )
    op.create_index("ix_leaves_user", "leaves", ["user_id", "last_on"])
    op.create_index("ix_leaves_last", "leaves", ["last_on"])
