"""Customer care finds a ticket by the record number of the patient it is about."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_affected_record", "tickets", ["affected_record"])
