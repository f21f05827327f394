"""When a message failed: what a provider gives up after weeks is told to the administrator all the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import helpdesk.lib.database

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("failed_at", helpdesk.lib.database.Moment(), nullable=True))
