"""What sounds urgent is marked until somebody has acted, in the lists of units too; what was graded has been read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TICKETS = sa.table(
    "tickets", sa.column("status", sa.String), sa.column("sounds_urgent", sa.Boolean)
)


def upgrade() -> None:
    op.add_column(
        "dispositions",
        sa.Column("sounds_urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(
        TICKETS.update()
        .where(TICKETS.c.status != "received", TICKETS.c.sounds_urgent)
        .values(sounds_urgent=False)
    )
    op.create_index("ix_tickets_urgent", "tickets", ["sounds_urgent", "is_open", "due_at", "id"])
