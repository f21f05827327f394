"""Tickets that are answered or closed, and whose statutory clock runs on, say that they wait for a follow-up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TICKETS = sa.table(
    "tickets",
    sa.column("id", sa.Integer),
    sa.column("status", sa.String),
    sa.column("needs", sa.String),
)
CLOCKS = sa.table(
    "sla_clocks",
    sa.column("ticket_id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("stopped_at", sa.DateTime),
)


def upgrade() -> None:
    runs_on = sa.exists().where(
        CLOCKS.c.ticket_id == TICKETS.c.id,
        CLOCKS.c.kind == "answer",
        CLOCKS.c.stopped_at.is_(None),
    )
    is_answered = TICKETS.c.status.in_(("answered", "closed"))
    op.execute(TICKETS.update().where(is_answered, runs_on).values(needs="followup"))
