"""The newest finished tickets of a channel or category, found without reading all that there are."""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_channel", "tickets", ["channel", "id"])
    op.create_index("ix_tickets_newest_of_category", "tickets", ["category_id", "id"])
